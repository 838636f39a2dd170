"""The statements of the release before are accepted by the newest schema, as a rolling upgrade needs it."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, text

from lms.core.db import make_engine
from tests.support.statement_record import kept_release, refusals
from tests.support.superuser import as_superuser

FEWEST = 400
TABLES = ("account", "attempt", "submission", "certificate", "job", "user_session", "enrolment")


@pytest.fixture
def newest(make_database: Callable[[], str]) -> Iterator[Connection]:
    """A connection to a database with all migrations; what the test changes is rolled back."""
    engine = make_engine(as_superuser(make_database()))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_newest_schema_accepts_the_statements_of_the_version_before(newest: Connection):
    assert refusals(newest, kept_release().statements) == []


def test_kept_statements_read_and_write_the_tables_of_daily_work():
    statements = kept_release().statements
    assert len(statements) >= FEWEST
    for table in TABLES:
        assert any(f"FROM {table}" in one or f"JOIN {table}" in one for one in statements), table
        assert any(one.startswith((f"INSERT INTO {table} ", f"UPDATE {table} ")) for one in statements), table


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("ALTER TABLE account DROP COLUMN username CASCADE", "column account.username does not exist"),
        ("ALTER TABLE account RENAME COLUMN username TO user_name", "column account.username does not exist"),
        ("ALTER TABLE attempt RENAME TO try", 'relation "attempt" does not exist'),
        ("ALTER TABLE account ADD COLUMN fax text NOT NULL", "no value for fax of account"),
        ("ALTER TABLE job ALTER run_after DROP DEFAULT, ALTER run_after TYPE text", "operator does not exist"),
    ],
)
def test_contraction_is_found(newest: Connection, change: str, words: str):
    newest.execute(text(change))
    assert any(words in one for one in refusals(newest, kept_release().statements))
