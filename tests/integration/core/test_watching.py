"""The sweep finds everything to do in one statement, and a service without users asks the database little."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.models.self_checks import Attempt, SelfCheck
from lms import composition
from lms.bench.queries import statements
from lms.core.clock import utc_now
from lms.core.jobs.watching import find_due
from lms.core.notifications.models import Notice
from lms.core.settings import Settings
from tests.factories import make
from worker import tasks

MOST_A_MINUTE = 30
AROUND = 2
"""Statements around the work of a task: the test of an idle connection, and the lock against a second worker."""


@pytest.fixture
def idle(tmp_path: Path, make_database: Callable[[], str]) -> Iterator[composition.Parts]:
    """The parts on a database of their own in which nothing happens."""
    before = composition._current[:]
    settings = Settings(data=tmp_path, database_url=make_database(), public_url="http://localhost")
    parts = composition.compose(settings)
    yield parts
    parts.engine.dispose()
    composition._current[:] = before


def _attempt(session: Session, *, over_since: timedelta) -> Attempt:
    """Creates an attempt under way whose deadline was so long ago."""
    enrolment = make.enrolment(session)
    check = SelfCheck(programme_id=enrolment.cohort.version.programme_id, title="Самопроверка")
    session.add(check)
    session.flush()
    now = utc_now()
    attempt = Attempt(
        self_check_id=check.id,
        enrolment_id=enrolment.id,
        number=1,
        seed=1,
        items=[],
        started_at=now - timedelta(hours=1),
        deadline_at=now - over_since,
    )
    session.add(attempt)
    session.flush()
    return attempt


def _overdue(session: Session) -> Attempt:
    return _attempt(session, over_since=timedelta(minutes=5))


def test_nothing_is_found_in_an_idle_service(idle: composition.Parts):
    with idle.sessions() as session, statements(idle.engine) as sent:
        due = find_due(session, composition.WATCHED)
    assert (due.kinds, due.names) == ([], [])
    assert len(sent) == 1


def test_overdue_attempt_and_new_notice_are_found(session: Session):
    assert find_due(session, composition.WATCHED).names == []
    _overdue(session)
    assert find_due(session, composition.WATCHED).names == ["hand_in_overdue"]
    person = make.person(session)
    session.add(Notice(person_id=person.id, kind="certificate", detail={}))
    session.flush()
    assert set(find_due(session, composition.WATCHED).names) == {"hand_in_overdue", "send_letters_of_notices"}


def test_attempt_within_the_grace_is_not_found(session: Session):
    _attempt(session, over_since=timedelta(seconds=2))
    assert find_due(session, composition.WATCHED).names == []


def test_watched_work_has_nothing_to_do_when_it_is_done(session: Session):
    attempt = _overdue(session)
    for name in find_due(session, composition.WATCHED).names:
        composition.WATCHED[name].work(session, utc_now())
    session.refresh(attempt)
    assert attempt.state == "handed_in"
    assert find_due(session, composition.WATCHED).names == []


def test_sweep_starts_watched_work(idle: composition.Parts, monkeypatch: pytest.MonkeyPatch):
    with idle.sessions.begin() as session:
        key = _overdue(session).id
    started: list[str] = []
    monkeypatch.setattr(tasks.periodic, "apply_async", lambda names, **_options: started.extend(names))
    tasks.sweep()
    assert started == ["hand_in_overdue"]
    tasks.periodic("hand_in_overdue")
    with idle.sessions() as session:
        assert session.scalar(select(Attempt.state).where(Attempt.id == key)) == "handed_in"


def test_idle_service_sends_few_statements_a_minute(idle: composition.Parts):
    a_minute = {"sweep": 60 / idle.settings.sweep_seconds * 2}
    for name, (seconds, work) in composition.PERIODIC.items():
        with statements(idle.engine) as sent, idle.sessions.begin() as session:
            work(session, utc_now())
        a_minute[name] = 60 / seconds * (len(sent) + AROUND)
    assert sum(a_minute.values()) <= MOST_A_MINUTE, a_minute
