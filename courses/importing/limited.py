"""Reads an uploaded programme in a child process with limits."""

from io import BytesIO
from typing import BinaryIO, Final

from courses.hours import Plan, PlanGroup, PlanTopic
from courses.importing import model
from courses.importing.model import ImportedProgramme
from courses.importing.reader import read_programme
from lms.core.documents.limited_reading import read_within_limits
from lms.core.documents.ooxml_package import read_bytes

KINDS: Final = (
    *(ImportedProgramme, model.ImportedNote, model.ImportedCompetency, model.ImportedCriterion),
    *(model.ImportedConditions, model.UnrecognisedBlock, Plan, PlanGroup, PlanTopic),
)


def read_programme_within_limits(stream: BinaryIO, filename: str) -> ImportedProgramme:
    """Returns what ``read_programme`` returns. Raises ``UnreadableDocument`` also for a file that needs too much."""
    return read_within_limits(read_content, read_bytes(stream), kinds=KINDS, filename=filename)


def read_content(content: bytes, *, filename: str) -> ImportedProgramme:
    """Reads the document in this process."""
    return read_programme(BytesIO(content), filename)
