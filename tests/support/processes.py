"""Real web, worker and scheduler processes on a database of their own."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.platform.certificates import Certificates

ROOT = Path(__file__).parents[2]
PATIENCE = 40.0
TEST_KEY = "a key for tests only, of forty-one signs"
TEMPLATE_CACHE = ROOT / ".cache" / "templates"
"""Compiled templates, kept from one run to the next; ignored by Git."""


@dataclass(slots=True)
class Running:
    """Running processes; ``stop`` and ``kill`` reach a process with all its children."""

    environment: dict[str, str]
    log_folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str, **more: str) -> subprocess.Popen[bytes]:
        """Starts a process under this name, with additional settings; its output goes to ``<name>.log``."""
        with (self.log_folder / f"{name}.log").open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environment | more,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes[name] = started
        return started

    def start_worker(
        self, name: str = "worker", *, children: int = 1, beat: bool = True, **more: str
    ) -> subprocess.Popen[bytes]:
        """Starts a Celery worker with additional settings, by default with the scheduler inside."""
        schedule = ["-B", "-s", str(self.log_folder / f"{name}.schedule")] if beat else []
        options = ["--loglevel", "INFO", "-c", str(children), "-n", f"{name}-{os.getpid()}@%h", "--without-mingle"]
        return self.start(name, "celery", "-A", "worker.app", "worker", *options, *schedule, **more)

    def start_web(
        self, port: int, *, name: str = "web", certificates: Certificates | None = None, **more: str
    ) -> subprocess.Popen[bytes]:
        """Starts gunicorn as `make run` does; over TLS if certificates are given."""
        # A browser opens connections ahead; over TLS each takes a thread of gunicorn's until a request comes on it.
        threads = "6" if certificates is None else "40"
        options = ["-b", f"127.0.0.1:{port}", "-k", "gthread", "--threads", threads, "-w", "1"]
        options += ["--preload", "--config", "python:lms.web_server"]
        if certificates is not None:
            options += ["--certfile", str(certificates.certificate), "--keyfile", str(certificates.key)]
        return self.start(name, "gunicorn", *options, "lms.app:create_app()", **more)

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Sends this signal to the process and all its children and waits for their end."""
        process = self.processes.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, number)
        process.wait(20)

    def stop_all(self) -> None:
        """Kills every process: what they would write at an orderly end is thrown away, except measured coverage."""
        for name, process in list(self.processes.items()):
            if "COVERAGE_PROCESS_CONFIG" in os.environ and process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20)
            self.kill(name)

    def log(self, name: str) -> str:
        return (self.log_folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def running_processes(
    log_folder: Path, *, database_url: str, redis_url: str, data: Path, **more: str
) -> Iterator[Running]:
    """Yields a ``Running`` for these server addresses; stops all processes at the end. ``more`` adds settings."""
    log_folder.mkdir(parents=True, exist_ok=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LMS_")} | {
        "LMS_DATABASE_URL": database_url,
        "LMS_REDIS_URL": redis_url,
        "LMS_DATA": str(data),
        "LMS_DEMO": "1",
        "LMS_SECRET_KEY": TEST_KEY,
        "LMS_SWEEP_SECONDS": "1",
        "LMS_RELEASE_SECONDS": "0",
        "LMS_TEMPLATE_CACHE": str(TEMPLATE_CACHE),
        "PYTHONUNBUFFERED": "1",
        **more,
    }
    place = Running(environment, log_folder)
    try:
        yield place
    finally:
        place.stop_all()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_address(url: str, context: ssl.SSLContext | None = None) -> None:
    """Waits until the address answers 200; fails with its last answer."""
    limit, last = time.monotonic() + PATIENCE, ""
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(url, timeout=2, context=context) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError) as error:
            last = str(error)
        time.sleep(0.1)
    raise AssertionError(f"{url} does not answer: {last}")


def wait_until(condition, *, seconds: float = 20.0, what: str = "it"):  # type: ignore[no-untyped-def]
    """Returns the condition's first true value; fails when the time is over."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} seconds")
