"""The folder through which the web processes of ``lms run`` add up their metrics."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lms.core.settings import Settings
from lms.devserver.unprivileged import folder_of

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
MEMORY = Path("/dev/shm")  # noqa: S108  # the folder below it is checked to be ours


@contextmanager
def metrics_folder(settings: Settings) -> Iterator[Mapping[str, str]]:
    """An empty folder for the length of the command, as a variable of the environment; none where no metrics are asked
    for, or the operator has named a folder.

    It lies in memory where the system has such a place: writing to a mapped file on a full disk kills the process.
    """
    if settings.metrics_token is None or os.environ.get(VARIABLE):
        yield {}
        return
    base = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
    mark = hashlib.sha256(os.fsencode(settings.data.absolute())).hexdigest()[:12]
    folder = folder_of(None, base / f"stazhirovka-metrics-{os.geteuid()}-{mark}")
    for left in folder.iterdir():  # of a command that was killed
        left.unlink()
    try:
        yield {VARIABLE: str(folder)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
