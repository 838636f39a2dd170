"""What the desk shows of a version's contents: Word files as text, and what changed since the version before."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessment.attestation.version_diff import FileChanges, FileKey, Piece, changes_of_files, changes_of_text, plain
from assessment.models.attestation import SubmissionFile, SubmissionVersion
from lms.core.documents.preview import preview_of
from lms.core.files.media_types import DOCX
from lms.core.files.operations import read_file

MOST_PREVIEWS = 3
"""Word files of a version that are shown as text: each is read and unpacked for it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Between two versions: the text, the files, and the text of Word files that were replaced, by name."""

    text: list[Piece]
    files: FileChanges
    documents: dict[str, list[Piece]]

    def __bool__(self) -> bool:
        return bool(self.text or self.files)


def between(before: SubmissionVersion, after: SubmissionVersion) -> Changes:
    """What changed from one version to the next."""
    files = changes_of_files(keys(before), keys(after))
    return Changes(changes_of_text(before.text, after.text), files, documents(before, after, files.replaced))


def keys(version: SubmissionVersion) -> list[FileKey]:
    """A version's files as they are compared."""
    return [FileKey(attached.file.name, attached.file.sha256) for attached in version.files]


def documents(before: SubmissionVersion, after: SubmissionVersion, names: Iterable[str]) -> dict[str, list[Piece]]:
    """Word files that were replaced by others of the same name, compared as text."""
    found = {}
    for name in list(names)[:MOST_PREVIEWS]:
        old, new = word_file(before, name), word_file(after, name)
        if old is not None and new is not None:
            found[name] = changes_of_text(text_of(old), text_of(new))
    return found


def word_file(version: SubmissionVersion, name: str) -> SubmissionFile | None:
    """The version's Word file of this name."""
    words = (attached for attached in version.files if attached.file.media_type == DOCX)
    return next((attached for attached in words if attached.file.name == name), None)


def text_of(attached: SubmissionFile) -> str:
    """A Word file's text."""
    return plain(preview_of(read_file(attached.file)))


def preview_of_first(version: SubmissionVersion) -> dict[int, str]:
    """Word files as safe HTML, by attached file's id: browsers do not show them by themselves."""
    words = [attached for attached in version.files if attached.file.media_type == DOCX]
    shown = ((attached.id, preview_of(read_file(attached.file))) for attached in words[:MOST_PREVIEWS])
    return {key: markup for key, markup in shown if markup}
