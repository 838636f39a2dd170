"""Changes of the source files, for ``lms run --reload``.

The files' times are compared twice a second. That costs a few milliseconds for the thousand files of this project,
needs no package, and notices new and deleted files on every system (docs/decisions/0021-inner-loop.md).
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("lms", "courses", "assessment", "worker", "templates")
SUFFIXES = (".py", ".html", ".po", ".typ")
SKIPPED = {"__pycache__", "static", "node_modules"}
PAUSE_SECONDS = 0.5


@dataclass(slots=True)
class SourceWatch:
    """The files below these folders as they were at the last look."""

    root: Path = ROOT
    seen: dict[str, int] = field(default_factory=dict)
    looked: float = 0.0

    def __post_init__(self) -> None:
        self.seen = self._times()

    def changed(self) -> list[str]:
        """Returns the paths, relative to the root, of files changed, added or deleted since the last look.

        Looks at most every ``PAUSE_SECONDS``; in between the answer is empty.
        """
        if time.monotonic() - self.looked < PAUSE_SECONDS:
            return []
        self.looked = time.monotonic()
        before, self.seen = self.seen, self._times()
        names = (name for name in before.keys() | self.seen.keys() if before.get(name) != self.seen.get(name))
        return sorted(os.path.relpath(name, self.root) for name in names)

    def _times(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for folder in FOLDERS:
            for entry in _files(str(self.root / folder)):
                try:
                    found[entry.path] = entry.stat().st_mtime_ns
                except FileNotFoundError:  # deleted since the folder was read
                    continue
        return found


def _files(folder: str) -> Iterator["os.DirEntry[str]"]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir():
            if entry.name not in SKIPPED:
                yield from _files(entry.path)
        elif entry.name.endswith(SUFFIXES):
            yield entry
