"""Bulk versions of ``enrol`` and ``change_state``, in a fixed number of statements."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from courses.events import EnrolmentsChanged
from courses.groups.operations import LEFT_STATES, order_on
from courses.models.groups import Cohort, Enrolment, EnrolmentChange
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import day_in
from lms.core.events import publish


def enrol_many(
    session: Session, *, actor: Actor | None, cohort: Cohort, person_ids: Collection[int], now: datetime
) -> list[Enrolment]:
    """Enrols these people of a platform's list; those enrolled already are left as they are, those who left are
    enrolled again. An order of an earlier day does not name them.
    """
    if not person_ids:
        return []
    today = day_in(cohort.site.time_zone, now)
    common = {
        "cohort_id": cohort.id,
        "enrolled_on": today,
        "state_since": today,
        **order_on(cohort, today),
    }
    rows = [{**common, "person_id": key} for key in sorted(set(person_ids))]
    once = insert(Enrolment).values(rows).on_conflict_do_nothing(index_elements=["cohort_id", "person_id"])
    added = tuple(session.scalars(once.returning(Enrolment.id)).all())
    enrolments = _held(session, cohort, Enrolment.person_id.in_(set(person_ids)))
    returning = [one for one in enrolments if one.state in LEFT_STATES]
    change_states(session, actor=actor, cohort=cohort, enrolments=returning, state="enrolled", on_date=today)
    for one in enrolments:
        audit.record(session, actor, "enrolment.enrol", one, site_id=cohort.site_id, person=one.person_id)
    session.flush()
    if added:
        publish(session, EnrolmentsChanged(cohort.id, added, "enrolled"))
    return enrolments


def change_states(
    session: Session,
    *,
    actor: Actor | None,
    cohort: Cohort,
    enrolments: Sequence[Enrolment],
    state: str,
    on_date: date,
    reason: str = "",
) -> None:
    """Sets one state for these trainees of the group, from ``on_date`` or, if later, from the day of their
    enrolment.
    """
    for one in enrolments:
        day = max(on_date, one.enrolled_on)
        one.state, one.state_since, one.moved_to_id = state, day, None
        session.add(
            EnrolmentChange(
                enrolment_id=one.id,
                state=state,
                on_date=day,
                reason=reason.strip()[:500],
                made_by_id=actor.account_id if actor else None,
            )
        )
        audit.record(session, actor, "enrolment.change", one, site_id=cohort.site_id, state=state, order=None)
    session.flush()
    if enrolments:
        publish(session, EnrolmentsChanged(cohort.id, tuple(one.id for one in enrolments), state))


def lock_enrolments(session: Session, cohort: Cohort, enrolment_ids: Collection[int]) -> Sequence[Enrolment]:
    """Returns these enrolments of the group, locked until the transaction ends."""
    return _held(session, cohort, Enrolment.id.in_(enrolment_ids)) if enrolment_ids else []


def _held(session: Session, cohort: Cohort, which: object) -> list[Enrolment]:
    rows = select(Enrolment).where(Enrolment.cohort_id == cohort.id, which)  # type: ignore[arg-type]
    held = rows.order_by(Enrolment.id).with_for_update(of=Enrolment, key_share=True)
    return list(session.scalars(held.execution_options(populate_existing=True)).unique())
