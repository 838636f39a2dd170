"""Migration 0015 keeps the addresses usable that only one account has, and those whose letter was answered."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from lms.core.db import make_engine
from lms.core.migrate import upgrade
from tests.support.database_dump import load_dump

SHARE = """
    UPDATE account SET email = 'shared@school.example' WHERE id IN (SELECT id FROM account ORDER BY id LIMIT 2)
    RETURNING id
"""
ANSWER = """
    INSERT INTO one_time_link (account_id, purpose, token_hash, expires_at, used_at)
    VALUES (:account, 'invitation', 'of the test', now(), now())
"""
OWN = """
    SELECT count(*), count(email_confirmed_at) FROM account
    WHERE email IS NOT NULL AND email <> 'shared@school.example'
"""


@pytest.fixture
def filled(make_empty_database: Callable[[], str]) -> Iterator[Engine]:
    """A database at revision 0003, filled by the code of that revision."""
    url = make_empty_database()
    upgrade(url, "0003")
    load_dump(url, "0003")
    engine = make_engine(url)
    yield engine
    engine.dispose()


def test_addresses_of_one_account_and_answered_ones_are_confirmed(filled: Engine):
    with filled.begin() as connection:
        connection.execute(text("UPDATE account SET email = username || '@school.example'"))
        answered, unanswered = sorted(connection.scalars(text(SHARE)))
        connection.execute(text(ANSWER), {"account": answered})
    upgrade(filled.url.render_as_string(hide_password=False))
    with filled.begin() as connection:
        addresses, confirmed = connection.execute(text(OWN)).one()
        assert 0 < addresses == confirmed
        shared = connection.execute(
            text("SELECT id FROM account WHERE email = 'shared@school.example' AND email_confirmed_at IS NOT NULL")
        )
        assert list(shared.scalars()) == [answered]
    assert answered != unanswered
