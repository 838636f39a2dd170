"""One more attempt for one trainee, allowed by the leader; the question before a clock starts."""

import pytest
from sqlalchemy import select

from assessment.attempts import allowances, operations
from assessment.attempts.errors import NoAttemptsLeft
from assessment.attempts.grading import grade_many
from assessment.attempts.queries import attempt_summary
from assessment.models.self_checks import Attempt
from courses.actors import actor_of
from courses.progress.queries import course_items
from lms.core.audit import AuditEntry
from lms.core.clock import utc_now
from lms.core.errors import DomainError
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.checks import make_check

ONE = "::Суждение::Протокол пишут на уроке. {TRUE}"


class World:
    """A self-check with one attempt, which a trainee has used without success, and a leader."""

    def __init__(self, session, **conditions) -> None:
        self.session = session
        version = make.programme(session)
        self.check = make_check(session, version, ONE, **({"attempts_allowed": 1} | conditions))
        cohort = make.cohort(session, version)
        self.enrolment, self.classmate = (make.enrolment(session, cohort) for _ in range(2))
        self.leader = make.member(session, "leader", site=version.programme.site)
        self.actor = actor_of(session, self.leader)
        self.address = f"/course/{self.enrolment.id}/self-checks/{self.check.id}"

    def attempt(self, enrolment=None) -> Attempt:
        begun = operations.begin(self.session, self.check, enrolment or self.enrolment, now=utc_now())
        operations.hand_in(self.session, begun, now=utc_now())
        grade_many(self.session, [begun.id])
        self.session.expire_all()
        return begun

    def change(self, deed=allowances.allow, **values) -> int:
        given = {"actor": self.actor, "check": self.check, "enrolment": self.enrolment} | values
        return deed(self.session, **given)

    def left(self, enrolment=None) -> int | None:
        return attempt_summary(self.session, self.check, enrolment or self.enrolment).left


@pytest.fixture
def world(session) -> World:
    made = World(session)
    made.attempt()
    return made


def test_allowed_attempt_is_the_trainees_alone(session, world):
    with pytest.raises(NoAttemptsLeft):
        world.attempt()
    assert world.change() == 1
    assert [world.left(), world.left(world.classmate)] == [1, 1]
    [item] = [one for one in course_items(session, world.enrolment) if one.kind == "self_check"]
    assert item.detail.attempts_left == 1
    world.attempt()
    world.attempt(world.classmate)
    for enrolment in (world.enrolment, world.classmate):
        with pytest.raises(NoAttemptsLeft):
            world.attempt(enrolment)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "attempt.allow")).one()
    assert (entry.object_id, entry.account_id, entry.detail["extra"]) == (world.enrolment.id, world.leader.id, 1)


def test_unused_allowed_attempt_is_taken_back(session, world):
    world.change()
    assert world.change() == 2
    world.attempt()
    assert world.change(allowances.take_back) == 1
    assert world.left() == 0
    with pytest.raises(DomainError) as refused:
        world.change(allowances.take_back)
    assert refused.value.code == "allowance_used"
    assert world.left() == 0


def test_own_attempts_and_unlimited_self_checks_are_refused(session, world):
    own = actor_of(session, world.enrolment.person.account)
    with pytest.raises(DomainError) as refused:
        world.change(actor=own)
    assert refused.value.code == "own_work_not_graded"
    endless = World(session, attempts_allowed=None)
    with pytest.raises(DomainError) as refused:
        endless.change()
    assert refused.value.code == "attempts_not_limited"


def test_leader_allows_an_attempt_for_which_the_page_sends_the_trainee_to_them(client, session, world):
    session.commit()
    log_in(client, session, world.enrolment.person.account)
    assert "он может разрешить ещё одну попытку" in client.get(world.address).text
    assert client.post(f"{world.address}/allow").status_code == 403
    log_in(client, session, world.leader)
    trainee = client.get(f"/groups/trainees/{world.enrolment.id}").text
    assert f'href="{world.address}"' in trainee
    assert "Разрешить ещё одну попытку" in client.get(world.address).text
    allowed = client.post(f"{world.address}/allow", follow_redirects=True).text
    assert "на 1 попытку больше" in allowed
    assert "осталось 1 из 2" in allowed
    log_in(client, session, world.enrolment.person.account)
    assert "осталась 1 попытка" in client.get(world.address).text
    log_in(client, session, world.leader)
    assert "Дополнительных попыток больше нет" in client.post(f"{world.address}/disallow", follow_redirects=True).text


def test_timed_attempt_begins_after_a_question(client, session):
    world = World(session, attempts_allowed=3, time_limit_minutes=20)
    log_in(client, session, world.enrolment.person.account)
    asking = client.post(f"{world.address}/begin")
    assert asking.status_code == 200
    assert "Начать попытку 1?" in asking.text
    assert session.scalars(select(Attempt)).all() == []
    begun = client.post(f"{world.address}/begin", data={"begin": "sure"})
    assert begun.status_code == 303
    assert client.post(f"{world.address}/begin").location == begun.location
    [attempt] = session.scalars(select(Attempt)).all()
    client.post(f"/attempts/{attempt.id}/hand-in", data={"hand_in": "sure"})
    grade_many(session, [attempt.id])
    session.commit()
    session.expire_all()
    result = client.get(f"/attempts/{attempt.id}/result").text
    assert f'action="{world.address}/begin"' in result
    assert 'name="begin"' not in result
    assert 'name="begin" value="sure"' in client.get(world.address).text


def test_attempt_without_a_clock_begins_at_once(client, session):
    world = World(session)
    log_in(client, session, world.enrolment.person.account)
    assert client.post(f"{world.address}/begin").status_code == 303
