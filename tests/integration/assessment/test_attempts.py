"""Operations of attempts against the real database: started once, saved in parts, handed in once, graded once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from assessment.attempts import operations
from assessment.attempts.errors import AttemptAlreadyHandedIn, NoAttemptsLeft
from assessment.attempts.grading import grade_many, regrade_many
from assessment.completion.operations import EVALUATE
from assessment.models.self_checks import Attempt, Question, SelfCheck, SelfCheckItem
from assessment.questions.gift.parser import read_gift
from assessment.questions.registry import question_type
from courses.models.groups import Enrolment
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.db import make_sessions
from lms.core.errors import Invalid
from lms.core.jobs.models import Job
from lms.core.jobs.running import run_pending
from tests.factories import make

GIFT = """
::Один::Столица Франции? {=Париж ~Лион ~Марсель}

::Два::Сколько будет 2+2? {#4}

::Три::Расскажите о себе. {}
"""


def make_check(session: Session, programme_id: int, *, essay: bool = False, **values: object) -> SelfCheck:
    check = SelfCheck(programme_id=programme_id, title="Проверьте себя", **values)
    session.add(check)
    session.flush()
    for place, question in enumerate(read_gift(GIFT).questions[: 3 if essay else 2]):
        row = Question(programme_id=programme_id, kind=question.kind, name=question.name, content=question.as_json())
        session.add(row)
        session.flush()
        session.add(SelfCheckItem(self_check_id=check.id, question_id=row.id, position=place, mark=Decimal(2)))
    session.flush()
    return check


@pytest.fixture
def begun(session: Session) -> tuple[SelfCheck, Attempt]:
    enrolment = make.enrolment(session)
    check = make_check(session, enrolment.cohort.version.programme_id)
    return check, operations.begin(session, check, enrolment, now=utc_now())


def right_answers(session: Session, attempt: Attempt) -> dict[str, dict[str, object]]:
    """Returns the right answers to the first two questions, as their form fields send them."""
    answers = {}
    for key, _mark in attempt.items[:2]:
        content = session.get_one(Question, key).content
        payload = content["payload"]
        right = [one["id"] for one in payload.get("options", []) if one["weight"] == "100"]
        raw = {"choice": right} if right else {"text": ["4"]}
        answers[str(key)] = dict(question_type(content["kind"]).clean_answer(payload, raw))
    return answers


def test_beginning_twice_starts_one_attempt(session, begun):
    check, attempt = begun
    again = operations.begin(session, check, session.get_one(Enrolment, attempt.enrolment_id), now=utc_now())
    assert again.id == attempt.id


def test_attempt_is_saved_in_parts_and_graded_once(session, begun):
    _check, attempt = begun
    answers = right_answers(session, attempt)
    for key, answer in answers.items():
        operations.save(session, attempt, {key: answer, "999999": {"x": 1}}, now=utc_now())
    assert attempt.answers == answers
    operations.hand_in(session, attempt, now=utc_now())
    operations.hand_in(session, attempt, now=utc_now())
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == operations.GRADE)) == 1
    grade_many(session, [attempt.id])
    session.refresh(attempt)
    assert (attempt.state, attempt.percent, attempt.points) == ("graded", Decimal(100), Decimal(4))
    assert [line["state"] for line in attempt.result["questions"]] == ["right", "right"]
    grade_many(session, [attempt.id])
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == EVALUATE)) == 1
    with pytest.raises(AttemptAlreadyHandedIn):
        operations.save(session, attempt, answers, now=utc_now())


def test_begin_refuses_more_attempts_than_allowed(session):
    enrolment = make.enrolment(session)
    check = make_check(session, enrolment.cohort.version.programme_id, attempts_allowed=1)
    attempt = operations.begin(session, check, enrolment, now=utc_now())
    operations.hand_in(session, attempt, now=utc_now())
    with pytest.raises(NoAttemptsLeft):
        operations.begin(session, check, enrolment, now=utc_now())


def test_overdue_attempt_is_handed_in_with_saved_answers(session):
    enrolment = make.enrolment(session)
    check = make_check(session, enrolment.cohort.version.programme_id, time_limit_seconds=60)
    began = utc_now() - timedelta(minutes=5)
    attempt = operations.begin(session, check, enrolment, now=began)
    answers = right_answers(session, attempt)
    first = next(iter(answers))
    operations.save(session, attempt, {first: answers[first]}, now=began + timedelta(seconds=30))
    with pytest.raises(AttemptAlreadyHandedIn):
        operations.save(session, attempt, answers, now=utc_now())
    operations.hand_in_overdue(session, utc_now())
    session.refresh(attempt)
    assert (attempt.state, attempt.handed_in_at) == ("handed_in", attempt.deadline_at)
    grade_many(session, [attempt.id])
    session.refresh(attempt)
    assert attempt.percent == 50


def test_essay_waits_for_person(session):
    enrolment = make.enrolment(session)
    check = make_check(session, enrolment.cohort.version.programme_id, essay=True)
    attempt = operations.begin(session, check, enrolment, now=utc_now())
    essay = str(attempt.items[2][0])
    operations.save(session, attempt, {essay: {"text": "Я учу физике."}}, now=utc_now())
    operations.hand_in(session, attempt, now=utc_now())
    grade_many(session, [attempt.id])
    session.refresh(attempt)
    assert attempt.state == "needs_person"
    with pytest.raises(Invalid) as wrong:
        operations.give_points(session, attempt, actor=SYSTEM, question_id=int(essay), points=Decimal(3), comment="")
    assert wrong.value.field == f"points-{essay}"
    operations.give_points(
        session, attempt, actor=SYSTEM, question_id=int(essay), points=Decimal("1.5"), comment="Мало"
    )
    regrade_many(session, [attempt.id])
    session.refresh(attempt)
    assert (attempt.state, attempt.points, attempt.percent) == ("graded", Decimal("1.5"), Decimal(25))
    assert attempt.result["comments"][essay] == "Мало"


@pytest.fixture
def own_sessions(own_engine: Engine, sessions: object) -> sessionmaker[Session]:
    return make_sessions(own_engine)


def test_one_message_grades_many_attempts(own_sessions):
    with own_sessions.begin() as session:
        group = make.cohort(session)
        check = make_check(session, group.version.programme_id)
        for _ in range(30):
            attempt = operations.begin(session, check, make.enrolment(session, group), now=utc_now())
            operations.hand_in(session, attempt, now=utc_now())
    assert run_pending(own_sessions, operations.GRADE) == 30
    with own_sessions() as session:
        assert set(session.scalars(select(Attempt.state))) == {"graded"}
        assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == EVALUATE)) == 30
