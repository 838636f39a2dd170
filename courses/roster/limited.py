"""Reads an uploaded roster in a child process with limits."""

from datetime import date
from io import BytesIO
from typing import BinaryIO, Final

from courses.roster.model import Note, Roster, RosterRow, SkippedRow
from courses.roster.reader import read_roster
from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.limited_reading import read_within_limits
from lms.core.documents.ooxml_package import read_bytes
from lms.core.sentences import ErrorDetail

KINDS: Final = (Roster, RosterRow, Note, SkippedRow)


def read_roster_within_limits(stream: BinaryIO, filename: str, *, today: date | None = None) -> Roster:
    """Returns what ``read_roster`` returns; a file that needs too much is a problem of the roster."""
    try:
        return read_within_limits(read_content, read_bytes(stream), kinds=KINDS, filename=filename, today=today)
    except UnreadableDocument as error:
        return Roster(problems=(Note(None, "", ErrorDetail(error.code, params=error.params)),))


def read_content(content: bytes, *, filename: str, today: date | None) -> Roster:
    """Reads the roster in this process."""
    return read_roster(BytesIO(content), filename, today=today)
