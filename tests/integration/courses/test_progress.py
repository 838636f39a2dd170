"""Progress: opening, confirming and marking complete a topic once and credit its hours once, within the plan."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from courses import course_items as port
from courses.actors import actor_of
from courses.course_items import CourseItem
from courses.events import ProgressMade
from courses.materials.course_items import MATERIALS
from courses.models.groups import Enrolment, HourCredit, MaterialProgress, TopicDeadline, TopicProgress
from courses.models.materials import Material
from courses.progress import operations
from courses.progress.queries import course_view
from lms.core import events
from lms.core.clock import day_in, utc_now
from lms.core.db import make_sessions
from lms.core.errors import DomainError, NotFound
from tests.factories import make


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[ProgressMade]:
    """Events of progress, captured instead of the composition's handlers."""
    heard: list[ProgressMade] = []
    monkeypatch.setitem(events._handlers, ProgressMade, [lambda _session, event: heard.append(event)])
    return heard


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> list[CourseItem]:
    """Items that higher layers add in this test."""
    added: list[CourseItem] = []
    of_test = port.ItemProvider(lambda _session, _course: (), (), lambda _outline, _state, _enrolment: added)
    monkeypatch.setattr(port, "_providers", [MATERIALS, of_test])
    return added


def added_element(topic_lineage, *, done=False, state="open", kind="self_check", required=True) -> CourseItem:
    return CourseItem(topic_lineage, kind, 1, "Пять вопросов", required, done, state)


def credits_of(session: Session, enrolment: Enrolment) -> dict:
    rows = session.execute(
        select(HourCredit.topic_lineage, func.sum(HourCredit.hours))
        .where(HourCredit.enrolment_id == enrolment.id)
        .group_by(HourCredit.topic_lineage)
    )
    return {row[0]: row[1] for row in rows}


def open_it(session, enrolment, *materials):
    for material in materials:
        operations.open_material(session, enrolment=enrolment, material=material, now=utc_now())


def test_topic_completes_when_all_obligatory_items_are_done(session, only, published):
    enrolment = make.enrolment(session)
    version = enrolment.cohort.version
    topic = make.topics(session, version)[0]
    page = make.material(session, version)
    film = make.material(session, version, kind="video", url="https://rutube.ru/video/1", completion="confirmed")
    make.material(session, version, required=False)

    open_it(session, enrolment, page, film)
    assert credits_of(session, enrolment) == {}
    operations.confirm_material(session, enrolment=enrolment, material=film, now=utc_now())

    assert credits_of(session, enrolment) == {topic.lineage: Decimal(4)}
    assert enrolment.hours_done == 4
    kinds = session.scalars(select(HourCredit.hours).order_by(HourCredit.id)).all()
    assert kinds == [2, 1, 1]
    assert [event.enrolment_id for event in published] == [enrolment.id] * 2


def test_repeated_completion_publishes_nothing(session, only, published):
    enrolment = make.enrolment(session)
    page = make.material(session, enrolment.cohort.version)
    open_it(session, enrolment, page)
    first = session.scalar(select(MaterialProgress.completed_at))
    published.clear()

    open_it(session, enrolment, page)
    operations.confirm_material(session, enrolment=enrolment, material=page, now=utc_now() + timedelta(days=1))
    lineage = page.topic_lineage
    assert not operations.evaluate_topics(session, enrolment, utc_now())
    leader = actor_of(session, make.member(session, "leader", site=enrolment.cohort.site))
    assert not operations.mark_topic(session, actor=leader, enrolment=enrolment, topic_lineage=lineage, now=utc_now())

    assert session.scalar(select(MaterialProgress.completed_at)) == first
    assert enrolment.hours_done == 4
    assert published == []


def test_items_of_higher_layers_count_for_completion(session, only, published):
    enrolment = make.enrolment(session)
    page = make.material(session, enrolment.cohort.version)
    only[:] = [added_element(page.topic_lineage), added_element(None)]
    open_it(session, enrolment, page)
    assert credits_of(session, enrolment) == {}

    only[:] = [added_element(page.topic_lineage, done=True, state="done"), added_element(None)]
    assert operations.evaluate_topics(session, enrolment, utc_now())
    assert enrolment.hours_done == 4


def test_topic_without_obligatory_items_needs_a_mark(session, only, published):
    enrolment = make.enrolment(session)
    version = enrolment.cohort.version
    optional = make.material(session, version, required=False)
    open_it(session, enrolment, optional)
    assert credits_of(session, enrolment) == {}

    leader = actor_of(session, make.member(session, "teacher", site=enrolment.cohort.site))
    mark = {"actor": leader, "enrolment": enrolment, "topic_lineage": optional.topic_lineage, "now": utc_now()}
    assert operations.mark_topic(session, **mark)
    assert enrolment.hours_done == 4
    assert session.scalar(select(TopicProgress.marked_by_id)) == leader.account_id

    assert operations.unmark_topic(session, **mark)
    assert (enrolment.hours_done, credits_of(session, enrolment)) == (0, {})
    assert not operations.unmark_topic(session, **mark)
    assert len(published) == 3


def test_removed_mark_leaves_topic_completed_by_its_items(session, only, published):
    enrolment = make.enrolment(session)
    page = make.material(session, enrolment.cohort.version)
    leader = actor_of(session, make.member(session, "leader", site=enrolment.cohort.site))
    mark = {"actor": leader, "enrolment": enrolment, "topic_lineage": page.topic_lineage, "now": utc_now()}
    operations.mark_topic(session, **mark)
    open_it(session, enrolment, page)

    operations.unmark_topic(session, **mark)
    assert enrolment.hours_done == 4
    assert session.scalar(select(TopicProgress.marked_by_id)) is None
    assert not operations.unmark_topic(session, **mark)


def test_ended_enrolment_is_not_credited_and_unknown_topic_not_found(session, only, published):
    enrolment = make.enrolment(session, state="withdrawn")
    page = make.material(session, enrolment.cohort.version)
    leader = actor_of(session, make.member(session, "leader", site=enrolment.cohort.site))
    open_it(session, enrolment, page)
    assert session.scalar(select(func.count()).select_from(MaterialProgress)) == 0
    assert not operations.evaluate_topics(session, enrolment, utc_now())
    with pytest.raises(DomainError):
        operations.mark_topic(
            session, actor=leader, enrolment=enrolment, topic_lineage=page.topic_lineage, now=utc_now()
        )
    other = make.topics(session, make.programme(session))[0]
    with pytest.raises(NotFound):
        operations.mark_topic(
            session, actor=leader, enrolment=make.enrolment(session), topic_lineage=other.lineage, now=utc_now()
        )


def credit_of_class(session: Session, enrolment: Enrolment, hours: str, class_id: int, place: int = 0) -> None:
    """Credits the first kind's hours of the topic at ``place``, as attendance of a class would."""
    version = enrolment.cohort.version
    session.add(
        HourCredit(
            enrolment_id=enrolment.id,
            topic_lineage=make.topics(session, version)[place].lineage,
            kind_lineage=version.kinds[0].lineage,
            source_kind="class",
            source_id=class_id,
            hours=Decimal(hours),
        )
    )
    session.flush()


def test_completed_topic_credits_only_hours_missing_from_other_sources(session, only, published):
    enrolment = make.enrolment(session)
    page = make.material(session, enrolment.cohort.version)
    credit_of_class(session, enrolment, "0.5", 1)
    credit_of_class(session, enrolment, "1", 2)
    open_it(session, enrolment, page)
    assert enrolment.hours_done == 4
    view = course_view(session, enrolment, utc_now())
    assert [(kind.done, kind.total) for kind in view.topics[0].kinds] == [(2, 2), (1, 1), (1, 1)]


def test_removed_mark_keeps_hours_of_other_sources(session, only, published):
    enrolment = make.enrolment(session)
    leader = actor_of(session, make.member(session, "leader", site=enrolment.cohort.site))
    lineage = make.topics(session, enrolment.cohort.version)[0].lineage
    mark = {"actor": leader, "enrolment": enrolment, "topic_lineage": lineage, "now": utc_now()}
    credit_of_class(session, enrolment, "1.5", 1)
    operations.mark_topic(session, **mark)
    assert enrolment.hours_done == 4
    operations.unmark_topic(session, **mark)
    assert (enrolment.hours_done, credits_of(session, enrolment)) == (Decimal("1.5"), {lineage: Decimal("1.5")})


def test_credit_from_same_source_is_refused_twice(session):
    enrolment = make.enrolment(session)
    credit_of_class(session, enrolment, "0.5", 1)
    with pytest.raises(IntegrityError, match="uq_hour_credit_source"):
        credit_of_class(session, enrolment, "0.5", 1)


def test_credit_above_plan_is_refused(session):
    enrolment = make.enrolment(session)
    credit_of_class(session, enrolment, "1.5", 1)
    with pytest.raises(IntegrityError, match="more hours credited than planned"):
        credit_of_class(session, enrolment, "0.75", 2)


def test_credit_of_class_names_the_class(session):
    with pytest.raises(IntegrityError, match="ck_hour_credit_source"):
        credit_of_class(session, make.enrolment(session), "0.5", 0)


def test_topics_of_an_ended_enrolment_are_not_completed(session, only, published):
    enrolment = make.enrolment(session)
    hard = make.material(session, enrolment.cohort.version, completion="confirmed")
    open_it(session, enrolment, make.material(session, enrolment.cohort.version), hard)
    hard.required = False
    enrolment.state = "withdrawn"
    session.flush()
    assert operations.evaluate_topics(session, enrolment, utc_now()) == 0
    assert enrolment.hours_done == 0


def test_removing_material_completes_topics_lacking_only_it(session, only, published):
    from courses.materials.operations import remove_material

    enrolment = make.enrolment(session)
    version = enrolment.cohort.version
    leader = actor_of(session, make.member(session, "leader", site=enrolment.cohort.site))
    page, hard = make.material(session, version), make.material(session, version, completion="confirmed")
    idle = make.enrolment(session, enrolment.cohort)
    open_it(session, enrolment, page, hard)
    remove_material(session, actor=leader, material=hard, now=utc_now())

    assert [operations.evaluate_topics(session, one, utc_now()) for one in (enrolment, idle)] == [1, 0]
    assert (enrolment.hours_done, idle.hours_done) == (4, 0)
    assert operations.evaluate_topics(session, enrolment, utc_now()) == 0


# The view


TODAY = day_in("Asia/Novokuznetsk", utc_now())


def due(session, enrolment, place, days, own=False):
    topic = make.topics(session, enrolment.cohort.version)[place]
    session.add(
        TopicDeadline(
            cohort_id=enrolment.cohort_id,
            enrolment_id=enrolment.id if own else None,
            topic_lineage=topic.lineage,
            due_on=TODAY + timedelta(days=days),
        )
    )
    session.flush()


def test_view_has_hours_dates_states_and_next_steps(session, only, published):
    enrolment = make.enrolment(session, enrolled_on=TODAY - timedelta(days=7))
    version = enrolment.cohort.version
    pages = [make.material(session, version, place) for place in range(3)]
    for place, days in ((0, -5), (1, -2), (2, 4)):
        due(session, enrolment, place, days)
    open_it(session, enrolment, pages[0])

    view = course_view(session, enrolment, utc_now())
    assert [topic.state for topic in view.topics] == ["done", "late", "open", "open"]
    assert [topic.number for topic in view.topics] == ["1.1", "1.2", "2.1", "2.2"]
    assert (view.done_hours, view.total, view.norm) == (4, 18, Decimal("8.5"))
    assert [(kind.name, kind.done, kind.total) for kind in view.kinds] == [
        ("Лекции", 2, 3),
        ("Практика", 1, 10),
        ("Самостоятельная работа", 1, 5),
    ]
    assert [step.topic.number for step in view.steps] == ["1.2", "2.1"]
    assert view.pace_comparison.pace == "behind"
    assert not view.complete
    assert view.neighbours(view.topics[1]) == (view.topics[0], view.topics[2])


def test_own_date_overrides_date_of_group(session, only, published):
    enrolment = make.enrolment(session, individual=True, enrolled_on=TODAY - timedelta(days=9))
    other = make.enrolment(session, enrolment.cohort, enrolled_on=TODAY - timedelta(days=9))
    make.material(session, enrolment.cohort.version)
    due(session, enrolment, 0, -1)
    due(session, enrolment, 0, 20, own=True)
    assert course_view(session, enrolment, utc_now()).topics[0].state == "open"
    assert course_view(session, other, utc_now()).topics[0].state == "late"


def test_late_joiner_has_missed_topics(session, only, published):
    enrolment = make.enrolment(session, enrolled_on=TODAY)
    version = enrolment.cohort.version
    for place in range(4):
        make.material(session, version, place)
        due(session, enrolment, place, -4 + 2 * place)
    view = course_view(session, enrolment, utc_now())
    assert view.joined_on == enrolment.enrolled_on
    assert [topic.number for topic in view.missed] == ["1.1", "1.2"]
    assert view.late == []
    assert view.norm == 0
    assert [step.topic.number for step in view.steps] == ["1.1", "1.2", "2.1", "2.2"]


# Concurrency


@pytest.fixture
def apart(own_engine: Engine):
    """Separate sessions on a separate database."""
    return make_sessions(own_engine)


def together(sessions: sessionmaker[Session], deeds) -> list[Exception]:
    """Runs each action in a thread with its own session and transaction, all started at the same moment."""
    gate, errors = threading.Barrier(len(deeds)), []

    def run(deed) -> None:
        try:
            with sessions.begin() as session:
                session.execute(select(1))
                gate.wait(10)
                deed(session)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return errors


def test_concurrent_completions_credit_topic_once(apart, only, published):
    with apart.begin() as session:
        enrolment = make.enrolment(session)
        pages = [make.material(session, enrolment.cohort.version) for _ in range(4)]
        leader = actor_of(session, make.member(session, "leader", site=enrolment.cohort.site))
        key, keys, lineage = enrolment.id, [page.id for page in pages], pages[0].topic_lineage

    def opening(material_id):
        def deed(session):
            found, material = session.get(Enrolment, key), session.get(Material, material_id)
            operations.open_material(session, enrolment=found, material=material, now=utc_now())

        return deed

    def marking(session):
        found = session.get(Enrolment, key)
        operations.mark_topic(session, actor=leader, enrolment=found, topic_lineage=lineage, now=utc_now())

    errors = together(apart, [opening(one) for one in keys * 2] + [marking, marking])
    assert errors == []
    with apart() as session:
        enrolment = session.get(Enrolment, key)
        assert session.scalar(select(func.count()).select_from(TopicProgress)) == 1
        assert session.scalar(select(func.count()).select_from(HourCredit)) == 3
        assert enrolment.hours_done == session.scalar(select(func.sum(HourCredit.hours))) == 4


def test_concurrently_completed_topics_all_count_in_sum(apart, only, published):
    with apart.begin() as session:
        enrolment = make.enrolment(session)
        key = enrolment.id
        keys = [make.material(session, enrolment.cohort.version, place).id for place in range(4)]

    def opening(material_id):
        def deed(session):
            found, material = session.get(Enrolment, key), session.get(Material, material_id)
            operations.open_material(session, enrolment=found, material=material, now=utc_now())

        return deed

    assert together(apart, [opening(one) for one in keys]) == []
    with apart() as session:
        assert session.get(Enrolment, key).hours_done == 18
        assert session.scalar(select(func.sum(HourCredit.hours))) == 18
