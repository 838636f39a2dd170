"""Embedded servers: started, shared, refused, killed, and ended with their parent."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from lms.core.settings import Settings
from lms.devserver import paths, postgres, processes, unprivileged
from lms.devserver.errors import DataInUse, ServerError
from lms.devserver.supervisor import Servers, running

HOLD = """
import sys, time
from pathlib import Path
from lms.devserver.supervisor import running
from lms.core.settings import Settings
with running(Settings(data=Path(sys.argv[1])), fast=True) as servers:
    print(servers.postgres.process.pid, servers.valkey.process.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="module")
def own(home: Path) -> Iterator[Servers]:
    """Servers of this module, which its tests restart."""
    with running(Settings(data=home), fast=True) as started:
        yield started


def ask(servers: Servers, question: str) -> object:
    with psycopg.connect(servers.database_url) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[arg-type]
    return row[0] if row else None


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_database_handles_russian_text(own: Servers):
    assert ask(own, "SELECT upper('ёж') || lower('ЩИТ')") == "ЁЖщит"
    assert ask(own, "SELECT datlocprovider::text FROM pg_database WHERE datname = current_database()") == "b"
    assert ask(own, "SHOW server_encoding") == "UTF8"
    assert ask(own, "SHOW timezone") == "UTC"


def test_database_listens_on_private_socket_only(own: Servers):
    assert own.postgres
    assert ask(own, "SHOW listen_addresses") == ""
    assert own.postgres.sockets.stat().st_mode & 0o077 == 0
    assert own.postgres.data.stat().st_mode & 0o077 == 0


def test_broker_requires_its_password(own: Servers):
    assert own.valkey and own.valkey.process
    with (
        redis.Redis(port=own.valkey.port, retry=Retry(NoBackoff(), 0)) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()
    assert own.valkey.password not in " ".join(processes.command_line(own.valkey.process.pid))


def test_second_command_attaches_and_leaves_servers_running(own: Servers, home: Path):
    with running(Settings(data=home)) as attached:
        assert (attached.database_url, attached.redis_url) == (own.database_url, own.redis_url)
        assert attached.postgres is None
        with pytest.raises(ServerError, match="not started by this command"):
            attached.restart_database()
    assert ask(own, "SELECT 1") == 1


def test_second_owner_is_refused_with_name_of_first(own: Servers, home: Path):
    refused = running(Settings(data=home), attach=False)
    with pytest.raises(DataInUse, match=f"process {os.getpid()}"), refused:
        pass


@pytest.mark.parametrize("hard", [False, True])
def test_restart_keeps_committed_data_and_address(own: Servers, hard: bool):
    before = own.database_url
    with psycopg.connect(own.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('слово')")
    own.restart_database(hard=hard)
    assert own.database_url == before
    assert ask(own, "SELECT max(word) FROM kept") == "слово"


def test_restarted_broker_is_empty_at_same_address(own: Servers):
    with redis.Redis.from_url(own.redis_url) as broker:
        broker.set("word", "слово")
    own.restart_broker()
    with redis.Redis.from_url(own.redis_url) as broker:
        assert broker.get("word") is None


def test_dead_servers_are_revived(own: Servers):
    assert own.postgres and own.postgres.process and own.valkey and own.valkey.process
    assert own.revive() == []
    for server in (own.postgres, own.valkey):
        assert server.process
        server.process.kill()
        server.process.wait()
    assert own.revive() == [f"{name} had stopped; it runs again." for name in ("PostgreSQL", "Valkey")]
    assert ask(own, "SELECT 1") == 1


def test_server_that_does_not_start_is_tried_again_after_a_pause(own: Servers):
    assert own.postgres and own.postgres.process
    control = own.postgres.data / "global" / "pg_control"
    own.postgres.process.kill()
    own.postgres.process.wait()
    control.rename(control.with_suffix(".away"))
    (line,) = own.revive()
    assert line.startswith("PostgreSQL had stopped and does not start; trying again in 1 s.")
    assert own.revive() == []  # the pause is not over
    control.with_suffix(".away").rename(control)
    assert wait_until(lambda: own.revive() == ["PostgreSQL had stopped; it runs again."])
    assert ask(own, "SELECT 1") == 1


def test_servers_given_by_address_are_used_unchanged(tmp_path: Path):
    named = Settings(data=tmp_path / "none", database_url="postgresql://elsewhere/x", redis_url="redis://elsewhere")
    with running(named) as servers:
        assert (servers.database_url, servers.redis_url) == ("postgresql://elsewhere/x", "redis://elsewhere")
        assert servers.revive() == []
    assert not (tmp_path / "none").exists()


def test_only_servers_without_address_are_started(data: Path):
    with running(Settings(data=data, database_url="postgresql://elsewhere/x"), fast=True) as servers:
        assert servers.postgres is None
        assert servers.valkey is not None
        assert servers.database_url == "postgresql://elsewhere/x"


def test_killed_owner_takes_its_servers_along_and_the_next_one_starts(data: Path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(data)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    with holder.stdout:
        pids = [int(part) for part in holder.stdout.readline().split()]
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    if sys.platform.startswith("linux"):
        assert wait_until(lambda: not any(processes.alive(pid) for pid in pids))
    with running(Settings(data=data), fast=True) as servers:
        assert ask(servers, "SELECT 1") == 1


@contextmanager
def owned(data: Path) -> Iterator[None]:
    """Holds the lock of a data folder, so that another process of tests does not sweep its database away."""
    with (data / paths.LOCK).open("a+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_starts_in_spite_of_stale_mark_with_other_living_process(data: Path):
    with owned(data):
        prepared = postgres.prepare(data, fast=True)
        prepared.start()
        prepared.stop()
    cluster = prepared.data
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster}\n", encoding="utf-8")
        with running(Settings(data=data), fast=True) as servers:
            assert ask(servers, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_data_of_another_major_version_are_refused_with_reason(tmp_path: Path):
    cluster = tmp_path / "postgres"
    cluster.mkdir()
    if (lent := unprivileged.lent() if os.geteuid() == 0 else None) is not None:
        os.chown(cluster, lent.uid, lent.gid)
    (cluster / "PG_VERSION").write_text("15\n", encoding="ascii")
    refused = running(Settings(data=tmp_path), fast=True)
    with pytest.raises(ServerError, match=r"made by PostgreSQL 15; this release runs PostgreSQL 18"), refused:
        pass


def test_long_path_gets_its_socket_elsewhere(data: Path):
    far = data / ("далеко" * 10)
    with running(Settings(data=far), fast=True) as servers:
        assert servers.postgres
        sockets = servers.postgres.sockets
        assert not sockets.is_relative_to(far)
        assert ask(servers, "SELECT 1") == 1
    assert not sockets.exists()


def test_failed_start_reports_end_of_server_log(data: Path):
    with owned(data):
        prepared = postgres.prepare(data, fast=True)
        prepared.start()
        prepared.stop()
        (prepared.data / "postgresql.conf").write_text("no_such_setting = 1\n", encoding="ascii")
        with pytest.raises(ServerError, match="no_such_setting"):
            prepared.start()
        prepared.close(data)


def test_folder_of_another_account_is_refused(tmp_path: Path):
    target = tmp_path / "theirs"
    target.mkdir()
    (tmp_path / "run").symlink_to(target)
    with pytest.raises(ServerError, match="belongs to somebody else"):
        unprivileged.folder_of(None, tmp_path / "run")


def test_copy_of_programs_can_be_run_by_every_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """For root with the environment in a closed home folder; the copy is readable under a strict umask too."""
    monkeypatch.setattr(paths, "SYSTEM_HOME", tmp_path / "system")
    monkeypatch.setattr(paths, "reaches", lambda account, path: False)
    before = os.umask(0o077)
    try:
        copied = paths.programs(None)
        assert copied == paths.programs(None)
    finally:
        os.umask(before)
    assert copied.is_relative_to(tmp_path / "system")
    told = subprocess.run([copied / "postgres", "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith(f"postgres (PostgreSQL) {postgres.MAJOR}.")
    assert (copied / "postgres").stat().st_mode & 0o005 == 0o005


def test_cold_start_is_quick(data: Path):
    began = time.monotonic()
    with running(Settings(data=data), fast=True):
        assert time.monotonic() - began < 10  # half a second on an idle machine


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_that_does_not_stop_is_killed(number: signal.Signals, tmp_path: Path):
    script = "import signal, time; [signal.signal(s, signal.SIG_IGN) for s in (2, 15)]; print('deaf', flush=True); "
    stubborn = processes.spawn([sys.executable, "-c", f"{script} time.sleep(60)"], log=tmp_path / "log")
    assert wait_until(lambda: "deaf" in (tmp_path / "log").read_text())
    assert processes.stop(stubborn, [number], patience=0.3) == -signal.SIGKILL


def test_sweep_deletes_databases_of_killed_tests_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(paths, "SYSTEM_HOME", tmp_path)
    for name, marks in {"lasting": [], "orphan": ["throw-away"], "in-use": ["throw-away"]}.items():
        (tmp_path / name / "postgres").mkdir(parents=True)
        (tmp_path / name / "data").mkdir()
        (tmp_path / name / "belongs-to").write_text(f"{tmp_path / name / 'data'}\n", encoding="utf-8")
        for mark in marks:
            (tmp_path / name / mark).touch()
    with (tmp_path / "in-use" / "data" / "servers.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        paths.sweep()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in-use", "lasting"]
