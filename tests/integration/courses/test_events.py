"""Events of groups, enrolments and materials: one for each change, none for a repeated request."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.events import CohortChanged, EnrolmentMoved, EnrolmentsChanged, MaterialChanged
from courses.groups import bulk, operations, transfers
from courses.materials import operations as materials
from courses.materials.operations import MaterialDraft
from courses.models.groups import Cohort, Enrolment
from lms.core import events
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from tests.factories import make


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Events published in the test, captured instead of the composition's handlers."""
    found: list[Any] = []
    for event in (CohortChanged, EnrolmentMoved, EnrolmentsChanged, MaterialChanged):
        monkeypatch.setitem(events._handlers, event, [lambda _session, one: found.append(one)])
    return found


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return make.cohort(session, make.programme(session))


def test_group_publishes_creation_completion_closing_and_reopening(session: Session, published: list[Any]):
    version = make.programme(session)
    cohort = operations.create_cohort(
        session,
        actor=SYSTEM,
        version=version,
        title="Осень",
        starts_on=make.TODAY,
        ends_on=make.TODAY + timedelta(days=20),
    )
    operations.record_completion_order(
        session, actor=SYSTEM, cohort=cohort, order_number="7", order_date=make.TODAY, now=utc_now()
    )
    for closed in (True, True, False, False):
        operations.set_closed(session, actor=SYSTEM, cohort=cohort, closed=closed, now=utc_now())
    changes = ("created", "completed", "closed", "reopened")
    assert published == [CohortChanged(cohort.id, change) for change in changes]


def test_enrolling_twice_publishes_one_event(session: Session, cohort: Cohort, published: list[Any]):
    person = make.person(session)
    for _time in range(2):
        enrolment = operations.enrol(session, actor=SYSTEM, cohort=cohort, person=person, now=utc_now())
    assert published == [EnrolmentsChanged(cohort.id, (enrolment.id,), "enrolled")]


def test_change_of_state_and_return_are_published(session: Session, cohort: Cohort, published: list[Any]):
    enrolment = make.enrolment(session, cohort)
    operations.change_state(session, actor=SYSTEM, enrolment=enrolment, state="withdrawn", on_date=make.TODAY)
    operations.enrol(session, actor=SYSTEM, cohort=cohort, person=enrolment.person, now=utc_now())
    states = ("withdrawn", "enrolled")
    assert published == [EnrolmentsChanged(cohort.id, (enrolment.id,), state) for state in states]


def test_transfer_to_another_version_publishes_old_and_new_enrolment(
    session: Session, cohort: Cohort, published: list[Any]
):
    site = cohort.site
    enrolment, target = make.enrolment(session, cohort), make.cohort(session, make.programme(session, site))
    moved = transfers.transfer(session, actor=SYSTEM, enrolment=enrolment, to_cohort=target, now=utc_now())
    assert published == [
        EnrolmentsChanged(cohort.id, (enrolment.id,), "transferred"),
        EnrolmentsChanged(target.id, (moved.id,), "enrolled"),
    ]


def test_transfer_within_a_version_publishes_the_move(session: Session, cohort: Cohort, published: list[Any]):
    enrolment, target = make.enrolment(session, cohort), make.cohort(session, cohort.version)
    assert transfers.transfer(session, actor=SYSTEM, enrolment=enrolment, to_cohort=target, now=utc_now()) is enrolment
    record = session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id)).one()
    assert published == [
        EnrolmentMoved(enrolment.id, target.id),
        EnrolmentsChanged(cohort.id, (record.id,), "transferred"),
        EnrolmentsChanged(target.id, (enrolment.id,), "enrolled"),
    ]


def test_bulk_enrolment_publishes_new_and_returning_trainees(session: Session, cohort: Cohort, published: list[Any]):
    present, returning = make.enrolment(session, cohort), make.enrolment(session, cohort, state="withdrawn")
    fresh = [make.person(session).id for _one in range(2)]
    people = [present.person_id, returning.person_id, *fresh]
    found = bulk.enrol_many(session, actor=SYSTEM, cohort=cohort, person_ids=people, now=utc_now())
    added = {one.id for one in found if one.person_id in fresh}
    assert published[0] == EnrolmentsChanged(cohort.id, (returning.id,), "enrolled")
    assert (set(published[1].enrolment_ids), published[1].state, len(published)) == (added, "enrolled", 2)
    bulk.enrol_many(session, actor=SYSTEM, cohort=cohort, person_ids=people, now=utc_now())
    assert len(published) == 2


def test_bulk_change_of_state_publishes_one_event(session: Session, cohort: Cohort, published: list[Any]):
    several: list[Enrolment] = [make.enrolment(session, cohort) for _one in range(3)]
    bulk.change_states(session, actor=SYSTEM, cohort=cohort, enrolments=several, state="finished", on_date=make.TODAY)
    assert published == [EnrolmentsChanged(cohort.id, tuple(one.id for one in several), "finished")]


def test_material_publishes_each_change_once(session: Session, published: list[Any]):
    version, now = make.programme(session), utc_now()
    lineage, draft = make.topics(session, version)[0].lineage, MaterialDraft("page", "Этапы урока", "Текст")
    renamed = MaterialDraft("page", "Этапы", "Текст")
    programme = version.programme
    for _time in range(2):
        made = materials.add_material(
            session, actor=SYSTEM, programme=programme, topic_lineage=lineage, draft=draft, now=now
        )
    for _time in range(2):
        materials.change_material(session, actor=SYSTEM, material=made, draft=renamed, revision=1, now=now)
    for _time in range(2):
        materials.remove_material(session, actor=SYSTEM, material=made, now=now)
    for _time in range(2):
        materials.restore_material(session, actor=SYSTEM, material=made)
    changes = ("added", "changed", "removed", "restored")
    assert published == [MaterialChanged(made.id, change) for change in changes]
