"""Enrolment at launch: a learner who may open a link of the platform's course is a trainee of the link's group."""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, lazyload

from courses.groups.operations import LEFT_STATES, enrol
from courses.models.groups import Cohort, Enrolment
from courses.progress.operations import record_visit
from lms.core.auth.policy import Actor
from lms.core.clock import day_in
from lms.core.people.models import Account
from lms.lti.errors import Refused
from lms.lti.models.launches import Participant

ENROLLED = (
    select(Enrolment)
    .where(Enrolment.cohort_id == bindparam("cohort_id"), Enrolment.person_id == bindparam("person_id"))
    .options(lazyload(Enrolment.cohort), lazyload(Enrolment.person))
)
"""Compiled once, without group and person, which are loaded already: it runs at every launch."""


def find_enrolment(session: Session, *, cohort: Cohort, account: Account) -> Enrolment | None:
    """Returns the account's enrolment in the group, in any state."""
    found: Enrolment | None = session.scalar(ENROLLED, {"cohort_id": cohort.id, "person_id": account.person_id})
    return found


def enrol_at_launch(
    session: Session,
    *,
    cohort: Cohort,
    account: Account,
    now: datetime,
    context_id: int | None = None,
    found: Enrolment | None = None,
) -> Enrolment:
    """Returns the trainee's enrolment, created at their first launch; two launches at once create one.

    A new enrolment records the platform's course ``context_id`` as its source. ``found``: the enrolment, if the caller
    has read it already.

    Raises ``Refused``: ``withdrawn`` for a trainee who left by an order (the leader decides, not the platform),
    ``group_closed`` for a new trainee in a group that has ended.
    """
    enrolment = found or find_enrolment(session, cohort=cohort, account=account)
    if enrolment is None:
        check_open(cohort, now)
        own = Actor(account.id, account.person_id)
        enrolment = enrol(session, actor=own, cohort=cohort, person=account.person, now=now, came=True)
        _record_source_context(session, enrolment, account, context_id)
    if enrolment.state in LEFT_STATES:
        raise Refused(
            "withdrawn",
            f"enrolment {enrolment.id} is {enrolment.state}",
            code="left_group",
            params={"group": cohort.title},
        )
    enrolment.accepted_at = enrolment.accepted_at or now
    record_visit(session, enrolment=enrolment, now=now)
    session.flush()
    return enrolment


def _record_source_context(session: Session, enrolment: Enrolment, account: Account, context_id: int | None) -> None:
    here = (Participant.context_id == context_id, Participant.account_id == account.id)
    session.execute(update(Participant).where(*here).values(enrolment_id=enrolment.id))


def is_open(cohort: Cohort, now: datetime) -> bool:
    """Returns whether the group accepts new trainees."""
    return cohort.closed_at is None and day_in(cohort.site.time_zone, now) <= cohort.ends_on


def check_open(cohort: Cohort, now: datetime) -> None:
    """Raises ``Refused("group_closed")`` for a group that accepts no new trainees."""
    if not is_open(cohort, now):
        raise Refused(
            "group_closed",
            f"cohort {cohort.id} ended",
            code="launch_group_ended",
            params={"group": cohort.title},
        )
