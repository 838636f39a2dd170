"""Both servers for the length of a command: started, or found running on the same data folder.

>>> with running(Settings(data=folder)) as servers:
...     engine = make_engine(servers.database_url)

One command owns a data folder at a time, by an advisory lock on ``servers.lock`` that ends with its process. The owner
writes the servers' addresses into ``servers.json``, and other commands attach to them.
"""

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

import psycopg

from lms.devserver import paths, postgres
from lms.devserver.errors import DataInUse, ServerError
from lms.devserver.postgres import Postgres
from lms.devserver.valkey import Valkey

ATTACH_SECONDS = 60.0
REVIVAL_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each next start of a server that does not start; the last one repeats."""


class Wanted(Protocol):
    """The settings used here (``lms.core.settings.Settings`` has them)."""

    @property
    def data(self) -> Path: ...

    @property
    def database_url(self) -> str | None: ...

    @property
    def redis_url(self) -> str | None: ...


@dataclass(slots=True)
class Pause:
    """How often a server did not start, and the moment of the next try."""

    failures: int = 0
    due: float = 0.0

    def lengthen(self) -> float:
        """Sets the moment of the next try; returns the pause in seconds."""
        pause = REVIVAL_PAUSES[min(self.failures, len(REVIVAL_PAUSES) - 1)]
        self.failures += 1
        self.due = time.monotonic() + pause
        return pause


@dataclass(slots=True)
class Servers:
    """The servers' addresses, and the servers themselves where they are this command's own child processes."""

    database_url: str
    redis_url: str
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    _waiting: dict[str, Pause] = field(default_factory=dict, repr=False)

    def restart_database(self, *, hard: bool = False) -> None:
        """Stops the database and starts it again at the same address; ``hard`` as if it had crashed.

        Raises ``ServerError`` when another command started it.
        """
        if self.postgres is None:
            raise ServerError("The database was not started by this command.")
        self.postgres.restart(hard=hard)

    def restart_broker(self) -> None:
        """Stops the broker and starts it again at the same address, empty. Raises ``ServerError`` when another
        command started it.
        """
        if self.valkey is None:
            raise ServerError("The broker was not started by this command.")
        self.valkey.restart()

    def revive(self) -> list[str]:
        """Starts again the servers that died. Returns a line for each start, also for one that failed.

        A server that does not start (a full disk, for example) is tried again after growing pauses, without end.
        """
        dead = [
            (name, server)
            for name, server in (("PostgreSQL", self.postgres), ("Valkey", self.valkey))
            if server is not None and not server.running() and time.monotonic() >= self._waiting.get(name, Pause()).due
        ]
        return [self._start_again(name, server) for name, server in dead]

    def _start_again(self, name: str, server: Postgres | Valkey) -> str:
        try:
            server.start()
        except (ServerError, OSError, psycopg.Error) as error:
            pause = self._waiting.setdefault(name, Pause()).lengthen()
            return f"{name} had stopped and does not start; trying again in {pause:.0f} s. {error}"
        self._waiting.pop(name, None)
        return f"{name} had stopped; it runs again."

    def environment(self) -> dict[str, str]:
        """Returns variables for child processes, which take the addresses from their environment."""
        return {"LMS_DATABASE_URL": self.database_url, "LMS_REDIS_URL": self.redis_url}


@contextmanager
def running(
    settings: Wanted, *, fast: bool = False, attach: bool = True, template: Path | None = None
) -> Iterator[Servers]:
    """Runs the servers that these settings want, for the length of the block.

    Servers named by address are used unchanged. Others are started on the data folder and stopped at the end, or, when
    another command runs them already, used (``attach``) and left running. ``fast`` is for throw-away data: the disk is
    not waited for, and at the end nothing stays outside the data folder. ``template`` is the data folder of a stopped
    PostgreSQL that is copied where there is none yet, instead of initialising one. Call it from the main thread: the
    servers end with the thread that started them.

    Raises ``DataInUse`` when another command has the data folder and ``attach`` is false, ``ServerError`` when a server
    cannot be started.
    """
    if settings.database_url and settings.redis_url:
        yield Servers(settings.database_url, settings.redis_url)
        return
    data = settings.data.absolute()
    _make(data)
    with (data / paths.LOCK).open("a+", encoding="utf-8") as lock:
        if not _taken(lock):
            if not attach:
                raise DataInUse(f"The data in {data} are in use by {_owner(lock)}. Stop it, or set another LMS_DATA.")
            yield _attached(data, lock, settings)
            return
        with _owned(data, lock, settings, fast=fast, template=template) as servers:
            yield servers


@contextmanager
def _owned(data: Path, lock: IO[str], settings: Wanted, *, fast: bool, template: Path | None) -> Iterator[Servers]:
    _sign(lock)
    told = data / "servers.json"
    told.unlink(missing_ok=True)
    with ExitStack() as ending:
        servers = Servers(settings.database_url or "", settings.redis_url or "")
        if not servers.redis_url:
            servers.valkey = Valkey(log=data / "logs" / "valkey.log")
            ending.callback(servers.valkey.stop)
            servers.valkey.start()
            servers.redis_url = servers.valkey.url
        if not servers.database_url:
            servers.postgres = postgres.prepare(data, fast=fast, template=template)
            ending.callback(servers.postgres.close, data)
            servers.postgres.start()
            servers.database_url = servers.postgres.url
        _tell(told, servers)
        ending.callback(told.unlink, missing_ok=True)
        yield servers


def _attached(data: Path, lock: IO[str], settings: Wanted) -> Servers:
    """Waits for the addresses that the owner writes (it may still be starting) and returns them."""
    limit = time.monotonic() + ATTACH_SECONDS
    while time.monotonic() < limit:
        try:
            told = json.loads((data / "servers.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            time.sleep(0.05)
            continue
        return Servers(settings.database_url or told["database_url"], settings.redis_url or told["redis_url"])
    raise ServerError(f"{_owner(lock)} has the data in {data}, but its servers do not come up.")


def _make(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServerError(f"The data folder {data} cannot be made: {error.strerror}. Set LMS_DATA.") from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise ServerError(f"The data folder {data} may not be written to. Set LMS_DATA.")


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(lock: IO[str]) -> None:
    """Writes into the lock the command that holds it, for the message that other commands show."""
    lock.truncate(0)
    lock.write(f"`{' '.join([Path(sys.argv[0]).name, *sys.argv[1:]])}` (process {os.getpid()})")
    lock.flush()


def _owner(lock: IO[str]) -> str:
    lock.seek(0)
    return lock.read().strip() or "another command"


def _tell(told: Path, servers: Servers) -> None:
    """Writes the addresses whole or not at all, readable for this account only: the broker's address holds its
    password.
    """
    half = told.with_suffix(".half")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    half.write_text(
        json.dumps({"database_url": servers.database_url, "redis_url": servers.redis_url}), encoding="utf-8"
    )
    half.replace(told)
