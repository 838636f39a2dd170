"""`lms run` as a process: starts, prints its address, refuses a second, restarts dead children, stops with Ctrl-C."""

import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from lms.cli import main
from lms.devserver import processes
from lms.devserver.supervisor import Servers
from tests.support.memory import throwaway_folder

PATIENCE = 60.0


@dataclass
class Started:
    """A running command, its output so far, and its settings."""

    process: subprocess.Popen[bytes]
    console: Path
    environment: dict[str, str]

    def wait_for(self, words: str) -> str:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            told = self.console.read_text(encoding="utf-8")
            if words in told:
                return told
            assert self.process.poll() is None, told
            time.sleep(0.05)
        raise AssertionError(self.console.read_text(encoding="utf-8"))

    def offspring(self) -> list[int]:
        """Returns every process of the tree below the command."""
        return [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder that every account may enter (pytest's own is closed), so that no database is created outside it."""
    with throwaway_folder() as made:
        yield made


@pytest.fixture
def place(home: Path) -> Path:
    """The test's own data folder."""
    made = Path(tempfile.mkdtemp(dir=home))
    made.chmod(0o755)
    return made


def settings(folder: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("LMS_")}
    return {**kept, "LMS_DATA": str(folder), "LMS_PORT": "0", "LMS_DEMO": "true", "PYTHONUNBUFFERED": "1", **more}


def lms(environment: dict[str, str], *arguments: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "lms.cli.main", *arguments],
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


class Here:
    """Runs commands in this process, which has imported everything already."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, environment: dict[str, str], *arguments: str, typed: str = "") -> Ended:
        with self.monkeypatch.context() as around, pytest.raises(SystemExit) as ended:
            around.setattr(os, "environ", environment)
            around.setattr(sys, "stdin", io.StringIO(typed))
            main.main(arguments)
        told = self.capsys.readouterr()
        return Ended(int(ended.value.code or 0), told.out, told.err)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


@pytest.fixture(scope="module")
def started(home: Path) -> Iterator[Started]:
    environment = settings(home / "data")
    console = home / "console"
    with console.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "lms.cli.main", "run", "--workers", "1", "--jobs", "1"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Started(process, console, environment)
    try:
        running.wait_for("Ready in")
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


def address(started: Started) -> str:
    told = started.wait_for("http://127.0.0.1:")
    return next(line.strip() for line in told.splitlines() if line.strip().startswith("http://"))


def test_run_answers_at_printed_address(started: Started):
    with urllib.request.urlopen(f"{address(started)}/readyz", timeout=10) as response:
        assert response.status == 200


def test_second_run_on_same_data_is_refused(started: Started):
    second = lms(started.environment, "run")
    assert second.returncode == 1
    assert "in use by" in second.stderr and str(started.process.pid) in second.stderr
    assert "Traceback" not in second.stderr


def test_taken_port_is_reported(place: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = lms(settings(place, LMS_PORT=str(port)), "run")
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be had: address already in use." in refused.stderr
    assert "Traceback" not in refused.stderr


def test_public_address_is_required_outside_demo(place: Path):
    refused = lms(settings(place, LMS_DEMO="false"), "run")
    assert refused.returncode == 1
    assert "LMS_PUBLIC_URL" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(("name", "value"), [("LMS_PORT", "восемь"), ("LMS_PERSONAL_DATA_KEYS", "k1:short")])
def test_invalid_setting_is_named(place: Path, name: str, value: str):
    refused = lms(settings(place, **{name: value}), "run")
    assert refused.returncode == 1
    assert name in refused.stderr
    assert "Traceback" not in refused.stderr


def test_other_commands_use_running_servers(started: Started, place: Path, here: Here):
    dumped = here(started.environment, "db", "dump", str(place / "copy"))
    assert dumped.returncode == 0, dumped.stderr
    assert (place / "copy").stat().st_size > 10_000


def test_killed_web_process_is_restarted(started: Started):
    web = next(pid for pid in started.offspring() if "gunicorn" in processes.command_line(pid))
    os.kill(web, signal.SIGKILL)
    started.wait_for("The web was killed by signal 9; starting it again in 1 s.")
    with urllib.request.urlopen(f"{address(started)}/readyz", timeout=20) as response:
        assert response.status == 200


def test_ctrl_c_stops_every_process(started: Started):
    """Must be last in this file: the other tests use the processes that it stops."""
    everyone = started.offspring()
    assert len(everyone) >= 6
    started.process.send_signal(signal.SIGINT)
    assert started.process.wait(PATIENCE) == 0
    assert not [pid for pid in everyone if processes.alive(pid)]
    assert "Stopped." in started.console.read_text(encoding="utf-8")


def on(servers: Servers, database_url: str) -> dict[str, str]:
    """Returns settings that name running servers, so that a command does not start its own."""
    return {"LMS_DATABASE_URL": database_url, "LMS_REDIS_URL": servers.redis_url}


def test_dump_is_restored(place: Path, servers: Servers, make_empty_database: Callable[[], str], here: Here):
    environment = settings(place / "data", **on(servers, make_empty_database()))
    for arguments, code in (
        (("db", "upgrade"), 0),
        (("db", "dump", str(place / "copy")), 0),
        (("db", "dump", str(place / "copy")), 1),
        (("db", "restore", "--yes", str(place / "copy")), 0),
    ):
        ended = here(environment, *arguments)
        assert ended.returncode == code, (arguments, ended.stdout, ended.stderr)


def test_first_administrator_is_created_by_command(
    place: Path, servers: Servers, make_database: Callable[[], str], here: Here
):
    environment = settings(place, LMS_DEMO="false", **on(servers, make_database()))
    named = ("account", "create-admin", "--surname", "Иванова", "--given-name", "Анна", "--password-stdin")
    assert "There is none yet" in here(environment, "account", "list").stdout
    short = here(environment, *named, typed="коротко\n")
    assert short.returncode == 1
    assert "Traceback" not in short.stderr
    made = lms(environment, *named, typed="три слова подряд\n")
    assert made.returncode == 0, made.stderr
    username = made.stdout.split(": ")[1].strip()
    assert here(environment, "account", "list").stdout.startswith(f"{username}\tИванова Анна")
    assert username in here(environment, "account", "card", username).stdout
    nobody = here(environment, "account", "card", "nobody")
    assert nobody.returncode == 1
    assert "Nobody logs in as nobody." in nobody.stderr
