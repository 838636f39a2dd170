"""`lms backup`: one consistent state under load, and nothing that is half."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from lms.cli import backup, database, restore
from lms.core.backups.manifest import MANIFEST, read_manifest
from lms.core.clock import utc_now
from lms.core.files.backup_lock import may_delete_bytes
from lms.core.files.models import Blob, StoredFile
from lms.core.files.operations import delete_file, sweep_orphans
from lms.core.files.store import FolderStore
from lms.core.settings import Settings
from tests.factories import make
from tests.support.installations import Installation, MakeDatabase, after_more_work, filled, load, same_bytes
from tests.support.processes import ROOT, wait_until


@pytest.mark.parametrize("bucket", [False, True], ids=["folder", "bucket"])
def test_backup_under_load_is_one_consistent_state(
    installed,
    make_database: MakeDatabase,
    make_empty_database: MakeDatabase,
    settings: Settings,
    folder: Path,
    bucket: bool,
    monkeypatch,
):
    loaded = installed("loaded", make_database(), bucket=bucket)
    database.make_bucket(loaded.settings())
    with filled(loaded, settings) as source, load(source) as working:
        for part in ("tool", "copy_files"):  # people go on working before each part of the backup
            monkeypatch.setattr(backup, part, after_more_work(working, getattr(backup, part)))
        before = working.rounds
        ended = source.run(backup.command, folder)
        assert ended.exit_code == 0, ended.output
        after = working.rounds
    assert after - before > 8
    back = installed("back", make_empty_database(), bucket=bucket)
    ended = back.run(restore.command, folder)
    assert ended.exit_code == 0, ended.output
    made = read_manifest(folder)
    ((works,),) = back.asked("SELECT count(*) FROM submission")
    assert before - 1 <= works == made.tables["submission"].rows < after - 4
    assert back.asked("SELECT count(*) FROM submission_file") == [(works,)]
    assert same_bytes(back) == len(made.files) >= works
    unproven = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
    assert back.asked(unproven) == []
    with back.session() as session:  # the identities go on where they were
        make.enrolment(session)


def test_existing_folder_is_not_written_over(made: Path, source: Installation):
    before = (made / MANIFEST).read_bytes()
    ended = source.run(backup.command, made)
    assert ended.exit_code == 1
    assert "exists already; nothing was written." in ended.output
    assert (made / MANIFEST).read_bytes() == before


def test_folder_of_something_else_is_not_removed(folder: Path, source: Installation):
    (folder.parent / f"{folder.name}.half").mkdir()
    (folder.parent / f"{folder.name}.half" / "photo.jpg").touch()
    ended = source.run(backup.command, folder)
    assert ended.exit_code == 1
    assert "other things than a backup" in ended.output
    assert (folder.parent / f"{folder.name}.half" / "photo.jpg").exists()


def test_backup_names_a_lost_file_and_saves_the_rest(folder: Path, source: Installation):
    lost = next((Path(source.environment["LMS_DATA"]) / "files").glob("??/??/*"))
    lost.unlink()
    ended = source.run(backup.command, folder)
    assert ended.exit_code == 1
    assert f"missing or damaged in the store, and so in the backup: 1 ({lost.name})" in ended.output
    checked = source.run(restore.command, folder, "--check")
    assert checked.exit_code == 0, checked.output
    assert "Files that were missing or damaged when the backup was made: 1." in checked.output


def test_database_without_tables_gives_no_backup(folder: Path, target: Installation):
    ended = target.run(backup.command, folder)
    assert ended.exit_code == 1
    assert "The database has no tables" in ended.output
    assert not folder.exists()


@pytest.mark.parametrize("point", ["backup-dumped", "backup-copied"])
def test_killed_backup_leaves_nothing_that_restore_accepts(
    folder: Path, source: Installation, target: Installation, tmp_path: Path, point: str
):
    barriers = tmp_path / "barriers"
    barriers.mkdir()
    (barriers / f"{point}.armed").touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "lms.cli.main", "backup", str(folder)],
        cwd=ROOT,
        env={**os.environ, **source.environment, "LMS_TEST_BARRIERS": str(barriers)},
        start_new_session=True,
    )
    wait_until((barriers / f"{point}.reached").exists, seconds=60, what="the backup")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    half = folder.with_name(f"{folder.name}.half")
    assert not folder.exists()
    assert target.run(restore.command, half).exit_code == 1
    half.rename(folder.with_name("named by hand"))
    assert target.run(restore.command, folder.with_name("named by hand")).exit_code == 1
    folder.with_name("named by hand").rename(half)
    ended = source.run(backup.command, folder)
    assert ended.exit_code == 0, ended.output
    assert not half.exists()
    assert target.run(restore.command, folder).exit_code == 0


def test_deleted_files_keep_their_bytes_during_a_backup(source: Installation):
    store = FolderStore(Path(source.environment["LMS_DATA"]) / "files")
    with source.session() as session:
        first, second, third = session.query(StoredFile).order_by(StoredFile.id)
        with backup.bytes_kept(source.url):
            delete_file(session, first)
            session.commit()
            assert sweep_orphans(session, store, utc_now()) == 0
            session.commit()
            assert store.exists(first.sha256)
        delete_file(session, second)
        session.commit()
        assert not store.exists(second.sha256)
        assert sweep_orphans(session, store, utc_now()) == 1
        session.commit()
        assert [sha256 for sha256, _size in store.iter()] == [third.sha256]
        assert session.query(Blob).count() == 1


def test_backup_waits_for_a_transaction_that_deletes_bytes(source: Installation):
    held = Event()

    def lock() -> None:
        with backup.bytes_kept(source.url):
            held.set()

    with source.session() as session:
        assert may_delete_bytes(session)
        thread = Thread(target=lock)
        thread.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        wait_until(lambda: source.asked(waiting) == [(1,)], what="the wait")
        assert not held.is_set()
        session.commit()
        thread.join()
    assert held.is_set()
