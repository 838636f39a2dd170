"""Transfers of trainees between groups of a site: within one version of a programme the enrolment itself moves."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from courses.events import EnrolmentMoved, EnrolmentsChanged
from courses.groups.operations import change_state, enrol
from courses.models.groups import Cohort, Enrolment, EnrolmentChange, TopicDeadline
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import day_in
from lms.core.errors import Invalid
from lms.core.events import publish


def transfer(
    session: Session,
    *,
    actor: Actor,
    enrolment: Enrolment,
    to_cohort: Cohort,
    now: datetime,
    order_number: str | None = None,
    reason: str = "",
) -> Enrolment:
    """Moves the trainee to another group of the same site and returns the enrolment there.

    In a group of the same version the trainee goes on: the enrolment moves with everything that belongs to it (hours,
    works, attempts, own dates, the certificate), and the old group keeps a record of it. In a group of another version
    a new enrolment begins without progress.

    Raises ``Invalid`` at ``to_cohort`` for the same group, one of another site, one in which the trainee has studied
    already, and for the record of an enrolment that has moved.
    """
    session.refresh(enrolment, with_for_update={"of": Enrolment, "key_share": True})
    if to_cohort.id == enrolment.cohort_id or to_cohort.site_id != enrolment.cohort.site_id:
        raise Invalid(code="transfer_target_invalid", field="to_cohort")
    if enrolment.moved_to_id is not None:
        raise Invalid(code="enrolment_goes_on_elsewhere", field="to_cohort")
    today = day_in(to_cohort.site.time_zone, now)
    order = _Order(actor, to_cohort, max(today, enrolment.enrolled_on), order_number or None, reason.strip()[:500])
    if to_cohort.version_id == enrolment.cohort.version_id:
        return _move(session, enrolment, order)
    change_state(
        session,
        actor=actor,
        enrolment=enrolment,
        state="transferred",
        on_date=order.on_date,
        order_number=order_number,
        reason=reason,
        to_cohort=to_cohort,
    )
    return enrol(session, actor=actor, cohort=to_cohort, person=enrolment.person, now=now, order_number=order_number)


@dataclass(frozen=True, slots=True)
class _Order:
    """A transfer as its order states it."""

    actor: Actor
    to_cohort: Cohort
    on_date: date
    number: str | None
    reason: str


def _move(session: Session, enrolment: Enrolment, order: _Order) -> Enrolment:
    """Moves the enrolment and leaves its record in the group that it leaves."""
    left, to_cohort = enrolment.cohort, order.to_cohort
    entered_on = _entry(session, enrolment, to_cohort) or order.on_date
    record = _record_of(enrolment, order)
    enrolment.cohort, enrolment.state, enrolment.state_since = to_cohort, "enrolled", order.on_date
    enrolment.enrolled_on, enrolment.order_number = entered_on, order.number or to_cohort.order_number
    enrolment.order_date = None if order.number else to_cohort.order_date
    session.flush()
    session.add(record)
    session.flush()
    session.add_all([_transferred(enrolment, order), _transferred(record, order)])
    own_dates = update(TopicDeadline).where(TopicDeadline.enrolment_id == enrolment.id)
    session.execute(own_dates.values(cohort_id=to_cohort.id), execution_options={"synchronize_session": False})
    session.flush()
    detail = {"from_cohort": left.id, "to_cohort": to_cohort.id, "order": order.number}
    audit.record(session, order.actor, "enrolment.transfer", enrolment, site_id=to_cohort.site_id, **detail)
    publish(session, EnrolmentMoved(enrolment.id, to_cohort.id))
    publish(session, EnrolmentsChanged(left.id, (record.id,), "transferred"))
    publish(session, EnrolmentsChanged(to_cohort.id, (enrolment.id,), "enrolled"))
    return enrolment


def _entry(session: Session, enrolment: Enrolment, to_cohort: Cohort) -> date | None:
    """Returns the day on which the trainee had entered the group before, None if never; removes the record of that.

    Raises ``Invalid`` at ``to_cohort`` if the trainee has an enrolment there that is no mere record.
    """
    there = session.scalar(
        select(Enrolment)
        .where(Enrolment.cohort_id == to_cohort.id, Enrolment.person_id == enrolment.person_id)
        .with_for_update(of=Enrolment, key_share=True)
    )
    if there is None:
        return None
    if there.moved_to_id != enrolment.id:
        raise Invalid(code="transfer_target_studied", field="to_cohort")
    enrolled_on = there.enrolled_on
    session.delete(there)
    session.flush()
    return enrolled_on


def _record_of(enrolment: Enrolment, order: _Order) -> Enrolment:
    """Returns the row that stays in the old group: a transferred trainee without progress of their own there."""
    return Enrolment(
        cohort_id=enrolment.cohort_id,
        person_id=enrolment.person_id,
        state="transferred",
        enrolled_on=enrolment.enrolled_on,
        state_since=order.on_date,
        order_number=enrolment.order_number,
        order_date=enrolment.order_date,
        invited_at=enrolment.invited_at,
        accepted_at=enrolment.accepted_at,
        moved_to_id=enrolment.id,
    )


def _transferred(enrolment: Enrolment, order: _Order) -> EnrolmentChange:
    return EnrolmentChange(
        enrolment_id=enrolment.id,
        state="transferred",
        on_date=order.on_date,
        order_number=order.number,
        reason=order.reason,
        to_cohort_id=order.to_cohort.id,
        made_by_id=order.actor.account_id,
    )
