"""PgBouncer in transaction mode before a database; without its program, an error."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tests.support.processes import free_port, wait_until

SETTINGS = """
[databases]
* = host={host} port={port} user={user}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
query_wait_timeout = {patience}
ignore_startup_parameters = extra_float_digits
"""
PATIENCE = 15
"""Seconds that a client waits for a connection before PgBouncer closes its own."""


class NoPgBouncer(RuntimeError):
    """Raised when the program is not installed."""


@contextmanager
def pooled(database_url: str, folder: Path, *, connections: int) -> Iterator[str]:
    """Yields an address of the embedded database through PgBouncer, which keeps so many connections.

    Raises ``NoPgBouncer``.
    """
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    if program is None:
        raise NoPgBouncer("The test of a pooler needs PgBouncer. Debian, Ubuntu: apt install pgbouncer")
    url, port = make_url(database_url), free_port()
    written = folder / "pgbouncer.ini"
    written.write_text(
        SETTINGS.format(
            host=url.host or url.query.get("host"),
            port=url.port or url.query.get("port") or 5432,
            user=url.username,
            own_port=port,
            connections=connections,
            patience=PATIENCE,
        )
    )
    folder.chmod(0o755)
    as_user = ["-u", "nobody"] if os.getuid() == 0 else []  # it refuses to run as root
    with (folder / "pgbouncer.log").open("wb") as log:
        running = subprocess.Popen([program, *as_user, str(written)], stdout=log, stderr=log)
    try:
        wait_until(lambda: _answers(port), what="starting PgBouncer")
        yield f"postgresql://{url.username}@127.0.0.1:{port}/{url.database}"
    finally:
        running.kill()
        running.wait(10)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
