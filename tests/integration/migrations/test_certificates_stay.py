"""Migration 0022 lets the database refuse to delete a certificate; taking it back permits it again."""

from collections.abc import Callable, Iterator

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from lms.core.db import make_engine
from lms.core.migrate import configuration, upgrade
from tests.support.database_dump import load_dump

DELETION = text("DELETE FROM certificate WHERE id = (SELECT min(id) FROM certificate)")
CHANGE = text("UPDATE certificate SET code = 'another' WHERE id = (SELECT min(id) FROM certificate)")


@pytest.fixture
def filled(make_empty_database: Callable[[], str]) -> Iterator[Engine]:
    """A database at revision 0003, filled by the code of that revision, upgraded to the newest."""
    url = make_empty_database()
    upgrade(url, "0003")
    load_dump(url, "0003")
    upgrade(url)
    engine = make_engine(url)
    yield engine
    engine.dispose()


def test_certificates_are_neither_deleted_nor_changed(filled: Engine):
    for statement, words in ((DELETION, "what is issued is not deleted"), (CHANGE, "what is issued does not change")):
        with pytest.raises(IntegrityError, match=words), filled.begin() as connection:
            connection.execute(statement)


def test_taking_the_migration_back_permits_deletion_and_still_refuses_changes(filled: Engine):
    with filled.connect() as connection:
        command.downgrade(configuration(connection), "0021")
        connection.commit()
    with pytest.raises(IntegrityError, match="what is issued does not change"), filled.begin() as connection:
        connection.execute(CHANGE)
    with filled.begin() as connection:
        assert connection.execute(DELETION).rowcount == 1
