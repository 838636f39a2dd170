"""``lms backup``: one consistent state of the database and of all its stored files, in a folder."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import click
import psycopg
from psycopg import Connection

from lms.cli.postgres_programs import tool
from lms.core.backups.manifest import (
    DUMP,
    FILES,
    MANIFEST,
    Manifest,
    secret_mark,
    sha256_of,
    sync_folder,
    write_manifest,
)
from lms.core.backups.table_digests import digest_tables, tables_of
from lms.core.db import CONNECT_SECONDS
from lms.core.fault_points import fault_point
from lms.core.files.backup_lock import BACKUP
from lms.core.files.copying import copy_bytes
from lms.core.files.port import store_of
from lms.core.files.store import FolderStore, Store
from lms.core.settings import Settings
from lms.devserver.supervisor import running

HALF = ".half"
"""End of the name of a backup that is not complete."""
KEYED = ("personal_data", "second_factor")
"""Tables whose rows name the key of personal data that encrypted them."""

PATIENT = "SELECT set_config('idle_in_transaction_session_timeout', '0', true)"
"""The embedded server ends transactions that do nothing for five minutes."""


class State(NamedTuple):
    """Facts of the database at the moment of the backup."""

    made_at: datetime
    snapshot: str
    postgres_major: int
    revision: str
    keys: tuple[str, ...]
    files: dict[str, int]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write the database and all stored files to FOLDER, in one consistent state. The service may keep running.

    FOLDER gets its name when everything is written and synced: what is left of an interrupted backup ends with `.half`,
    is no backup, and is removed by the next one of this name. Check it with `lms restore FOLDER --check`. The keys
    (LMS_SECRET_KEY or the file `secret` in LMS_DATA, LMS_PERSONAL_DATA_KEYS) are not in it: keep a copy apart.

    Ends with status 1 when the store has lost files that the database names; everything else is in the backup then.
    """
    if folder.exists():
        raise click.ClickException(f"{folder} exists already; nothing was written.")
    settings = Settings()
    with running(settings) as servers:
        made = make_backup(servers.database_url, store_of(settings), folder, known_mark(settings))
    click.echo(
        f"{folder}: {len(made.tables)} tables with {made.rows:,} rows and {len(made.files):,} files "
        f"({made.bytes_of_files / 1024**2:,.1f} MB), as of {made.made_at:%Y-%m-%d %H:%M:%S} UTC."
    )
    click.echo(needed_keys(made))
    if made.missing:
        raise click.ClickException(
            f"Files that are missing or damaged in the store, and so in the backup: {len(made.missing)} "
            f"({', '.join(made.missing[:5])}{' …' if len(made.missing) > 5 else ''})"
        )


def make_backup(url: str, store: Store, folder: Path, mark: str) -> Manifest:
    """Writes the backup and returns its manifest."""
    with bytes_kept(url):
        half = empty_half(folder)
        with snapshot(url) as connection:
            state = read_state(connection)
            tool("pg_dump", url, "--format=custom", f"--snapshot={state.snapshot}", f"--file={half / DUMP}")
            tables = digest_tables(connection)
        fault_point("backup-dumped")
        missing = copy_files(store, FolderStore(half / FILES), state.files)
    with (half / DUMP).open("rb") as dump:
        os.fsync(dump.fileno())
        dump_sha256, dump_size = sha256_of(dump)
    made = Manifest(
        made_at=state.made_at,
        release=version("stazhirovka"),
        postgres_major=state.postgres_major,
        revision=state.revision,
        dump_sha256=dump_sha256,
        dump_size=dump_size,
        tables=tables,
        files={sha256: size for sha256, size in state.files.items() if sha256 not in missing},
        missing=tuple(sorted(missing)),
        personal_data_keys=state.keys,
        secret_mark=mark,
    )
    fault_point("backup-copied")
    write_manifest(half, made)
    half.rename(folder)
    sync_folder(folder.absolute().parent)
    return made


@contextmanager
def bytes_kept(url: str) -> Iterator[None]:
    """Keeps the bytes of files that are deleted meanwhile (``lms.core.files.backup_lock``).

    Waits for transactions that are deleting bytes now. A second backup of this database waits for the first one.
    """
    with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
        connection.execute(PATIENT)
        connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [BACKUP])
        yield


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """A transaction that sees one state of the database to its end."""
    with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute(PATIENT)
        yield connection


def read_state(connection: Connection) -> State:
    """Returns the facts of the transaction's state, and exports the state for other connections."""
    found = connection.execute(
        "SELECT now(), pg_export_snapshot(), current_setting('server_version_num')::int / 10000"
    ).fetchone()
    if found is None or "alembic_version" not in tables_of(connection):
        raise click.ClickException("The database has no tables: there is nothing to back up.")
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    named = "SELECT DISTINCT sha256, size FROM blob JOIN stored_file USING (sha256)"
    made_at, exported, major = found
    files: dict[str, int] = dict(connection.execute(named).fetchall())
    return State(made_at, exported, major, revision, _keys_of(connection), files)


def _keys_of(connection: Connection) -> tuple[str, ...]:
    """Returns the ids of the keys with which rows are encrypted; a database of an earlier release lacks some tables."""
    there = [table for table in KEYED if table in tables_of(connection)]
    return tuple(
        sorted({key for table in there for (key,) in connection.execute(f"SELECT DISTINCT key_id FROM {table}")})  # noqa: S608
    )


def empty_half(folder: Path) -> Path:
    """Creates the folder in which the backup is written, and removes what an interrupted one has left there.

    Raises ``ClickException`` when there is anything else in it.
    """
    half = folder.with_name(f"{folder.name}{HALF}")
    if half.exists():
        strange = {path.name for path in half.iterdir()} - {DUMP, FILES, MANIFEST}
        if strange:
            raise click.ClickException(f"{half} has other things than a backup in it: remove it, or take another name.")
        shutil.rmtree(half)
    half.mkdir(mode=0o700, parents=True)
    return half


def copy_files(source: Store, target: FolderStore, files: dict[str, int]) -> set[str]:
    """Copies the files, comparing each hash. Returns those that the source has lost, or keeps damaged."""
    return {sha256 for sha256, size in files.items() if not copy_bytes(source, target, sha256, size)}


def known_mark(settings: Settings) -> str:
    """Returns the mark of the installation's secret; empty if this process has none. Creates no secret."""
    if settings.secret_key is None and not (settings.data.resolve() / "secret").exists():
        return ""
    return secret_mark(settings.secret("backup"))


def needed_keys(made: Manifest) -> str:
    """Returns a sentence on what is needed beside the backup."""
    keys = (
        f" and of LMS_PERSONAL_DATA_KEYS the keys {', '.join(made.personal_data_keys)}"
        if made.personal_data_keys
        else ""
    )
    return f"Needed beside it: LMS_SECRET_KEY, or the file `secret` of LMS_DATA{keys}."
