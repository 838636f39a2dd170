"""`lms backup` and `lms restore`: one consistent state under load, nothing that is half, nothing that is changed."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from click.testing import CliRunner, Result
from moto.server import ThreadedMotoServer
from sqlalchemy.orm import Session

from assessment.models.attestation import SubmissionFile
from lms import composition
from lms.cli import backup, database, restore
from lms.cli.main import explained
from lms.core.backups.manifest import DUMP, FILES, MANIFEST, UnusableBackup, read_manifest
from lms.core.backups.table_digests import digest_tables
from lms.core.clock import utc_now
from lms.core.db import make_engine
from lms.core.files import port
from lms.core.files.backup_lock import may_delete_bytes
from lms.core.files.models import Blob, StoredFile
from lms.core.files.operations import delete_file, sweep_orphans
from lms.core.files.store import FolderStore
from lms.core.settings import Settings
from lms.devserver.errors import ServerError
from lms.devserver.supervisor import Servers
from tests.factories import attestation, make
from tests.support.processes import ROOT, TEST_KEY, wait_until

MakeDatabase = Callable[[], str]


@dataclass
class Installation:
    """Settings of an installation: its database, its folder, its bucket if it has one."""

    environment: dict[str, str]

    @property
    def url(self) -> str:
        return self.environment["LMS_DATABASE_URL"]

    def settings(self) -> Settings:
        names = {name.removeprefix("LMS_").lower(): value for name, value in self.environment.items()}
        return Settings(**names)  # type: ignore[arg-type]

    def run(self, command, *arguments: object) -> Result:
        """Runs the command to its end, in this process."""
        ended = CliRunner().invoke(command, [str(part) for part in arguments], env=self.environment)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            assert explained(ended.exception), ended.exception  # type: ignore[arg-type]
        return ended

    @contextmanager
    def session(self) -> Iterator[Session]:
        engine = make_engine(self.url)
        try:
            with Session(engine, expire_on_commit=False) as opened:
                yield opened
                opened.commit()
        finally:
            engine.dispose()

    def asked(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture(scope="module")
def bucket_address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, number = server.get_host_and_port()
    yield f"http://{host}:{number}"
    server.stop()


@pytest.fixture
def installed(servers: Servers, tmp_path: Path, request) -> Callable[..., Installation]:
    """Returns a function that describes an installation on a database; with a bucket's name its files are there."""

    def describe(name: str, url: str, *, bucket: bool = False) -> Installation:
        around = {
            "LMS_DATABASE_URL": url,
            "LMS_REDIS_URL": servers.redis_url,
            "LMS_DATA": str(tmp_path / name),
            "LMS_SECRET_KEY": TEST_KEY,
        }
        if bucket:
            around |= {
                "LMS_STORAGE": "s3",
                "LMS_S3_ENDPOINT": request.getfixturevalue("bucket_address"),
                "LMS_S3_BUCKET": f"backup-{os.getpid()}-{tmp_path.name}-{name}".replace("_", "-").lower()[:60],
                "LMS_S3_ACCESS_KEY": "key",
                "LMS_S3_SECRET_KEY": "secret",
            }
        return Installation(around)

    return describe


@pytest.fixture
def source(installed, make_database: MakeDatabase, settings: Settings) -> Iterator[Installation]:
    """An installation with an internship and three files."""
    with filled(installed("source", make_database()), settings) as made:
        yield made


@contextmanager
def filled(made: Installation, settings: Settings) -> Iterator[Installation]:
    """The installation with an internship and three files; this process stores files in it meanwhile."""
    composition.wire()
    composition.configure_ports(settings)
    port.configure(port.store_of(made.settings()))
    with made.session() as session:
        make.enrolment(session)
        for number in range(3):
            make.stored_file(session, b"%PDF-1.7 " + bytes([number]) * 1000)
    yield made
    port.configure(port.store_of(settings))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The backup's folder."""
    return tmp_path / "2026-11-29"


@pytest.fixture
def target(installed, make_empty_database: MakeDatabase) -> Installation:
    return installed("target", make_empty_database())


@pytest.fixture
def made(source: Installation, folder: Path) -> Path:
    """A whole backup."""
    ended = source.run(backup.command, folder)
    assert ended.exit_code == 0, ended.output
    return folder


def same_bytes(installation: Installation) -> int:
    """Demands the bytes of every file that the database names. Returns the number of files."""
    store, count = port.store_of(installation.settings()), 0
    for sha256, size in installation.asked("SELECT DISTINCT sha256, size FROM blob JOIN stored_file USING (sha256)"):
        with store.open(sha256) as stream:
            content = stream.read()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size)
        count += 1
    return count


@dataclass
class Load:
    """A thread that enrols people, hands works in with files, and deletes each second file three rounds later."""

    installation: Installation
    stopped: Event = field(default_factory=Event)
    rounds: int = 0
    dropped: list[StoredFile] = field(default_factory=list)
    failure: BaseException | None = None

    def work(self) -> None:
        try:
            with self.installation.session() as session:
                cohort = make.cohort(session)
                task = attestation.task(session, cohort.version)
                session.commit()
                while not self.stopped.is_set():
                    self._one_round(session, cohort, task)
        except BaseException as failure:
            self.failure = failure

    def _one_round(self, session: Session, cohort, task) -> None:
        self.rounds += 1
        enrolled = make.enrolment(session, cohort)
        work = attestation.handed_in(session, task, enrolled, f"Наблюдения {self.rounds}")
        kept, dropped = (
            make.stored_file(session, f"%PDF-1.7 {self.rounds} {kind}".encode() * 50) for kind in ("kept", "dropped")
        )
        session.add(SubmissionFile(submission_id=work.id, file_id=kept.id))
        session.commit()
        self.dropped.append(dropped)
        if len(self.dropped) > 3:
            delete_file(session, self.dropped.pop(0))
            session.commit()

    def go_on(self) -> None:
        """Waits until every file that there is to delete now has been deleted."""
        now = self.rounds
        wait_until(lambda: self.rounds > now + 4 or self.failure, what="further work")


@contextmanager
def load(installation: Installation) -> Iterator[Load]:
    working = Load(installation)
    thread = Thread(target=working.work)
    thread.start()
    try:
        wait_until(lambda: working.rounds > 5 or working.failure, what="the first works")
        yield working
    finally:
        working.stopped.set()
        thread.join()
    if working.failure is not None:
        raise working.failure


def after_more_work(working: Load, part: Callable[..., object]) -> Callable[..., object]:
    def later(*arguments: object) -> object:
        working.go_on()
        return part(*arguments)

    return later


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


def test_check_tells_which_rows_and_files_were_compared(source: Installation, made: Path):
    ended = source.run(restore.command, made, "--check")
    assert ended.exit_code == 0, ended.output
    held = read_manifest(made)
    assert f"{len(held.tables)} tables with {held.rows:,} rows" in ended.output
    assert f"are row by row those of {held.made_at:%Y-%m-%d %H:%M:%S} UTC; 3 files" in ended.output
    assert "Needed beside it: LMS_SECRET_KEY, or the file `secret` of LMS_DATA." in ended.output
    assert held.tables["enrolment"].rows == 1


def test_digests_tell_a_changed_a_doubled_and_a_missing_row(source: Installation):
    with psycopg.connect(source.url) as connection:
        connection.execute("CREATE TABLE trial (name text)")
        connection.execute("INSERT INTO trial VALUES ('а'), ('б'), (NULL)")
        known = digest_tables(connection)["trial"]
        connection.execute("DELETE FROM trial")
        connection.execute("INSERT INTO trial VALUES (NULL), ('б'), ('а')")
        assert digest_tables(connection)["trial"] == known
        seen = {known}
        for change in (
            "UPDATE trial SET name = 'в' WHERE name = 'а'",
            "INSERT INTO trial VALUES ('в')",
            "DELETE FROM trial",
        ):
            connection.execute(change)
            seen.add(digest_tables(connection)["trial"])
        connection.rollback()
    assert len(seen) == 4


def test_check_finds_a_row_that_differs(source: Installation, made: Path):
    held = json.loads((made / MANIFEST).read_text())
    held["tables"]["enrolment"]["digest"] = "0-0"
    (made / MANIFEST).write_text(json.dumps(held))
    ended = source.run(restore.command, made, "--check")
    assert ended.exit_code == 1
    assert "The restored tables are not those of the backup: enrolment." in str(ended.exception)


def test_check_finds_a_file_that_the_backup_lacks(source: Installation, made: Path):
    held = json.loads((made / MANIFEST).read_text())
    lost, _size = held["files"].popitem()
    (made / MANIFEST).write_text(json.dumps(held))
    ended = source.run(restore.command, made, "--check")
    assert ended.exit_code == 1
    assert f"The backup lacks files that its database names: {lost}." in str(ended.exception)


def _cut_manifest(made: Path) -> None:
    whole = (made / MANIFEST).read_text()
    (made / MANIFEST).write_text(whole[: len(whole) // 2])


def _change_dump(made: Path) -> None:
    content = bytearray((made / DUMP).read_bytes())
    content[len(content) // 2] ^= 1
    (made / DUMP).write_bytes(content)


def _a_file(made: Path) -> Path:
    return next(path for path in (made / FILES).rglob("*") if path.is_file())


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no manifest": lambda made: (made / MANIFEST).unlink(),
    "cut manifest": _cut_manifest,
    "no dump": lambda made: (made / DUMP).unlink(),
    "changed dump": _change_dump,
    "no file": lambda made: _a_file(made).unlink(),
    "cut file": lambda made: _a_file(made).write_bytes(_a_file(made).read_bytes()[:-1]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_backup_is_refused_before_anything_is_touched(
    made: Path, source: Installation, target: Installation, damage: str
):
    DAMAGES[damage](made)
    for arguments in ((), ("--replace",), ("--check",)):
        ended = target.run(restore.command, made, *arguments)
        assert ended.exit_code == 1
        assert isinstance(ended.exception, UnusableBackup)
    assert target.asked("SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace") == []
    assert not (Path(target.environment["LMS_DATA"]) / "files").exists()


def test_database_with_data_is_replaced_only_when_asked(made: Path, source: Installation):
    with source.session() as session:
        make.enrolment(session)
    with psycopg.connect(source.url) as connection:
        connection.execute("CREATE TABLE of_a_later_release (id int)")
    refused = source.run(restore.command, made)
    assert refused.exit_code == 1
    assert "The database has data" in refused.output
    assert source.asked("SELECT count(*) FROM enrolment") == [(2,)]
    ended = source.run(restore.command, made, "--replace")
    assert ended.exit_code == 0, ended.output
    assert source.asked("SELECT count(*) FROM enrolment") == [(1,)]
    assert source.asked("SELECT to_regclass('of_a_later_release')") == [(None,)]
    again = source.run(backup.command, made.with_name("again"))
    assert again.exit_code == 0, again.output
    assert read_manifest(made.with_name("again")).tables == read_manifest(made).tables


def test_migrated_database_without_data_counts_as_empty(made: Path, installed, make_database: MakeDatabase):
    fresh = installed("fresh", make_database())
    ended = fresh.run(restore.command, made)
    assert ended.exit_code == 0, ended.output
    assert same_bytes(fresh) == 3


def test_failed_load_leaves_the_database_as_it_was(made: Path, source: Installation):
    whole = (made / DUMP).read_bytes()
    (made / DUMP).write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(ServerError, match="pg_restore failed"):
        restore.replace_database(source.url, made / DUMP)
    assert source.asked("SELECT count(*) FROM enrolment") == [(1,)]


def test_database_in_use_is_left_alone(made: Path, target: Installation):
    with psycopg.connect(target.url) as connection:
        connection.execute("SELECT 1")
        ended = target.run(restore.command, made)
    assert ended.exit_code == 1
    assert "The database is in use (connections: 1): stop the web and the workers first." in ended.output


@pytest.mark.parametrize(
    ("name", "value", "told"), [("revision", "9999", "later release"), ("postgres_major", 99, "99")]
)
def test_backup_of_a_later_release_is_refused(made: Path, target: Installation, name: str, value: object, told: str):
    held = json.loads((made / MANIFEST).read_text())
    (made / MANIFEST).write_text(json.dumps({**held, name: value}))
    ended = target.run(restore.command, made)
    assert ended.exit_code == 1
    assert told in str(ended.exception)


def test_restore_warns_of_another_secret_and_names_needed_keys(made: Path, target: Installation):
    held = json.loads((made / MANIFEST).read_text())
    (made / MANIFEST).write_text(json.dumps({**held, "personal_data_keys": ["derived", "k1"]}))
    target.environment["LMS_SECRET_KEY"] = TEST_KEY[::-1]
    ended = target.run(restore.command, made)
    assert ended.exit_code == 0, ended.output
    assert "and of LMS_PERSONAL_DATA_KEYS the keys derived, k1." in ended.output
    assert "Warning: the secret of this installation is another one than that of the backup." in ended.output


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
