"""``lms restore``: puts a backup back, or tries it out on a throw-away database."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
import psycopg
from alembic.script import ScriptDirectory
from psycopg import Connection, sql

from lms.cli.backup import HALF, known_mark, needed_keys
from lms.cli.database import make_bucket, throw_away
from lms.cli.postgres_programs import replace_database
from lms.core import migrate
from lms.core.backups.manifest import DUMP, FILES, Manifest, UnusableBackup, demand_whole, read_manifest
from lms.core.backups.table_digests import digest_tables, tables_of
from lms.core.db import CONNECT_SECONDS
from lms.core.files.port import store_of
from lms.core.files.store import FolderStore, Store
from lms.core.settings import Settings
from lms.devserver.postgres import MAJOR
from lms.devserver.supervisor import running

OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Restore into a throw-away database, compare, and change nothing.")
@click.option("--replace", is_flag=True, help="Replace everything in a database that has data.")
def command(folder: Path, check: bool, replace: bool) -> None:
    """Put the database and the files of a backup back, then upgrade the tables to this release. Stop the service first.

    Every hash is compared before anything is touched. A database that has data is left alone unless --replace is given;
    files are only added. With --check a temporary server (its data in TMPDIR) takes the database, and all rows and
    files are compared with the manifest.
    """
    made = read_manifest(folder)
    demand_usable(folder, made)
    demand_whole(folder, made)
    if check:
        click.echo(checked(folder, made))
    else:
        restore(folder, made, Settings(), replace=replace)
        click.echo(f"The database and the files are those of {made.made_at:%Y-%m-%d %H:%M:%S} UTC now.")
    warn_of_keys(made, Settings())
    if made.missing:
        click.echo(f"Files that were missing or damaged when the backup was made: {len(made.missing)}.", err=True)


def restore(folder: Path, made: Manifest, settings: Settings, *, replace: bool) -> None:
    """Puts everything back: files first, then the database in one transaction, so that no row lacks its file."""
    with running(settings, attach=False) as servers:
        demand_free(servers.database_url, replace=replace)
        make_bucket(settings)
        put_files(FolderStore(folder / FILES), store_of(settings), made)
        replace_database(servers.database_url, folder / DUMP)
        demand_same(servers.database_url, made)
        migrate.upgrade(servers.database_url)


def checked(folder: Path, made: Manifest) -> str:
    """Restores into a throw-away database and compares. Returns the sentence on what was compared."""
    with TemporaryDirectory(prefix="lms-") as place, running(throw_away(place), fast=True) as servers:
        replace_database(servers.database_url, folder / DUMP)
        demand_same(servers.database_url, made)
    return (
        f"{folder} is whole: {len(made.tables)} tables with {made.rows:,} rows, restored into a throw-away database "
        f"that is deleted again, are row by row those of {made.made_at:%Y-%m-%d %H:%M:%S} UTC; "
        f"{len(made.files):,} files ({made.bytes_of_files / 1024**2:,.1f} MB) have their hashes, and "
        "every stored file is among them."
    )


def demand_usable(folder: Path, made: Manifest) -> None:
    """Raises ``UnusableBackup`` for a half backup, and for one that this release cannot read."""
    if folder.name.endswith(HALF):
        raise UnusableBackup(f"{folder} is left of a backup that was interrupted.")
    if made.postgres_major > MAJOR:
        raise UnusableBackup(f"{folder} is of PostgreSQL {made.postgres_major}; this release runs {MAJOR}.")
    known = {script.revision for script in ScriptDirectory.from_config(migrate.configuration()).walk_revisions()}
    if made.revision not in known:
        raise UnusableBackup(
            f"{folder} was made by a later release ({made.release}, tables {made.revision}): use that."
        )


def demand_free(url: str, *, replace: bool) -> None:
    """Raises ``ClickException`` when other programs use the database, or it has data that were not to be replaced."""
    with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
        (others,) = connection.execute(OTHERS).fetchone() or (0,)
        if others:
            raise click.ClickException(
                f"The database is in use (connections: {others}): stop the web and the workers first."
            )
        filled = [] if replace else filled_tables(connection)
    if filled:
        raise click.ClickException(
            f"The database has data ({', '.join(filled[:5])}{' …' if len(filled) > 5 else ''}); nothing was changed. "
            "--replace replaces everything in it."
        )


def filled_tables(connection: Connection) -> list[str]:
    """Returns the tables that have rows, without the one of migrations."""
    asked = sql.SQL("SELECT EXISTS (SELECT 1 FROM {})")
    return [
        name
        for name in tables_of(connection)
        if name != "alembic_version"
        and (connection.execute(asked.format(sql.Identifier("public", name))).fetchone() or (False,))[0]
    ]


def put_files(source: FolderStore, target: Store, made: Manifest) -> None:
    """Puts the files into the store; those that are there stay as they are."""
    for sha256, size in made.files.items():
        with source.open(sha256) as stream:
            target.put(stream, sha256, size)


def demand_same(url: str, made: Manifest) -> None:
    """Compares the tables with the manifest, and the files that they name. Raises ``UnusableBackup`` for a
    difference.
    """
    with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
        found = digest_tables(connection)
        named = {sha256 for (sha256,) in connection.execute("SELECT DISTINCT sha256 FROM stored_file")}
    other = sorted(name for name in {*found, *made.tables} if found.get(name) != made.tables.get(name))
    if other:
        raise UnusableBackup(f"The restored tables are not those of the backup: {', '.join(other)}.")
    lost = named - set(made.files) - set(made.missing)
    if lost:
        raise UnusableBackup(f"The backup lacks files that its database names: {', '.join(sorted(lost)[:5])}.")


def warn_of_keys(made: Manifest, settings: Settings) -> None:
    """Tells which keys are needed, and whether the installation's secret is another one."""
    click.echo(needed_keys(made))
    mine = known_mark(settings)
    if made.secret_mark and mine != made.secret_mark:
        which = "another one than" if mine else "not set, and it must be"
        click.echo(f"Warning: the secret of this installation is {which} that of the backup.", err=True)
