"""Terms of log-in sessions: a time without use, and an end however often they are used."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from lms.core.clock import utc_now
from lms.core.people import sessions
from lms.core.people.sessions import Terms
from tests.factories import make

NOW = utc_now()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _terms(session) -> Iterator[None]:
    before = sessions.terms()
    sessions.configure(Terms(unused=3 * DAY, longest=10 * DAY, longest_of_administrators=12 * HOUR))
    yield
    sessions.configure(before)


def opened(session, **values) -> str:
    return sessions.open_session(session, make.account(session, **values), user_agent="", ip_address="", now=NOW)


def used_every(session, token: str, pause: timedelta, *, until: timedelta) -> bool:
    """Uses the session at this pause; returns whether it is alive at the end."""
    passed = pause
    while passed <= until:
        if sessions.find_session(session, token, now=NOW + passed) is None:
            return False
        passed += pause
    return True


def test_session_in_use_ends_after_its_longest_term(session):
    token = opened(session)
    assert used_every(session, token, DAY, until=9 * DAY)
    assert sessions.find_session(session, token, now=NOW + 10 * DAY) is None


def test_unused_session_ends(session):
    token = opened(session)
    assert sessions.find_session(session, token, now=NOW + 3 * DAY) is None


def test_session_of_administrator_ends_after_hours(session):
    token = opened(session, is_administrator=True)
    assert used_every(session, token, HOUR, until=11 * HOUR)
    assert sessions.find_session(session, token, now=NOW + 12 * HOUR) is None


def test_account_lists_living_sessions_only(session):
    account = make.account(session)
    for before in (timedelta(), 2 * DAY, 4 * DAY):
        sessions.open_session(session, account, user_agent=str(before), ip_address="", now=NOW - before)
    listed = sessions.list_sessions(session, account.id, now=NOW)
    assert [each.user_agent for each in listed] == [str(timedelta()), str(2 * DAY)]


def test_longest_term_of_account_follows_its_rights(session):
    person, administrator = make.account(session), make.account(session, is_administrator=True)
    assert sessions.terms().longest_for(person) == 10 * DAY
    assert sessions.terms().longest_for(administrator) == 12 * HOUR
