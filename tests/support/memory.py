"""Folders for the data of servers that tests start and throw away: in memory where the machine has ample room.

On a disk most of a database's creation and deletion is spent in the file system's journal: it has 800 files.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from lms.devserver.paths import LOCK, held

MEMORY = Path("/dev/shm")  # the file system, in which folders with random names are made
PREFIX = "stazhirovka-tests-"
ROOM = 6 * 1024**3
"""Bytes that must be free: three test processes hold a hundred databases of 15 MB each, and their logs."""
YOUNG_SECONDS = 60.0
"""A folder of this age may belong to a process that has not locked it yet."""


@contextmanager
def throwaway_folder(memory: Path = MEMORY, *, room: int = ROOM) -> Iterator[Path]:
    """Yields a new folder that every account may enter, and deletes it at the end.

    What killed runs left in memory is deleted too.
    """
    home = memory if _has_room(memory, room) else None
    if home is not None:
        sweep(home)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
    try:
        with (folder / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            folder.chmod(0o755)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(memory: Path) -> None:
    """Deletes the folders whose process does not live any more."""
    for left in memory.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > YOUNG_SECONDS and not held(left):
                shutil.rmtree(left)


def _has_room(memory: Path, room: int) -> bool:
    if not os.access(memory, os.W_OK | os.X_OK):
        return False
    return min(shutil.disk_usage(memory).free, psutil.virtual_memory().available) >= room
