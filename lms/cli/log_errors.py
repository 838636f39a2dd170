"""Errors of the children's logs, repeated on the terminal of ``lms run``; all other lines stay in the log files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RECORD = re.compile(r"\d{4}-\d\d-\d\d[ T]|\[\d{4}-\d\d-\d\d|(DEBUG|INFO|WARNING|ERROR|CRITICAL) |\{\"")
"""The beginning of a log record: structlog's, gunicorn's, logging's, or JSON. Lines without it continue a record."""

ERROR = re.compile(r"\[(error|critical)\s*\]|^(ERROR|CRITICAL) |\"level\": ?\"(error|critical)\"", re.IGNORECASE)
TRACEBACK = "Traceback (most recent call last)"
MOST_LINES = 30
"""So many lines of one reading reach the terminal: the first and the last ones, where a traceback names its error."""


@dataclass(slots=True)
class LogErrors:
    """The part of one log that has not been read yet. ``inside`` is true after the first line of an error."""

    log: Path
    position: int = 0
    inside: bool = False

    @classmethod
    def from_end(cls, log: Path) -> "LogErrors":
        """Skips what the log holds already."""
        return cls(log, _size(log))

    def read(self) -> list[str]:
        """Returns the lines of errors that were written since the last call, at most ``MOST_LINES`` of them."""
        found = [line for line in self._new_lines() if self._belongs_to_error(line)]
        left = len(found) - MOST_LINES
        if left <= 0:
            return found
        return [found[0], f"… {left} lines, see {self.log}", *found[1 - MOST_LINES :]]

    def _belongs_to_error(self, line: str) -> bool:
        if RECORD.match(line):
            self.inside = ERROR.search(line) is not None
        elif line.startswith(TRACEBACK):
            self.inside = True
        return self.inside

    def _new_lines(self) -> Iterator[str]:
        """Yields whole lines only: the rest of a half-written one comes with the next call."""
        if _size(self.log) < self.position:  # a new log was begun
            self.position = 0
        if _size(self.log) == self.position:
            return
        with self.log.open("rb") as file:
            file.seek(self.position)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                self.position += len(line)
                yield line.decode("utf-8", errors="replace").rstrip("\n")


def _size(log: Path) -> int:
    try:
        return log.stat().st_size
    except FileNotFoundError:
        return 0
