"""Folders in memory for the servers of tests: where they are made, and that killed runs leave nothing for long."""

import fcntl
import os
from pathlib import Path

import pytest

from lms.devserver.paths import LOCK
from tests.support.memory import PREFIX, sweep, throwaway_folder

LONG_AGO = 1_000_000_000


def old_folder(memory: Path, name: str) -> Path:
    """Returns a folder made before ``YOUNG_SECONDS``, as a run leaves it."""
    folder = memory / f"{PREFIX}{name}"
    (folder / "data").mkdir(parents=True)
    (folder / LOCK).touch()
    os.utime(folder, (LONG_AGO, LONG_AGO))
    return folder


def test_folder_is_open_to_every_account_and_deleted_at_the_end(tmp_path: Path):
    with throwaway_folder(tmp_path, room=0) as folder:
        (folder / "data").mkdir()
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o755
    assert list(tmp_path.iterdir()) == []


def test_folder_is_deleted_after_an_error(tmp_path: Path):
    with pytest.raises(RuntimeError, match="of the test"), throwaway_folder(tmp_path, room=0):
        raise RuntimeError("of the test")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("memory", ["present", "absent"])
def test_ordinary_folder_is_used_without_room_in_memory(tmp_path: Path, memory: str):
    (tmp_path / "present").mkdir()
    with throwaway_folder(tmp_path / memory, room=2**60 if memory == "present" else 0) as folder:
        assert folder.is_dir()
        assert not folder.is_relative_to(tmp_path)
    assert not folder.exists()


def test_folders_of_killed_runs_are_swept_and_no_others(tmp_path: Path):
    old_folder(tmp_path, "killed")
    (tmp_path / "of-somebody-else").mkdir()
    old_folder(tmp_path, "young")
    os.utime(tmp_path / f"{PREFIX}young")
    used = old_folder(tmp_path, "used")
    with (used / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"of-somebody-else", f"{PREFIX}young", f"{PREFIX}used"}
