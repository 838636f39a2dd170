"""Changes that `make dev` notices, and how a child process takes them."""

import signal
import sys
import time
from pathlib import Path

import pytest

from lms.cli import reloading
from lms.cli.processes import Child
from lms.cli.reloading import SourceWatch


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reloading, "PAUSE_SECONDS", 0.0)
    for folder in ("lms/static/src", "lms/__pycache__", "templates"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "lms" / "old.py").write_text("1")
    return tmp_path


def test_notices_changed_new_and_deleted_sources(root: Path) -> None:
    watch = SourceWatch(root)
    assert watch.changed() == []
    (root / "lms" / "new.py").write_text("1")
    (root / "templates" / "page.html").write_text("1")
    assert watch.changed() == ["lms/new.py", "templates/page.html"]
    (root / "lms" / "old.py").unlink()
    assert watch.changed() == ["lms/old.py"]
    assert watch.changed() == []


def test_passes_over_files_that_others_watch(root: Path) -> None:
    watch = SourceWatch(root)
    for name in ("lms/static/src/main.js", "lms/static/made.py", "lms/__pycache__/old.py", "lms/notes.txt"):
        (root / name).write_text("1")
    assert watch.changed() == []


def test_looks_again_only_after_the_pause(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloading, "PAUSE_SECONDS", 60.0)
    watch = SourceWatch(root)
    watch.changed()
    (root / "lms" / "new.py").write_text("1")
    assert watch.changed() == []


def child(folder: Path, source: str, reloading: signal.Signals | None = None) -> Child:
    return Child("It", [sys.executable, "-c", source], folder / "log", {}, reloading=reloading)


def tended_until(child: Child, words: str, times: int = 1) -> list[str]:
    """Tends the child until its log has the words so many times; returns what ``tend`` told meanwhile."""
    told, limit = [], time.monotonic() + 20
    while time.monotonic() < limit:
        told += [line for line in [child.tend()] if line]
        if child.log.exists() and child.log.read_text().count(words) >= times:
            return told
        time.sleep(0.02)
    raise AssertionError(child.log.read_text())


SLEEPING = "import time; print('up', flush=True); time.sleep(60)"


def test_reload_starts_a_stopped_process_without_a_pause(tmp_path: Path) -> None:
    it = child(tmp_path, SLEEPING)
    try:
        tended_until(it, "up")
        it.reload()
        assert tended_until(it, "up", times=2) == []
    finally:
        it.end()


def test_reload_sends_the_signal_that_the_process_asks_for(tmp_path: Path) -> None:
    source = (
        "import signal, time; signal.signal(signal.SIGHUP, lambda *_: print('again', flush=True));"
        "print('up', flush=True); time.sleep(60)"
    )
    it = child(tmp_path, source, signal.SIGHUP)
    try:
        tended_until(it, "up")
        first = it.process
        it.reload()
        assert tended_until(it, "again") == []
        assert it.process is first
    finally:
        it.end()


def test_reload_ends_the_pause_after_a_death(tmp_path: Path) -> None:
    it = child(tmp_path, "print('up', flush=True); raise SystemExit(3)")
    told = tended_until(it, "up", times=1)
    while not told:
        told += [line for line in [it.tend()] if line]
        time.sleep(0.02)
    assert told[0].startswith("It ended with code 3; starting it again in 1 s.")
    it.due += 60
    it.reload()
    tended_until(it, "up", times=2)
    it.end()
