"""PostgreSQL's own programs, which the embedded server brings, run on a database.

The password goes through the environment: every account of the machine can read command lines.
"""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from lms.devserver import paths
from lms.devserver.errors import ServerError

EMPTYING = """
    BEGIN;
    SET LOCAL client_min_messages = warning;
    SET LOCAL lock_timeout = '30s';
    DROP SCHEMA IF EXISTS public CASCADE;
    CREATE SCHEMA public;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


def tool(name: str, url: str, *arguments: str) -> None:
    """Runs the program on this database. Raises ``ServerError`` with its output when it fails."""
    address, environment = _connection(url)
    ended = subprocess.run(  # noqa: S603
        [_program(name), *arguments, f"--dbname={address}"], capture_output=True, check=False, env=environment
    )
    _demand_success(name, ended.returncode, ended.stderr)


def replace_database(url: str, dump: Path) -> None:
    """Replaces everything in the database by the dump, in one transaction: on any failure nothing has changed.

    Tables that the dump does not know, as those of a later release, go too. Raises ``ServerError`` with the output of
    the program that failed.
    """
    address, environment = _connection(url)
    reading = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)]
    loading = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    with TemporaryFile() as of_reading, TemporaryFile() as of_loading:
        script = subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=of_reading, env=environment)  # noqa: S603
        session = subprocess.Popen(  # noqa: S603
            [*loading, f"--dbname={address}"], stdin=subprocess.PIPE, stderr=of_loading, env=environment
        )
        try:
            _load(script, session)
        finally:
            script.kill()
            codes = script.wait(), session.wait()
        _demand_success("psql", codes[1], _text_of(of_loading))
        _demand_success("pg_restore", codes[0], _text_of(of_reading))


def _load(script: subprocess.Popen[bytes], session: subprocess.Popen[bytes]) -> None:
    """Sends the script to the session, and the COMMIT after the whole of it; without one the session rolls back."""
    if script.stdout is None or session.stdin is None:
        raise ServerError("The programs of PostgreSQL have no pipes.")
    with suppress(BrokenPipeError), script.stdout, session.stdin as into:  # a session that failed reads no further
        into.write(EMPTYING.encode())
        shutil.copyfileobj(script.stdout, into)
        if script.wait() == 0:
            into.write(b"\nCOMMIT;\n")


def _text_of(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def _connection(url: str) -> tuple[str, dict[str, str]]:
    """Returns the address without its password, and the environment with it."""
    known = conninfo_to_dict(url)
    secret = {"PGPASSWORD": str(known.pop("password"))} if "password" in known else {}
    return make_conninfo("", **known), {**os.environ, **secret, "PGCONNECT_TIMEOUT": "10"}


def _program(name: str) -> str:
    return str(paths.programs(None) / name)


def _demand_success(name: str, code: int, told: bytes) -> None:
    if code:
        raise ServerError(f"{name} failed:\n{told.decode(errors='replace').strip()}")
