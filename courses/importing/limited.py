"""Reads an uploaded programme in a child process with limits."""

from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from courses.importing import model
from courses.importing.model import ImportedProgramme
from courses.importing.reader import read_programmes
from courses.thematic_plan.document_facts import DocumentFacts, TopicGroup
from courses.thematic_plan.model import Kind, SectionRow, ThematicPlan, TopicRow
from lms.core.documents.limited_reading import read_within_limits
from lms.core.documents.ooxml_package import kind_of_name, read_bytes

KINDS: Final = (
    *(ImportedProgramme, model.ImportedNote, model.ImportedCompetency, model.ImportedCriterion),
    *(model.ImportedConditions, model.UnrecognisedBlock, ThematicPlan, Kind, SectionRow, TopicRow),
    *(DocumentFacts, TopicGroup),
)


def read_programmes_within_limits(source: Path | BinaryIO, filename: str) -> list[ImportedProgramme]:
    """Returns what ``read_programmes`` returns. Raises ``UnreadableDocument`` also for a file that needs too much."""
    kind_of_name(filename)
    return read_within_limits(read_content, read_bytes(source), kinds=KINDS, filename=filename)


def read_content(content: bytes, *, filename: str) -> list[ImportedProgramme]:
    """Reads the document in this process."""
    return read_programmes(BytesIO(content), filename)
