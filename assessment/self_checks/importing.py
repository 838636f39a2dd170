"""Import of questions from a file: parsed, kept as a draft for preview, added to the self-check once."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from assessment.models.self_checks import SelfCheck
from assessment.questions.gift.files import MOST, names_in, with_addresses
from assessment.questions.gift.limited import read_gift_within_limits
from assessment.questions.gift.parser import Note
from assessment.questions.model import Question
from assessment.self_checks.operations import add_questions
from courses.materials.operations import add_image
from courses.models.programmes import ImportDraft, Programme, ProgrammeVersion
from courses.uploads.operations import Upload
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.files.media_types import IMAGES, RECORDINGS
from lms.core.sentences import fields_as_json, stored_detail

QUESTIONS = "questions"


def create_draft(
    session: Session,
    *,
    actor: Actor,
    check: SelfCheck,
    programme: Programme,
    source: bytes,
    file_name: str,
    now: datetime,
) -> ImportDraft:
    """Parses the file and stores the result as a draft, with the pictures and sounds that the file holds.

    Raises ``Invalid`` at ``file`` if the file as a whole cannot be read.
    """
    read = read_gift_within_limits(source)
    if read.unreadable:
        raise Invalid(code=read.unreadable.code, field="file", params=read.unreadable.params)
    draft = ImportDraft(
        site_id=programme.site_id,
        account_id=actor.account_id,
        kind=QUESTIONS,
        file_name=file_name[-500:],
        subject_id=check.id,
        content={
            "questions": [one.as_json() for one in read.questions],
            "skipped": [fields_as_json(note) for note in read.skipped],
            "warnings": [fields_as_json(note) for note in read.warnings],
            "wanted": names_in(read.questions)[:MOST],
            "files": {},
        },
    )
    session.add(draft)
    for name, content in list(read.files.items())[:MOST]:
        with suppress(Invalid):  # its name stays among those that are asked for
            stream = BytesIO(content)
            add_file(session, actor=actor, draft=draft, programme=programme, stream=stream, name=name, now=now)
    session.flush()
    return draft


def read_uploaded_questions(session: Session, upload: Upload, content: bytes, actor: Actor) -> list[ImportDraft]:
    """Reads an uploaded file into a draft of its self-check. Raises ``Invalid`` if it cannot be read as a whole."""
    check = session.get_one(SelfCheck, upload.owner["check_id"])
    version = session.get_one(ProgrammeVersion, upload.owner["version_id"])
    draft = create_draft(
        session,
        actor=actor,
        check=check,
        programme=version.programme,
        source=content,
        file_name=upload.file_name,
        now=utc_now(),
    )
    return [draft]


def add_file(
    session: Session,
    *,
    actor: Actor,
    draft: ImportDraft,
    programme: Programme,
    stream: BinaryIO,
    name: str,
    now: datetime,
) -> None:
    """Stores a picture or a sound that the draft's questions show under this name; does nothing with another file.

    Raises ``Invalid`` at ``files``.
    """
    if name not in draft.content["wanted"]:
        return
    with session.begin_nested():
        stored = add_image(
            session,
            actor=actor,
            programme=programme,
            stream=stream,
            name=name,
            now=now,
            accept=IMAGES | RECORDINGS,
            field="files",
        )
    draft.content = {**draft.content, "files": {**draft.content["files"], name: stored.id}}


def missing_files(draft: ImportDraft) -> list[str]:
    """Returns the names of files that questions show and nobody has given yet."""
    return [name for name in draft.content.get("wanted", ()) if name not in draft.content["files"]]


def draft_questions(draft: ImportDraft) -> list[Question]:
    """Returns the draft's questions."""
    return [Question.from_json(one) for one in draft.content["questions"]]


def draft_notes(draft: ImportDraft, name: str) -> list[Note]:
    """Returns the file's messages: ``name`` is ``skipped`` or ``warnings``."""
    return [_note(one) for one in draft.content[name]]


def _note(stored: Mapping[str, Any]) -> Note:
    return Note(stored["line"], stored["name"], tuple(map(stored_detail, stored.get("details", ()))))


def import_questions(
    session: Session,
    *,
    actor: Actor,
    draft: ImportDraft,
    check: SelfCheck,
    chosen: Collection[int],
    now: datetime,
    without: bool = False,
) -> int:
    """Adds the chosen questions (positions in the draft) to the end of the self-check and returns their number.

    ``without``: also questions whose files are missing. A second call for the same draft adds none. Raises ``Invalid``
    if none is chosen, there would be too many, or files are missing.
    """
    session.refresh(draft, with_for_update=True)
    if draft.saved_at is not None:
        return 0
    addresses = {name: f"/images/{key}" for name, key in draft.content.get("files", {}).items()}
    chosen_ones = [one for place, one in enumerate(draft_questions(draft)) if place in chosen]
    questions = [with_addresses(one, addresses) for one in chosen_ones]
    if not questions:
        raise Invalid(code="questions_not_chosen", field="file")
    if not without and (missing := [name for name in names_in(chosen_ones) if name not in addresses]):
        raise Invalid(code="question_files_missing", field="files", params={"names": ", ".join(missing[:10])})
    add_questions(session, actor=actor, check=check, questions=questions, site_id=draft.site_id)
    draft.saved_at = now
    session.flush()
    return len(questions)
