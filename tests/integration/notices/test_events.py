"""Events write notices: to the right people, with their sentence, once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from assessment.attempts import operations as attempts
from assessment.attempts.grading import grade_many, regrade_many
from assessment.attestation import reviews, works
from assessment.attestation.reviews import Mark
from assessment.models.self_checks import Question
from courses.models.groups import TopicDeadline, TopicProgress
from courses.programmes import workflow
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.clock import utc_now
from lms.core.jobs.models import Job
from lms.core.mail import operations as mail
from lms.core.notifications.kinds import known
from lms.core.notifications.models import Notice
from lms.core.notifications.operations import mark_read
from lms.notices.clock import tell_of_deadlines, tell_of_statuses
from lms.notices.handlers import TELL_OF_WORKS, tell_of_essays, tell_of_works
from lms.registry.models import SiteStatus
from tests.factories import attestation, make
from tests.support.checks import make_check
from tests.support.counting import count_queries

NOW = utc_now()


def sentences_of(session, account) -> list[tuple[str, str]]:
    """Returns kind and sentence of the person's notices, the newest first."""
    rows = session.scalars(select(Notice).where(Notice.person_id == account.person_id).order_by(Notice.id.desc()))
    return [(row.kind, known(row.kind).sentence(row.detail)) for row in rows]


def staff(session, group, role="leader"):
    return make.member(session, role, site=group.site)


@pytest.fixture
def group(session):
    return make.cohort(session, title="Осенняя")


@pytest.fixture
def task(session, group):
    return attestation.task(session, group.version, title="Карта урока")


def test_graders_of_site_are_notified_of_work_a_minute_later(session, group, task):
    leader, expert = staff(session, group), staff(session, group, "expert")
    stranger = make.member(session, "leader", site=make.site(session))
    trainee = make.enrolment(session, group)
    work = attestation.handed_in(session, task, trainee)
    job = session.scalars(select(Job).where(Job.kind == TELL_OF_WORKS)).one()
    assert job.subject_id == work.id
    assert job.run_after > utc_now() + timedelta(seconds=30)
    assert sentences_of(session, leader) == []
    tell_of_works(session, [work.id])
    words = f"{trainee.person.short_name}: работа «Карта урока» ждёт проверки"
    assert sentences_of(session, leader) == sentences_of(session, expert) == [("work_handed_in", words)]
    assert sentences_of(session, stranger) == []


def test_many_works_of_group_are_one_notice(session, group, task):
    leader = staff(session, group)
    made = [attestation.handed_in(session, task, make.enrolment(session, group)) for _number in range(3)]
    tell_of_works(session, [made[0].id, made[1].id])
    tell_of_works(session, [made[2].id])
    assert sentences_of(session, leader) == [("work_handed_in", "3 работы ждут проверки в группе «Осенняя»")]


def test_notice_that_was_read_is_kept_beside_the_next_one(session, group, task):
    leader = staff(session, group)
    first = attestation.handed_in(session, task, make.enrolment(session, group))
    tell_of_works(session, [first.id])
    mark_read(session, person_id=leader.person_id, now=NOW)
    second = attestation.handed_in(session, task, make.enrolment(session, group))
    tell_of_works(session, [second.id])
    assert len(sentences_of(session, leader)) == 2


def test_graded_work_causes_no_notice(session, group, task):
    leader = staff(session, group)
    work = attestation.handed_in(session, task, make.enrolment(session, group))
    work.state = "accepted"
    session.flush()
    tell_of_works(session, [work.id])
    assert sentences_of(session, leader) == []


def test_queries_do_not_grow_with_works_and_graders(session, engine, group, task):
    for _number in range(5):
        staff(session, group, "teacher")
    made = [attestation.handed_in(session, task, make.enrolment(session, group)) for _number in range(30)]
    session.flush()
    with count_queries(engine) as sent:
        tell_of_works(session, [one.id for one in made])
    assert len(sent) <= 4, "\n".join(sent)


@pytest.mark.parametrize(
    ("decision", "kind", "words"),
    [
        ("returned", "work_returned", "Работа «Карта урока» возвращена на доработку"),
        ("accepted", "work_accepted", "Работа «Карта урока» зачтена, баллы: 13 из 13"),
    ],
)
def test_trainee_is_notified_of_decision_once(session, group, task, decision, kind, words):
    leader, trainee = staff(session, group), make.enrolment(session, group)
    work = attestation.handed_in(session, task, trainee)
    version, actor = works.latest_version(session, work), Actor(leader.id, leader.person_id)
    marks = {one.id: Mark(Decimal(one.max_points)) for one in task.criteria}
    review = reviews.save_review(session, version, actor=actor, marks=marks, comment="Хорошо", revision=0)
    for _time in range(2):
        reviews.decide(session, review, actor=actor, decision=decision, now=NOW)
    assert sentences_of(session, trainee.person.account) == [(kind, words)]


def answered(session, check, trainee, text: str):
    attempt = attempts.begin(session, check, trainee, now=NOW)
    (key, _mark), *_rest = attempt.items
    attempts.save(session, attempt, {str(key): {"text": text}}, now=NOW)
    attempts.hand_in(session, attempt, now=NOW)
    grade_many(session, [attempt.id])
    session.refresh(attempt)
    return attempt


ESSAY = "::Эссе::Опишите эпизод урока. {}"
SHORT = "::Слово::Как называется запись урока? {=протокол}"


def test_essay_is_announced_to_graders_and_its_reading_to_trainee(session, group):
    leader, trainee = staff(session, group), make.enrolment(session, group)
    check = make_check(session, group.version, ESSAY, title="Эпизод")
    attempt = answered(session, check, trainee, "Дети спорили")
    assert attempt.state == "needs_person"
    tell_of_essays(session, [attempt.id])
    words = f"{trainee.person.short_name}: развёрнутые ответы теста «Эпизод» ждут проверки"
    assert sentences_of(session, leader) == [("essay_handed_in", words)]
    question = session.get_one(Question, attempt.items[0][0])
    actor = Actor(leader.id, leader.person_id)
    attempts.give_points(session, attempt, actor=actor, question_id=question.id, points=Decimal(1), comment="Да")
    for _time in range(2):
        regrade_many(session, [attempt.id])
    assert sentences_of(session, trainee.person.account) == [
        ("essay_read", "Развёрнутые ответы теста «Эпизод» проверены, результат: 100 %")
    ]


def test_leader_is_notified_of_trainee_without_attempts_once(session, group):
    leader, teacher, trainee = staff(session, group), staff(session, group, "teacher"), make.enrolment(session, group)
    check = make_check(session, group.version, SHORT, title="Понятия", attempts_allowed=2)
    first = answered(session, check, trainee, "конспект")
    assert sentences_of(session, leader) == []
    second = answered(session, check, trainee, "план")
    regrade_many(session, [first.id, second.id])
    threshold = f"{group.version.self_check_threshold:.0f}"
    name = trainee.person.short_name
    assert sentences_of(session, leader) == [
        ("attempts_used", f"{name}: тест «Понятия» не пройден, попыток больше нет (0 % при нужных {threshold} %)")
    ]
    assert sentences_of(session, teacher) == []


@pytest.mark.parametrize("conditions", [{"attempts_allowed": None}, {"attempts_allowed": 1, "required": False}])
def test_attempts_that_nothing_depends_on_cause_no_notice(session, group, conditions):
    leader, trainee = staff(session, group), make.enrolment(session, group)
    answered(session, make_check(session, group.version, SHORT, **conditions), trainee, "конспект")
    assert sentences_of(session, leader) == []


def test_passed_self_check_tells_nobody(session, group):
    leader, trainee = staff(session, group), make.enrolment(session, group)
    answered(session, make_check(session, group.version, SHORT, attempts_allowed=1), trainee, "протокол")
    assert sentences_of(session, leader) == []


def test_programme_on_its_way_is_announced_to_council_and_leaders(session):
    site = make.site(session)
    leader = make.member(session, "leader", site=site)
    office = make.member(session, "methodologist", authority=site.authority)
    elsewhere = make.member(session, "methodologist", authority=make.authority(session))
    version = make.programme(session, site, state="draft", title="Урок-исследование")
    document = workflow.Document("12-п", date(2026, 9, 1))
    workflow.submit(session, actor=SYSTEM, version=version, now=NOW)
    workflow.send_back(session, actor=SYSTEM, version=version, document=document, remarks="Уточните", now=NOW)
    workflow.submit(session, actor=SYSTEM, version=version, now=NOW)
    workflow.consider(session, actor=SYSTEM, version=version, protocol=document, now=NOW)
    workflow.approve(session, actor=SYSTEM, version=version, document=document, now=NOW)
    submitted = f"Программа «Урок-исследование» внесена на рассмотрение совета ({site.organization.short_name})"
    assert sentences_of(session, office) == [("programme_submitted", submitted)] * 2
    assert sentences_of(session, leader) == [
        ("programme_approved", "Программа «Урок-исследование» утверждена: можно набирать группы"),
        ("programme_returned", "Программа «Урок-исследование» возвращена с замечаниями"),
    ]
    assert sentences_of(session, elsewhere) == []


@pytest.mark.parametrize("approves", ["organization", "authority"])
def test_host_that_approves_gets_a_notice_of_a_considered_programme(session, approves):
    site = make.site(session)
    site.authority.settings = {"approved_by": approves}
    director = make.member(session, "director", organization=site.organization)
    elsewhere = make.member(session, "director", organization=make.site(session).organization)
    version = make.programme(session, site, state="draft", title="Урок-исследование")
    workflow.submit(session, actor=SYSTEM, version=version, now=NOW)
    assert sentences_of(session, director) == []
    for _click in range(2):
        document = workflow.Document("12-п", date(2026, 9, 1))
        workflow.consider(session, actor=SYSTEM, version=version, protocol=document, now=NOW)
    words = "Методсовет рассмотрел программу «Урок-исследование»: она ждёт вашего утверждения"
    assert sentences_of(session, director) == [("programme_considered", words)] * (approves == "organization")
    assert sentences_of(session, elsewhere) == []


EVENING = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
"""Three in the morning of 1 December in Novokuznetsk."""
MORNING = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
"""Seven in the morning of 1 December in Novokuznetsk."""


def due(session, group, place: int, day: date) -> None:
    topic = make.topics(session, group.version)[place]
    session.add(TopicDeadline(cohort_id=group.id, topic_lineage=topic.lineage, due_on=day))
    session.flush()


def test_trainee_is_notified_of_tomorrow_by_the_clock_of_the_site_once(session, group):
    trainee, done = make.enrolment(session, group), make.enrolment(session, group)
    first, second, third = make.topics(session, group.version)[:3]
    due(session, group, 0, date(2026, 12, 2))
    due(session, group, 1, date(2026, 12, 2))
    due(session, group, 2, date(2026, 12, 3))
    for topic in (first, second):
        session.add(TopicProgress(enrolment_id=done.id, topic_lineage=topic.lineage))
    session.flush()
    tell_of_deadlines(session, EVENING)
    assert sentences_of(session, trainee.person.account) == []
    for moment in (MORNING, MORNING, MORNING + timedelta(hours=5)):
        tell_of_deadlines(session, moment)
    words = f"Срок — 2\N{NO-BREAK SPACE}декабря: «{first.title}» и ещё 1"
    assert sentences_of(session, trainee.person.account) == [("deadline", words)]
    assert sentences_of(session, done.person.account) == []
    tell_of_deadlines(session, MORNING + timedelta(days=1))
    assert sentences_of(session, trainee.person.account)[0][1].endswith(f"«{third.title}»")


def test_deadlines_are_written_for_a_whole_group_with_two_statements(session, engine, group):
    due(session, group, 0, date(2026, 12, 2))
    for _number in range(40):
        make.enrolment(session, group)
    with count_queries(engine) as sent:
        tell_of_deadlines(session, MORNING)
    assert len(sent) == 2, "\n".join(sent)
    assert session.scalar(select(func.count()).select_from(Notice)) == 40


def test_end_of_status_is_announced_at_each_stage_once_unless_renewed(session):
    site = make.site(session)
    leader = make.member(session, "leader", site=site)
    office = make.member(session, "methodologist", authority=site.authority)
    director = make.member(session, "director", organization=site.organization)
    status = session.scalars(select(SiteStatus).where(SiteStatus.site_id == site.id)).one()
    counts = []
    for days in (91, 90, 60, 30, 29, 8, 7, 1, -1):
        moment = datetime.combine(status.ends_on - timedelta(days=days), datetime.min.time(), UTC) + timedelta(hours=12)
        tell_of_statuses(session, moment)
        counts.append(len(sentences_of(session, leader)))
    assert counts == [0, 1, 1, 2, 2, 2, 3, 3, 3]
    assert len(sentences_of(session, office)) == len(sentences_of(session, director)) == 3
    renewed = make.site(session)
    heir = make.member(session, "leader", site=renewed)
    old = session.scalars(select(SiteStatus).where(SiteStatus.site_id == renewed.id)).one()
    session.add(
        SiteStatus(
            site_id=renewed.id,
            order_id=old.order_id,
            starts_on=old.ends_on,
            ends_on=old.ends_on + timedelta(days=400),
        )
    )
    session.flush()
    tell_of_statuses(session, datetime.combine(old.ends_on - timedelta(days=20), datetime.min.time(), UTC))
    assert sentences_of(session, heir) == []


def test_person_who_asked_for_letter_is_notified_of_its_failure(session, group):
    leader, trainee = staff(session, group), make.enrolment(session, group)
    message = mail.send(
        session,
        to="gone@school.example",
        subject="Приглашение",
        body="Здравствуйте!",
        person_id=trainee.person_id,
        asked_by_id=leader.person_id,
    )
    mail.note_failed(session, message, reason="550 no such person")
    assert sentences_of(session, leader) == [
        ("letter_failed", f"Письмо не доставлено: {trainee.person.short_name}, gone@school.example")
    ]
    notice = session.scalars(select(Notice)).one()
    assert known(notice.kind).path(notice.detail) == f"/groups/{group.id}/trainees"


def test_letter_that_nobody_asked_for_tells_nobody(session):
    message = mail.send(session, to="gone@school.example", subject="Тема", body="Текст", person_id=None)
    mail.note_failed(session, message, reason="550 no such person")
    assert session.scalars(select(Notice)).all() == []
