"""The application's role of the embedded database owns its tables and is no superuser, on old data too."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from lms.cli.database import tool, warn_of_superuser
from lms.core.migrate import upgrade
from lms.core.settings import Settings
from lms.devserver import paths, postgres
from lms.devserver.errors import ServerError
from lms.devserver.postgres import NAME, SUPERUSER, Postgres
from lms.devserver.supervisor import running
from tests.integration.servers.test_compose_services import run_role_script
from tests.rules.test_compose import make_secrets
from tests.support.superuser import as_superuser

RIGHTS = """
    SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
    FROM pg_roles WHERE oid = 10 OR oid >= 16384 ORDER BY rolname
"""
SEPARATE = [(SUPERUSER, True, True, True, True, True), (NAME, False, False, False, False, False)]
OF_EXTENSION = "SELECT FROM pg_depend WHERE deptype = 'e' AND (classid, objid) = ('{}'::regclass, {}.oid)"
"""Objects of a trusted extension belong to the superuser. An array type belongs to the owner of its elements' type."""
NOT_OWNED = f"""
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner <> '{NAME}'::regrole
    UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner <> '{NAME}'::regrole
        AND NOT EXISTS ({OF_EXTENSION.format("pg_proc", "pg_proc")})
    UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typowner <> '{NAME}'::regrole
        AND NOT EXISTS ({OF_EXTENSION.format("pg_type", "pg_type")})
        AND typcategory <> 'A'
    UNION ALL SELECT datname FROM pg_database WHERE datname = '{NAME}' AND datdba <> '{NAME}'::regrole
"""


OTHER_OBJECTS = """
    CREATE SCHEMA kept;
    CREATE TABLE kept.word AS SELECT 'слово' AS word;
    CREATE VIEW kept.seen AS TABLE kept.word;
    CREATE SEQUENCE kept.number;
    CREATE TYPE kept.colour AS ENUM ('красный');
    CREATE FUNCTION kept.one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
"""


def rows(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchall()  # type: ignore[call-overload]


def demand_upgrade_as_owner(url: str) -> None:
    upgrade(url)
    assert rows(url, NOT_OWNED) == []
    assert len(rows(url, "SELECT FROM pg_tables WHERE schemaname = 'public'")) > 80


def test_application_is_no_superuser_and_owns_what_it_makes(data: Path):
    with running(Settings(data=data), fast=True) as servers:
        assert rows(servers.database_url, "SELECT current_user::text") == [(NAME,)]
        assert rows(servers.database_url, RIGHTS) == SEPARATE
        demand_upgrade_as_owner(servers.database_url)
        for forbidden in ("COPY (SELECT 1) TO PROGRAM 'true'", "CREATE ROLE other", "CREATE DATABASE other"):
            with (
                psycopg.connect(servers.database_url, autocommit=True) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute(forbidden)


def _superuser_only(server: Postgres, _superuser: str) -> None:
    """Makes the database as earlier releases did: its owner is the cluster's first superuser."""
    with server._connect("postgres", NAME) as connection:
        connection.execute(f"CREATE DATABASE {NAME}")  # type: ignore[call-overload]


@pytest.fixture
def data_of_earlier_release(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stopped database, filled by its superuser."""
    with monkeypatch.context() as earlier:
        earlier.setattr(postgres, "SUPERUSER", NAME)
        earlier.setattr(Postgres, "_make_database", _superuser_only)
        with running(Settings(data=data), attach=False) as servers:
            upgrade(servers.database_url)
            with psycopg.connect(servers.database_url) as connection:
                connection.execute(OTHER_OBJECTS)
            assert rows(servers.database_url, RIGHTS) == [(NAME, True, True, True, True, True)]
            assert servers.postgres is not None
            cluster, sockets = servers.postgres.data, servers.postgres.sockets
    yield data
    paths.forget(data, sockets, cluster=cluster)


def test_data_of_earlier_release_give_their_superuser_up(data_of_earlier_release: Path):
    for _ in range(2):  # the second start finds nothing to do
        with running(Settings(data=data_of_earlier_release), attach=False) as servers:
            url = servers.database_url
            assert rows(url, RIGHTS) == SEPARATE
            assert rows(url, NOT_OWNED.replace("'public'", "'kept'")) == []
            assert rows(url, "SELECT word FROM kept.seen") == [("слово",)]
            demand_upgrade_as_owner(url)
            with psycopg.connect(url) as connection:
                connection.execute("ALTER TABLE kept.word ALTER word SET NOT NULL")
                connection.execute("ALTER TYPE kept.colour ADD VALUE IF NOT EXISTS 'синий'")


def test_script_of_the_container_gives_the_superuser_up_too(
    data_of_earlier_release: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    secrets = tmp_path_factory.mktemp("script")
    make_secrets(secrets)
    with monkeypatch.context() as container:  # whose server runs nothing at its start
        container.setattr(postgres, "SUPERUSER", NAME)
        container.setattr(Postgres, "_make_database", lambda _server, _superuser: None)
        with running(Settings(data=data_of_earlier_release), attach=False) as servers:
            assert servers.postgres is not None
            ran = run_role_script(servers.postgres, secrets)
            assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
            assert rows(servers.database_url, RIGHTS) == SEPARATE
            demand_upgrade_as_owner(servers.database_url)


def test_upgrade_warns_of_a_superuser(make_database: Callable[[], str], capsys: pytest.CaptureFixture[str]):
    url = make_database()
    warn_of_superuser(url)
    assert "superuser" not in capsys.readouterr().err
    warn_of_superuser(as_superuser(url))
    assert "logs in to the database as a superuser" in capsys.readouterr().err


def test_password_is_not_on_the_command_line_of_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    told = tmp_path / "pg_dump"
    told.write_text('#!/bin/sh\necho "$PGPASSWORD | $@" >&2\nexit 1\n', encoding="utf-8")
    told.chmod(0o755)
    monkeypatch.setattr(paths, "programs", lambda _account: tmp_path)
    with pytest.raises(ServerError, match=r"of the role \| --file=x --dbname=user=lms dbname=data host=server$"):
        tool("pg_dump", "postgresql://lms:of%20the%20role@server/data", "--file=x")


def test_tests_work_as_the_application_does(make_database: Callable[[], str]):
    assert rows(make_database(), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]
