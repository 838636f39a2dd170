"""``lms db``: migrations of the database, and its copies."""

import textwrap
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import psycopg
from alembic import command as alembic
from alembic.util.exc import CommandError

from lms.cli.postgres_programs import replace_database, tool
from lms.core import migrate
from lms.core.db import CONNECT_SECONDS, make_engine
from lms.core.files.port import store_of
from lms.core.settings import Settings
from lms.devserver.supervisor import running


@click.group()
def command() -> None:
    """Migrations and copies of the database. Uses the running servers, or starts them for the command."""


@command.command()
def upgrade() -> None:
    """Upgrade the tables to this release, and create the bucket for files where the settings name one. Safe to
    repeat.
    """
    settings = Settings()
    with running(settings) as servers:
        migrate.upgrade(servers.database_url)
        warn_of_superuser(servers.database_url)
    click.echo("The tables are those of this release.")
    make_bucket(settings)


@command.command()
def check() -> None:
    """Check that the migrations make the tables that the program expects (on a throw-away database)."""
    with TemporaryDirectory(prefix="lms-") as folder, running(throw_away(folder), fast=True) as servers:
        migrate.upgrade(servers.database_url)
        engine = make_engine(servers.database_url)
        try:
            with engine.connect() as connection:
                alembic.check(migrate.configuration(connection))
        except CommandError as error:
            raise click.ClickException(textwrap.shorten(str(error), 2000)) from error
        finally:
            engine.dispose()
    click.echo("The migrations make exactly the tables that the program expects.")


@command.command()
@click.argument("message")
def revision(message: str) -> None:
    """For developers: write the next migration from the difference between models and migrations."""
    with TemporaryDirectory(prefix="lms-") as folder, running(throw_away(folder), fast=True) as servers:
        migrate.upgrade(servers.database_url)
        engine = make_engine(servers.database_url)
        with engine.connect() as connection:
            made = alembic.revision(migrate.configuration(connection), message=message, autogenerate=True)
        engine.dispose()
    for script in made if isinstance(made, list) else [made]:
        if script is not None:
            click.echo(script.path)


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def dump(file: Path) -> None:
    """Write a copy of the whole database to FILE (PostgreSQL's custom format). The service may keep running."""
    if file.exists():
        raise click.ClickException(f"{file} exists already; nothing was written.")
    half = file.with_name(f"{file.name}.half")
    with running(Settings()) as servers:
        tool("pg_dump", servers.database_url, "--format=custom", f"--file={half}")
    half.replace(file)
    click.echo(
        f"{file}: {file.stat().st_size:,} bytes. Files that people handed in are not in it; `lms backup` takes both."
    )


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="Everything in the present database will be replaced. Go on?")
def restore(file: Path) -> None:
    """Replace the database by the copy in FILE, then upgrade it to this release. Stop `lms run` first."""
    with running(Settings(), attach=False) as servers:
        replace_database(servers.database_url, file)
        migrate.upgrade(servers.database_url)
    click.echo("The database is the copy's now.")


def make_bucket(settings: Settings) -> None:
    """Creates the bucket that the settings name, if files are kept in one."""
    if settings.storage != "s3":
        return
    from lms.core.files.s3 import S3Store

    store = store_of(settings)
    if isinstance(store, S3Store):
        store.ensure_bucket()
        click.echo(f"Files are kept in the bucket {settings.s3_bucket}.")


def warn_of_superuser(url: str) -> None:
    """Prints a warning if the application's role could do more than it needs."""
    with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
        if connection.info.parameter_status("is_superuser") == "on":
            click.echo(
                "Warning: the application logs in to the database as a superuser, so that a fault in it would reach "
                "the whole server. docs/operator.md tells how to give it a role of its own.",
                err=True,
            )


def throw_away(folder: str) -> Settings:
    """Returns settings for a database in this folder, whatever the environment says."""
    return Settings(data=Path(folder), database_url=None, database_password=None, redis_url=None, redis_password=None)
