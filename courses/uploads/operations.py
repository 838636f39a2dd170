"""Uploaded documents and lists that a worker reads into import drafts, while their owner watches the run.

The upload stores the file and starts a run. The run's first step reads the file and commits the drafts together with
its result, or the reason of a refusal; its second step deletes the file. A killed worker repeats a step.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from courses.models.programmes import ImportDraft
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.ooxml_package import MOST_FILE
from lms.core.errors import DomainError, Invalid
from lms.core.files.models import StoredFile
from lms.core.files.operations import delete_file, read_file, save_upload
from lms.core.i18n import current_locale, use_locale
from lms.core.jobs import runs
from lms.core.jobs.run_models import JobRun
from lms.core.sentences import ErrorDetail, stored_detail

READ_UPLOAD = "uploads.read"
STEPS = 2
"""Steps of a run: the file is read, the file is deleted."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored file with what it is read as. ``owner`` has the ids of the objects that it belongs to, by name."""

    what: str
    """Kind of the import drafts: ``programme``, ``plan``, ``roster`` or ``questions``."""
    site_id: int
    file_name: str
    file_id: int
    owner: Mapping[str, int] = field(default_factory=dict)
    locale: str = "ru"


@dataclass(frozen=True, slots=True)
class UploadResult:
    """The drafts of a file that was read, or the reason of its refusal."""

    draft_ids: tuple[int, ...] = ()
    refusal: ErrorDetail | None = None


Read = Callable[[Session, Upload, bytes, Actor], Sequence[ImportDraft]]
"""Reads the file's bytes into drafts. Raises ``Invalid`` or ``UnreadableDocument`` to refuse the file."""
_readers: dict[str, Read] = {}


def register_reader(what: str, read: Read) -> None:
    """Sets the function that reads files of this kind."""
    _readers[what] = read


def start_reading(
    session: Session,
    *,
    actor: Actor,
    what: str,
    site_id: int,
    stream: BinaryIO,
    file_name: str,
    now: datetime,
    owner: Mapping[str, int] | None = None,
) -> JobRun:
    """Stores the file and lets a worker read it. Raises ``Invalid`` at ``file`` if it is empty or too large."""
    stored = save_upload(
        session, stream=stream, name=file_name, limit=MOST_FILE, accept=None, actor=actor, site_id=site_id, now=now
    )
    upload = Upload(what, site_id, file_name, stored.id, dict(owner or {}), current_locale())
    return runs.start(session, READ_UPLOAD, actor=actor, parameters=asdict(upload), steps_total=STEPS)


def upload_of(run: JobRun) -> Upload:
    """Returns the upload that the run reads."""
    return Upload(**run.parameters)


def result_of(run: JobRun) -> UploadResult | None:
    """Returns the result; None while the file is not read yet."""
    if run.state == "failed":
        return UploadResult(refusal=ErrorDetail("upload_not_read"))
    if "drafts" in run.position:
        return UploadResult(draft_ids=tuple(run.position["drafts"]))
    refused = run.position.get("refused")
    return UploadResult(refusal=stored_detail({"field": "", **refused})) if refused else None


def take_step(session: Session, run: JobRun) -> bool:
    """Reads the file, or deletes it after it was read."""
    upload = upload_of(run)
    if run.position:
        _delete_file(session, upload)
        runs.advance(run, by=1, position=run.position)
        return False
    runs.advance(run, by=1, position=_read(session, upload, Actor(run.owner_id, None)))
    return True


def _read(session: Session, upload: Upload, actor: Actor) -> dict[str, Any]:
    """Returns the ids of the drafts, or the refusal; a refusal leaves no drafts."""
    try:
        with use_locale(upload.locale), session.begin_nested():
            content = read_file(session.get_one(StoredFile, upload.file_id))
            return {"drafts": [draft.id for draft in _readers[upload.what](session, upload, content, actor)]}
    except (UnreadableDocument, DomainError) as error:
        if error.code == "document_not_read_now":  # no memory or no free process: the job is tried again
            raise
        return {"refused": ErrorDetail(error.code, params=error.params).as_json()}


def _delete_file(session: Session, upload: Upload) -> None:
    file = session.get(StoredFile, upload.file_id)
    if file is not None:
        delete_file(session, file)


def forget_upload(session: Session, run: JobRun) -> None:
    """Ends a run that did not read its file, and deletes the file."""
    _delete_file(session, upload_of(run))
    run.state, run.finished_at = "cancelled", utc_now()


def as_invalid(error: UnreadableDocument) -> Invalid:
    """Returns the refusal of a document as the error of a form's field ``file``."""
    return Invalid(code=error.code, params=error.params, field="file")
