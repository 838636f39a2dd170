"""Contents of a handed-in version for the grading desk: Word files as text, changes since the version before; decisions
that can still be undone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from assessment.attestation.version_diff import FileChanges, FileKey, Piece, changes_of_files, changes_of_text, plain
from assessment.models.attestation import Result, SubmissionFile, SubmissionVersion
from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.limited_reading import read_each_within_limits
from lms.core.documents.ooxml_package import MOST_FILE
from lms.core.documents.preview import preview_of
from lms.core.files.media_types import DOCX
from lms.core.files.models import StoredFile
from lms.core.files.operations import read_file
from lms.core.i18n import current_locale
from lms.core.i18n import gettext as _

MOST_PREVIEWS = 3
"""Largest number of a version's Word files shown as text; each of them is read and unpacked."""

MOST_KEPT = 16
"""Previews kept in memory, each of at most 300,000 characters of text."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes between two versions: the text, the files, and the text of replaced Word files by name."""

    text: list[Piece]
    files: FileChanges
    documents: dict[str, list[Piece]]

    def __bool__(self) -> bool:
        return bool(self.text or self.files)


def changes_between(before: SubmissionVersion, after: SubmissionVersion) -> Changes:
    """Returns the changes from one version to the next."""
    files = changes_of_files(file_keys(before), file_keys(after))
    return Changes(changes_of_text(before.text, after.text), files, document_changes(before, after, files.replaced))


def file_keys(version: SubmissionVersion) -> list[FileKey]:
    """Returns the values by which a version's files are compared."""
    return [FileKey(attached.file.name, attached.file.sha256) for attached in version.files]


def document_changes(
    before: SubmissionVersion, after: SubmissionVersion, names: Iterable[str]
) -> dict[str, list[Piece]]:
    """Returns text differences of Word files that were replaced by files of the same name."""
    pairs = {name: (word_file(before, name), word_file(after, name)) for name in list(names)[:MOST_PREVIEWS]}
    whole = {name: (old.file, new.file) for name, (old, new) in pairs.items() if old is not None and new is not None}
    shown = previews([file for pair in whole.values() for file in pair])
    texts = [plain(markup or "") for markup in shown]
    return {name: changes_of_text(*texts[2 * at : 2 * at + 2]) for at, name in enumerate(whole)}


def word_file(version: SubmissionVersion, name: str) -> SubmissionFile | None:
    """Returns the version's Word file of this name."""
    words = (attached for attached in version.files if attached.file.media_type == DOCX)
    return next((attached for attached in words if attached.file.name == name), None)


def preview_of_first(version: SubmissionVersion) -> dict[int, str | None]:
    """Returns Word files as safe HTML by the id of the attached file, because browsers cannot show them.

    ``None``: the file is damaged or too large to be shown.
    """
    words = [attached for attached in version.files if attached.file.media_type == DOCX][:MOST_PREVIEWS]
    shown = previews([attached.file for attached in words])
    return {attached.id: markup for attached, markup in zip(words, shown, strict=True) if markup != ""}


def previews(files: Sequence[StoredFile]) -> list[str | None]:
    """Returns Word files as safe HTML, in their order; ``None`` for one that cannot be shown.

    The latest ones are kept in this process: a desk is opened several times while a work is graded.
    """
    locale = current_locale()
    new = {file.sha256: read_file(file) for file in files if _is_new(file, locale)}
    for sha256, shown in zip(new, read_each_within_limits(preview_of, list(new.values())), strict=True):
        _latest[sha256, locale] = shown
    found = [_latest.get((file.sha256, locale)) for file in files]
    with _trimming:
        for oldest in list(_latest)[:-MOST_KEPT]:
            del _latest[oldest]
    return [None if isinstance(shown, UnreadableDocument) else shown for shown in found]


def _is_new(file: StoredFile, locale: str) -> bool:
    return file.size <= MOST_FILE and not isinstance(_latest.get((file.sha256, locale)), str)


_trimming = Lock()
_latest: dict[tuple[str, str], str | UnreadableDocument | None] = {}
"""Previews by the file's hash and the language of their words; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A decision that its grader can still undo, and the seconds until the trainee has it."""

    submission_id: int
    words: str
    seconds: int


def pending_decisions(results: Iterable[Result], *, pause: timedelta, now: datetime) -> list[Pending]:
    """Returns the decisions with their words and the time that is left for each."""
    return [
        Pending(
            submission_id=one.version.submission_id,
            words=decision_words(one.decision, one.version.submission.enrolment.person.short_name),
            seconds=max(0, round((one.decided_at + pause - now).total_seconds())),
        )
        for one in results
    ]


def decision_words(decision: str, name: str) -> str:
    """Returns «Accepted: A. Ivanova.»."""
    return _("Accepted: %(name)s.", name=name) if decision == "accepted" else _("Returned: %(name)s.", name=name)
