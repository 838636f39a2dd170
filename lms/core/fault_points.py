"""Fault points: named places where a test can stop a process. They do nothing unless ``LMS_TEST_BARRIERS`` names a
folder.

A file ``<name>.armed`` in that folder arms the point. The process that reaches it renames the file to
``<name>.reached``, writes its process id into it and waits until ``<name>.go`` appears, or until it is killed.
"""

import os
import time
from pathlib import Path

FOLDER = os.environ.get("LMS_TEST_BARRIERS")


def fault_point(name: str) -> None:
    """Waits here if a test has armed this point."""
    if FOLDER:
        _wait(Path(FOLDER), name)


def _wait(folder: Path, name: str) -> None:
    try:
        (folder / f"{name}.armed").rename(folder / f"{name}.reached")
    except FileNotFoundError:
        return
    (folder / f"{name}.reached").write_text(str(os.getpid()), encoding="ascii")
    while not (folder / f"{name}.go").exists():
        time.sleep(0.01)
