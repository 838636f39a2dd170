"""Places where the tests strike: a barrier does nothing unless a folder is named by ``LMS_TEST_BARRIERS``.

There, ``<name>.armed`` arms a barrier: who comes by takes it, leaves ``<name>.reached`` with its process id, and waits
until ``<name>.go`` appears (or somebody kills it, which is the point).
"""

import os
import time
from pathlib import Path

FOLDER = os.environ.get("LMS_TEST_BARRIERS")


def fault_point(name: str) -> None:
    """Wait here if a test armed this place."""
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
