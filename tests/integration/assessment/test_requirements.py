"""Derived facts (topics, hours, kept completion state, certificates) follow what is asked, not only what was done."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from assessment.attempts import operations as attempts
from assessment.attempts import regrading
from assessment.attempts.errors import NoQuestions
from assessment.attempts.queries import attempt_questions
from assessment.attestation import releasing, reviews, works
from assessment.attestation.reviews import Mark
from assessment.certificates.operations import number_many
from assessment.completion.operations import EVALUATE, NUMBER, REEVALUATE, evaluate_enrolment
from assessment.completion.queries import completion_of
from assessment.models.attestation import AttestationTask, Submission
from assessment.models.certificates import Certificate, CompletionState
from assessment.models.self_checks import Attempt, SelfCheck, SelfCheckItem
from assessment.questions.gift.parser import read_gift
from assessment.questions.model import Question
from assessment.self_checks import operations as self_checks
from courses.groups import transfers
from courses.groups.operations import change_state, enrol, set_closed
from courses.materials import operations as materials
from courses.materials.operations import MaterialDraft
from courses.models.groups import Cohort, Enrolment, HourCredit, MaterialProgress, TopicProgress
from courses.models.materials import Material
from courses.models.programmes import ProgrammeVersion
from courses.progress import operations as progress
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.clock import utc_now
from lms.core.db import make_engine, make_sessions
from lms.core.jobs.models import Job
from lms.core.jobs.running import run_pending
from tests.factories import attestation, make
from tests.support.checks import make_check
from tests.support.thoroughness import examples

JOBS = (attempts.GRADE, regrading.REGRADE_CHECK, REEVALUATE, EVALUATE, NUMBER)
TRUE_OR_FALSE = "::Суждение::Протокол пишут на уроке. {TRUE}"
HOURS_OF_TOPIC = (4, Decimal("4.5"), Decimal("6.5"), 3)
NOW = utc_now()


@pytest.fixture(scope="module")
def own_sessions(make_database: Callable[[], str]) -> Iterator[sessionmaker[Session]]:
    engine = make_engine(make_database(), pool=5)
    yield make_sessions(engine)
    engine.dispose()


class Course:
    """A programme of which four hours are needed, a task, two trainees, and everything that changes their state."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions
        with sessions.begin() as session:
            version = make.programme(session, hours_needed=Decimal(4))
            self.task_id = attestation.task(session, version, topic_lineage=make.topics(session, version)[1].lineage).id
            cohort = make.cohort(session, version)
            people = [make.person(session) for _ in range(2)]
            self.enrolments = [
                enrol(session, actor=SYSTEM, cohort=cohort, person=one, now=utc_now()).id for one in people
            ]
            leader = make.member(session, "leader", site=version.programme.site)
            self.grader = Actor(account_id=leader.id, person_id=leader.person_id)
            self.version_id, self.programme_id, self.cohort_id = version.id, version.programme_id, cohort.id
            self.cohort_ids = (cohort.id, make.cohort(session, version).id)
            self.site_id = version.programme.site_id

    def do(self, deed: str, which: int, whose: int) -> None:
        """Does the deed on the element at the place ``which``, for the trainee at the place ``whose``."""
        if deed == "work":
            self.work(reverse=bool(which % 2))
            return
        with self.sessions.begin() as session:
            getattr(self, deed)(session, which, self.enrolment(session, whose))

    def work(self, *, reverse: bool = False) -> None:
        """Runs waiting jobs once each, in either order."""
        for kind in reversed(JOBS) if reverse else JOBS:
            run_pending(self.sessions, kind)

    def finish_jobs(self) -> None:
        """Runs jobs until none waits."""
        while self.waiting():
            self.work()

    def waiting(self) -> int:
        with self.sessions() as session:
            found = select(func.count()).where(Job.kind.in_(JOBS), Job.state != "done")
            return session.scalar(found) or 0

    def enrolment(self, session: Session, whose: int) -> Enrolment:
        return session.get_one(Enrolment, self.enrolments[whose % len(self.enrolments)])

    def material(self, session: Session, which: int) -> Material | None:
        found = select(Material).where(Material.programme_id == self.programme_id).order_by(Material.id)
        rows = session.scalars(found).all()
        return rows[which % len(rows)] if rows else None

    def check(self, session: Session, which: int) -> SelfCheck | None:
        found = select(SelfCheck).where(SelfCheck.programme_id == self.programme_id).order_by(SelfCheck.id)
        rows = session.scalars(found).all()
        return rows[which % len(rows)] if rows else None

    # What is asked

    def add_page(self, session: Session, which: int, _whose: Enrolment) -> None:
        version = session.get_one(ProgrammeVersion, self.version_id)
        completion = "confirmed" if which % 2 else "opened"
        draft = MaterialDraft("page", f"Страница {next(make.count)}", "Текст", completion=completion)
        materials.add_material(
            session,
            actor=SYSTEM,
            programme=version.programme,
            topic_lineage=make.topics(session, version)[which // 2 % 2].lineage,
            draft=draft,
            now=utc_now(),
        )

    def toggle_page(self, session: Session, which: int, _whose: Enrolment) -> None:
        if (page := self.material(session, which)) is not None and page.removed_at is None:
            self._change(session, page, required=not page.required, completion=page.completion)

    def ease_page(self, session: Session, which: int, _whose: Enrolment) -> None:
        if (page := self.material(session, which)) is not None and page.removed_at is None:
            completion = "opened" if page.completion == "confirmed" else "confirmed"
            self._change(session, page, required=page.required, completion=completion)

    def _change(self, session: Session, page: Material, **values: Any) -> None:
        draft = MaterialDraft(page.kind, page.title, page.body, minutes=page.minutes, **values)
        materials.change_material(
            session, actor=SYSTEM, material=page, draft=draft, revision=page.revision, now=utc_now()
        )

    def remove_page(self, session: Session, which: int, _whose: Enrolment) -> None:
        if (page := self.material(session, which)) is not None:
            materials.remove_material(session, actor=SYSTEM, material=page, now=utc_now())

    def restore_page(self, session: Session, which: int, _whose: Enrolment) -> None:
        if (page := self.material(session, which)) is not None:
            materials.restore_material(session, actor=SYSTEM, material=page)

    def add_check(self, session: Session, which: int, _whose: Enrolment) -> None:
        version = session.get_one(ProgrammeVersion, self.version_id)
        topic = make.topics(session, version)[which // 2 % 2]
        settings = self_checks.SelfCheckSettings("Проверка", topic_lineage=topic.lineage)
        check = self_checks.create(session, actor=SYSTEM, programme=version.programme, conditions=settings)
        if which % 2:
            self._add_question(session, check)

    def _add_question(self, session: Session, check: SelfCheck) -> None:
        questions = read_gift(TRUE_OR_FALSE.encode()).questions
        self_checks.add_questions(session, actor=SYSTEM, check=check, questions=questions, site_id=self.site_id)

    def add_question(self, session: Session, which: int, _whose: Enrolment) -> None:
        if (check := self.check(session, which)) is not None:
            self._add_question(session, check)

    def take_question(self, session: Session, which: int, _whose: Enrolment) -> None:
        check = self.check(session, which)
        item = check and session.scalar(select(SelfCheckItem).where(SelfCheckItem.self_check_id == check.id).limit(1))
        if check and item:
            self_checks.remove_question(session, actor=SYSTEM, check=check, item=item, site_id=self.site_id)

    def toggle_check(self, session: Session, which: int, _whose: Enrolment) -> None:
        if (check := self.check(session, which)) is not None:
            settings = self_checks.SelfCheckSettings(
                "Проверка", topic_lineage=check.topic_lineage, required=not check.required
            )
            self_checks.change(session, actor=SYSTEM, check=check, conditions=settings, site_id=self.site_id)

    def remove_check(self, session: Session, which: int, _whose: Enrolment) -> None:
        if (check := self.check(session, which)) is not None:
            self_checks.remove(session, actor=SYSTEM, check=check, site_id=self.site_id, now=utc_now())

    def restore_check(self, session: Session, which: int, _whose: Enrolment) -> None:
        if (check := self.check(session, which)) is not None:
            self_checks.restore(session, actor=SYSTEM, check=check, site_id=self.site_id)

    def correct_key(self, session: Session, which: int, _whose: Enrolment) -> None:
        """Turns the key of a question round and grades its attempts anew, with the leader's word or without."""
        check = self.check(session, which // 2)
        item = check and session.scalar(select(SelfCheckItem).where(SelfCheckItem.self_check_id == check.id).limit(1))
        if check and item:
            question = Question.from_json(item.question.content)
            turned = replace(question, payload=question.payload | {"right": not question.payload["right"]})
            values = {"check": check, "site_id": self.site_id}
            self_checks.revise_question(session, actor=SYSTEM, item=item, question=turned, **values)
            regrading.start(session, actor=self.grader, lower=bool(which % 2), **values)

    # What is done

    def open_page(self, session: Session, which: int, whose: Enrolment) -> None:
        if (page := self.material(session, which)) is not None and page.removed_at is None:
            progress.open_material(session, enrolment=whose, material=page, now=utc_now())

    def confirm_page(self, session: Session, which: int, whose: Enrolment) -> None:
        if (page := self.material(session, which)) is not None and page.removed_at is None:
            progress.confirm_material(session, enrolment=whose, material=page, now=utc_now())

    def answer_check(self, session: Session, which: int, whose: Enrolment) -> None:
        check = self.check(session, which)
        if check is None or check.removed_at is not None or whose.state != "enrolled":
            return
        try:
            attempt = attempts.begin(session, check, whose, now=utc_now())
        except NoQuestions:
            return
        right = {str(one.id): {"value": bool(which % 3)} for one in attempt_questions(session, attempt)}
        attempts.save(session, attempt, right, now=utc_now())
        attempts.hand_in(session, attempt, now=utc_now())

    def accept_work(self, session: Session, _which: int, whose: Enrolment) -> None:
        task = session.get_one(AttestationTask, self.task_id)
        submission = works.submission_of(session, task, whose)
        if submission.state == "accepted":
            return
        version = works.hand_in(session, submission, actor=SYSTEM, text="Наблюдения", now=utc_now())
        marks = {criterion.id: Mark(criterion.max_points) for criterion in task.criteria}
        review = reviews.save_review(session, version, actor=self.grader, marks=marks, comment="", revision=0)
        reviews.decide(session, review, actor=self.grader, decision="accepted", now=utc_now())

    def take_work_back(self, session: Session, _which: int, whose: Enrolment) -> None:
        submission = works.existing(session, session.get_one(AttestationTask, self.task_id), whose)
        if submission is not None and submission.state == "accepted":
            releasing.take_back(session, submission, actor=self.grader, reason="Ошибка", now=utc_now())

    def mark_topic(self, session: Session, which: int, whose: Enrolment) -> None:
        if whose.state == "enrolled":
            topic = make.topics(session, whose.cohort.version)[which % 4]
            progress.mark_topic(session, actor=self.grader, enrolment=whose, topic_lineage=topic.lineage, now=utc_now())

    # States of an enrolment

    def _move(self, session: Session, whose: Enrolment, state: str) -> None:
        if whose.state != state:
            change_state(session, actor=SYSTEM, enrolment=whose, state=state, on_date=whose.enrolled_on)

    def withdraw(self, session: Session, _which: int, whose: Enrolment) -> None:
        self._move(session, whose, "withdrawn")

    def come_back(self, session: Session, _which: int, whose: Enrolment) -> None:
        self._move(session, whose, "enrolled")

    def transfer(self, session: Session, _which: int, whose: Enrolment) -> None:
        if whose.state == "enrolled":
            target = session.get_one(Cohort, next(key for key in self.cohort_ids if key != whose.cohort_id))
            transfers.transfer(session, actor=self.grader, enrolment=whose, to_cohort=target, now=utc_now())

    def finish(self, session: Session, _which: int, whose: Enrolment) -> None:
        self._move(session, whose, "finished")


DEEDS = [
    name
    for name, value in vars(Course).items()
    if callable(value)
    and not name.startswith("_")
    and name not in ("do", "finish_jobs", "waiting", "enrolment")
    and name not in ("material", "check")
]


def computed_anew(session: Session, enrolment: Enrolment) -> dict[str, tuple[int | Decimal, int | Decimal]]:
    """Returns done and needed by condition, read from the facts without any query of the product."""
    version, mine = enrolment.cohort.version, enrolment.id
    plan = {topic.lineage for topic in make.topics(session, version)}
    pages = [
        page.id
        for page in session.scalars(select(Material).where(Material.programme_id == version.programme_id))
        if page.required and page.removed_at is None and page.topic_lineage in plan
    ]
    opened = {
        row.material_id
        for row in session.scalars(select(MaterialProgress).where(MaterialProgress.enrolment_id == mine))
        if row.completed_at is not None
    }
    checks = [
        check.id
        for check in session.scalars(select(SelfCheck).where(SelfCheck.programme_id == version.programme_id))
        if check.required and check.removed_at is None and any(item.mark > 0 for item in check.items)
    ]
    passed = {
        row.self_check_id
        for row in session.scalars(select(Attempt).where(Attempt.enrolment_id == mine, Attempt.state == "graded"))
        if row.percent is not None and row.percent >= version.self_check_threshold
    }
    work = session.scalar(select(Submission).where(Submission.enrolment_id == mine))
    hours = sum(session.scalars(select(HourCredit.hours).where(HourCredit.enrolment_id == mine)), Decimal(0))
    found: dict[str, tuple[int | Decimal, int | Decimal]] = {"hours": (min(hours, Decimal(4)), Decimal(4))}
    if pages:
        found["materials"] = (len(opened & set(pages)), len(pages))
    if checks:
        found["self_checks"] = (len(passed & set(checks)), len(checks))
    found["tasks"] = (int(work is not None and work.state == "accepted"), 1)
    return found


def finished_topics(session: Session, enrolment: Enrolment) -> set[Any]:
    """Returns topics whose obligatory items (at least one) are all done, read from the facts."""
    version, mine = enrolment.cohort.version, enrolment.id
    asked: dict[Any, list[bool]] = {}
    for page in session.scalars(select(Material).where(Material.programme_id == version.programme_id)):
        if page.required and page.removed_at is None:
            row = session.get(MaterialProgress, (mine, page.id))
            asked.setdefault(page.topic_lineage, []).append(row is not None and row.completed_at is not None)
    for check in session.scalars(select(SelfCheck).where(SelfCheck.programme_id == version.programme_id)):
        if check.required and check.removed_at is None and any(item.mark > 0 for item in check.items):
            tries = session.scalars(
                select(Attempt).where(Attempt.self_check_id == check.id, Attempt.enrolment_id == mine)
            )
            best = max((one.percent for one in tries if one.state == "graded"), default=0)
            asked.setdefault(check.topic_lineage, []).append(best >= version.self_check_threshold)
    task = session.scalars(select(AttestationTask).where(AttestationTask.version_id == version.id)).one()
    work = session.scalar(select(Submission).where(Submission.enrolment_id == mine))
    asked.setdefault(task.topic_lineage, []).append(work is not None and work.state == "accepted")
    return {topic for topic, done in asked.items() if all(done)}


def assert_state_is_true(session: Session, enrolment: Enrolment) -> None:
    """Checks the kept state of an enrolment under way against the one computed anew."""
    current = session.scalars(
        select(Certificate).where(Certificate.enrolment_id == enrolment.id, Certificate.withdrawn_at.is_(None))
    ).all()
    if enrolment.state == "withdrawn" or (enrolment.state == "finished" and current):
        return
    complete = set(
        session.scalars(select(TopicProgress.topic_lineage).where(TopicProgress.enrolment_id == enrolment.id))
    )
    assert finished_topics(session, enrolment) <= complete
    topics = make.topics(session, enrolment.cohort.version)
    hours = sum(value for topic, value in zip(topics, HOURS_OF_TOPIC, strict=True) if topic.lineage in complete)
    assert enrolment.hours_done == hours
    fresh, kept = computed_anew(session, enrolment), session.get_one(CompletionState, enrolment.id)
    told = {kind: (Decimal(one["done"]), Decimal(one["needed"])) for kind, one in kept.conditions.items()}
    assert told == fresh
    assert kept.holds == all(done >= needed for done, needed in fresh.values())
    assert kept.conditions == completion_of(session, enrolment).as_json()
    assert len(current) == 1 if kept.holds else len(current) <= 1
    assert [one.flagged_at is None for one in current] == [kept.holds] * len(current)


STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 11), st.integers(0, 1)), min_size=6, max_size=24)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_kept_state_equals_state_computed_anew(own_sessions, sessions, steps):
    course = Course(own_sessions)
    for deed, which, whose in steps:
        course.do(deed, which, whose)
    with own_sessions.begin() as session:
        for whose in range(2):
            course.come_back(session, 0, course.enrolment(session, whose))
    course.finish_jobs()
    with own_sessions() as session:
        for whose in range(2):
            assert_state_is_true(session, course.enrolment(session, whose))


# The reported cases


@pytest.fixture
def course(own_sessions: sessionmaker[Session], sessions: object) -> Course:
    return Course(own_sessions)


def state_of(course: Course, whose: int = 0) -> CompletionState:
    course.finish_jobs()
    with course.sessions() as session:
        assert_state_is_true(session, course.enrolment(session, whose))
        return session.get_one(CompletionState, course.enrolments[whose])


def certificates_of(course: Course, whose: int = 0) -> list[Certificate]:
    with course.sessions() as session:
        mine = Certificate.enrolment_id == course.enrolments[whose]
        return list(session.scalars(select(Certificate).where(mine).order_by(Certificate.id)))


def test_removed_self_check_no_longer_stands_in_the_way(course):
    course.do("add_check", 1, 0)
    course.do("accept_work", 0, 0)
    state = state_of(course)
    assert (state.holds, state.conditions["self_checks"]["holds"]) == (False, False)
    course.do("remove_check", 0, 0)
    assert state_of(course).holds
    assert len(certificates_of(course)) == 1


def test_trainee_who_comes_back_gets_hours_and_certificate_of_work_accepted_meanwhile(course):
    course.do("withdraw", 0, 0)
    course.do("accept_work", 0, 0)
    course.finish_jobs()
    assert certificates_of(course) == []
    course.do("come_back", 0, 0)
    assert state_of(course).holds
    assert len(certificates_of(course)) == 1
    with course.sessions() as session:
        assert course.enrolment(session, 0).hours_done == Decimal("4.5")


def test_later_requirement_flags_certificate_and_its_removal_clears_the_flag(course):
    course.do("accept_work", 0, 0)
    assert state_of(course).holds
    course.do("add_page", 0, 0)
    assert not state_of(course).holds
    assert certificates_of(course)[0].flagged_at is not None
    course.do("toggle_page", 0, 0)
    assert state_of(course).holds
    assert certificates_of(course)[0].flagged_at is None


@pytest.mark.parametrize("over", ["finished", "closed"])
def test_requirement_of_the_next_group_does_not_flag_certificates_of_the_past(course, over):
    course.do("accept_work", 0, 0)
    assert state_of(course).holds
    if over == "finished":
        course.do("finish", 0, 0)
    else:
        with course.sessions.begin() as session:
            cohort = session.get_one(Cohort, course.cohort_id)
            set_closed(session, actor=SYSTEM, cohort=cohort, closed=True, now=NOW)
    course.finish_jobs()
    course.do("add_page", 0, 0)
    course.finish_jobs()
    assert certificates_of(course)[0].flagged_at is None


def test_several_changes_enqueue_one_job_for_the_programme(course):
    for _time in range(3):
        course.do("add_page", 0, 0)
    with course.sessions() as session:
        found = select(Job.subject_id).where(Job.kind == REEVALUATE, Job.subject_id == course.programme_id)
        assert session.scalars(found.where(Job.state != "done")).all() == [course.programme_id]


def test_material_opened_before_is_complete_once_opening_is_enough(course):
    course.do("add_page", 1, 0)
    course.do("open_page", 0, 0)
    course.do("ease_page", 0, 0)
    assert state_of(course).conditions["materials"]["holds"]
    with course.sessions() as session:
        assert course.enrolment(session, 0).hours_done == 4


def test_number_waiting_for_withdrawn_or_failing_enrolment_is_not_taken(session):
    held, left = (make.enrolment(session, hours_done=Decimal(18)) for _ in range(2))
    evaluate_enrolment(session, held.id)
    make.material(session, held.cohort.version)
    evaluate_enrolment(session, held.id)
    left.state = "withdrawn"
    session.flush()
    number_many(session, [held.id, left.id])
    assert session.scalars(select(Certificate)).all() == []


def test_self_check_without_questions_is_neither_asked_nor_begun(session):
    version = make.programme(session)
    enrolment = make.enrolment(session, make.cohort(session, version), hours_done=Decimal(18))
    check = make_check(session, version, "::Вступление::Прочитайте вопросы не спеша.")
    with pytest.raises(NoQuestions):
        attempts.begin(session, check, enrolment, now=NOW)
    assert completion_of(session, enrolment).holds
    session.add(
        Attempt(
            self_check_id=check.id,
            enrolment_id=enrolment.id,
            number=1,
            seed=1,
            items=[],
            started_at=NOW,
            state="graded",
            percent=100,
            max_points=0,
        )
    )
    questions = read_gift(TRUE_OR_FALSE.encode()).questions
    self_checks.add_questions(session, actor=SYSTEM, check=check, questions=questions, site_id=enrolment.cohort.site_id)
    session.flush()
    assert not completion_of(session, enrolment).holds
