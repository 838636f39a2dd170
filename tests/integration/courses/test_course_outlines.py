"""Outlines of courses that a process keeps are never older than the state that is read beside them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from assessment.models.self_checks import SelfCheck
from courses.course_state import ContentRevision
from courses.models.content_changes import ContentChange
from courses.models.groups import Enrolment
from courses.models.materials import Material
from courses.progress import course_outline
from courses.progress.content_log import KEPT, delete_old_changes
from courses.progress.course_outline import KeptOutlines
from courses.progress.course_view import CourseView
from courses.progress.queries import course_view
from lms.core.clock import utc_now
from lms.core.db import make_engine, make_sessions
from tests.factories import attestation, make
from tests.support.checks import make_check
from tests.support.thoroughness import examples

GIFT = "::Сумма::Сколько будет два и два? {#4}"
NOW = utc_now()
CHANGES = {
    "section": "UPDATE section SET title = title || '+' WHERE id = (SELECT section_id FROM topic WHERE id = :topic)",
    "topic": "UPDATE topic SET title = title || '+' WHERE id = :topic",
    "topic_hours": "UPDATE topic_hours SET hours = hours + 1 WHERE topic_id = :topic",
    "no_hours": "DELETE FROM topic_hours WHERE topic_id = :topic",
    "material": "UPDATE material SET title = title || '+' WHERE id = :material",
    "removed_material": "UPDATE material SET removed_at = now() WHERE id = :material",
    "new_material": "INSERT INTO material (programme_id, topic_lineage, position, kind, title)"
    " SELECT programme_id, topic_lineage, position, kind, title FROM material WHERE id = :material",
    "self_check": "UPDATE self_check SET title = title || '+' WHERE id = :check",
    "question": "UPDATE self_check_item SET mark = 1 - mark WHERE self_check_id = :check",
    "no_question": "DELETE FROM self_check_item WHERE self_check_id = :check",
    "task": "UPDATE attestation_task SET title = title || '+' WHERE id = :task",
    "no_task": "DELETE FROM attestation_task WHERE id = :task",
    "descriptor": "DELETE FROM descriptor WHERE competency_id = :competency",
    "competency": "DELETE FROM competency WHERE id = :competency",
    "kind": "UPDATE hour_kind SET name = name || '+' WHERE id = :kind",
}
STEPS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([*CHANGES, "commit", "commit", "roll_back", "delete_old"])),
    min_size=2,
    max_size=14,
)


class World:
    """A draft whose parts two writers change; each has rows of its own, so that neither waits for the other."""

    def __init__(self, url: str) -> None:
        self.engine, self.anew = make_engine(url, pool=4), make_engine(url, pool=1)
        self.sessions = make_sessions(self.engine)
        with self.sessions.begin() as session:
            version = make.programme(session, state="draft")
            self.enrolment_id = make.enrolment(session, make.cohort(session, version)).id
            topics, kinds = make.topics(session, version), list(version.kinds)
            self.rows = [
                {
                    "topic": topics[0 if place == 0 else -1].id,
                    "material": make.material(session, version, place=place).id,
                    "check": make_check(session, version, GIFT, title=f"Проверка {place}").id,
                    "task": attestation.task(session, version, topic_lineage=topics[place].lineage).id,
                    "competency": version.competencies[place].id,
                    "kind": kinds[place].id,
                }
                for place in range(2)
            ]

    def view(self, sessions: sessionmaker[Session]) -> CourseView:
        with sessions() as session:
            return course_view(session, session.get_one(Enrolment, self.enrolment_id), NOW)

    def delete_old(self) -> None:
        """Deletes what can be deleted of the committed log, as if a week had passed."""
        with self.sessions.begin() as session:
            delete_old_changes(session, utc_now() + KEPT + timedelta(minutes=1))

    def kept(self) -> CourseView:
        return self.view(self.sessions)

    def read_anew(self) -> CourseView:
        sessions = make_sessions(self.anew)
        with sessions() as session:
            course_outline.kept_outlines.forget(session)
        return self.view(sessions)


@pytest.fixture(scope="module")
def url(make_database: Callable[[], str]) -> str:
    return make_database()


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[(0, "topic"), (1, "material"), (1, "commit"), (0, "commit")])  # the smaller id is committed later
@example(steps=[(0, "topic"), (1, "material"), (1, "commit"), (0, "delete_old"), (0, "commit"), (1, "delete_old")])
@example(steps=[step for deed in CHANGES for step in ((0, deed), (0, "commit"))])
def test_kept_outline_equals_one_read_anew(url, sessions, steps):
    world = World(url)
    writers = [world.engine.connect() for _ in range(2)]
    try:
        for who, deed in steps:
            if deed == "commit":
                writers[who].commit()
            elif deed == "roll_back":
                writers[who].rollback()
            elif deed == "delete_old":
                world.delete_old()
            else:
                writers[who].execute(text(CHANGES[deed]), world.rows[who])
            assert world.kept() == world.read_anew()
    finally:
        for one in writers:
            one.close()
        world.engine.dispose()
        world.anew.dispose()


def test_writer_sees_own_change_and_rollback_takes_it_back(session):
    enrolment = make.enrolment(session, make.cohort(session, make.programme(session)))
    material = make.material(session, enrolment.cohort.version, title="Правила")
    session.flush()

    def titles() -> list[str]:
        found = course_view(session, enrolment, NOW)
        return [item.title for topic in found.topics for item in topic.elements]

    assert titles() == ["Правила"]
    before = session.begin_nested()
    session.get_one(Material, material.id).title = "Новые правила"
    assert titles() == ["Новые правила"]
    before.rollback()
    assert titles() == ["Правила"]


def test_statement_on_several_rows_logs_one_change(session):
    version = make.programme(session)
    for _ in range(3):
        make_check(session, version, GIFT)
    counted = select(func.count()).where(ContentChange.programme_id == version.programme_id)
    before = session.scalar(counted)
    session.execute(
        SelfCheck.__table__.update().where(SelfCheck.programme_id == version.programme_id).values(title="П")
    )
    assert session.scalar(counted) == before + 1


def test_old_changes_are_deleted_but_for_the_last_of_each_programme(session):
    versions = [make.programme(session) for _ in range(2)]
    for version in versions:
        make_check(session, version, GIFT)
    ours = ContentChange.programme_id.in_([version.programme_id for version in versions])
    logged = session.scalars(select(ContentChange.id).where(ours)).all()
    delete_old_changes(session, utc_now())
    assert session.scalars(select(ContentChange.id).where(ours)).all() == logged
    delete_old_changes(session, utc_now() + KEPT + timedelta(minutes=1))
    last = select(func.max(ContentChange.id)).where(ours).group_by(ContentChange.programme_id)
    kept = session.execute(select(ContentChange.id, ContentChange.programme_id).where(ours)).all()
    assert sorted(row.programme_id for row in kept) == sorted(version.programme_id for version in versions)
    assert {row.id for row in kept} == set(session.scalars(last)) <= set(logged)


def test_outlines_used_longest_ago_are_dropped(monkeypatch):
    monkeypatch.setattr(course_outline, "MOST_KEPT", 2)
    kept, revision = KeptOutlines(), ContentRevision(1, Decimal(1))
    outlines = {key: course_outline.CourseOutline((), ()) for key in (1, 2, 3)}
    kept.keep(1, revision, outlines[1])
    kept.keep(2, revision, outlines[2])
    assert kept.get(1, revision) is outlines[1]
    kept.keep(3, revision, outlines[3])
    assert kept.get(2, revision) is None
    assert kept.get(1, revision) is outlines[1]
    assert kept.get(1, ContentRevision(2, Decimal(3))) is None
