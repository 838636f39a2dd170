"""Reads the first programme of a document in this process."""

from pathlib import Path
from typing import BinaryIO

from courses.importing.model import ImportedProgramme
from courses.importing.reader import read_programmes


def read_programme(source: Path | str | BinaryIO, filename: str) -> ImportedProgramme:
    return read_programmes(source, filename)[0]
