"""Due dates of topics: for the group, or on one trainee's individual plan (B 5.2)."""

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.groups.operations import set_deadlines, spread_deadlines
from courses.groups.queries import deadlines
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import Topic
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid

Dates = Mapping[uuid.UUID, date | None]


def field_of(lineage: uuid.UUID) -> str:
    """Returns the name of the form field of a topic's date, at which errors are shown."""
    return f"due-{lineage}"


def change_dates(session: Session, *, actor: Actor, cohort: Cohort, due: Dates) -> int:
    """Sets the group's dates; ``None`` removes a topic's date. Topics that the plan lacks are left out.

    Returns the number of changed dates. Raises ``Invalid`` at the topic's field for a day outside the group's dates.
    """
    wanted = _of_plan(session, cohort, due)
    for lineage, day in wanted.items():
        if day is not None and not cohort.starts_on <= day <= cohort.ends_on:
            raise Invalid(
                code="day_outside_group",
                field=field_of(lineage),
                params={"first": cohort.starts_on, "last": cohort.ends_on},
            )
    known = deadlines(session, cohort.id)
    changed = {lineage: day for lineage, day in wanted.items() if known.get(lineage) != day}
    if changed:
        set_deadlines(session, cohort, changed)
        audit.record(session, actor, "cohort.dates", cohort, site_id=cohort.site_id, topics=len(changed))
    return len(changed)


def respread(session: Session, *, actor: Actor, cohort: Cohort) -> None:
    """Spreads the due dates again over the group's dates, by the hours of the topics."""
    spread_deadlines(session, cohort)
    audit.record(session, actor, "cohort.respread", cohort, site_id=cohort.site_id)


def set_individual_plan(session: Session, *, actor: Actor, enrolment: Enrolment, individual: bool, due: Dates) -> None:
    """Puts the trainee on an individual plan with own dates, or back on the group's plan (own dates are deleted).

    A date that equals the group's is not stored as an own date. Raises ``Invalid`` at the topic's field for a day
    before the group began.
    """
    cohort = enrolment.cohort
    wanted = _of_plan(session, cohort, due) if individual else {}
    for lineage, day in wanted.items():
        if day is not None and day < cohort.starts_on:
            raise Invalid(code="day_before_group", field=field_of(lineage))
    of_group = deadlines(session, cohort.id)
    own = {lineage: day for lineage, day in wanted.items() if day is not None and day != of_group.get(lineage)}
    former = dict.fromkeys(deadlines(session, cohort.id, enrolment.id))
    set_deadlines(session, cohort, {**former, **own}, enrolment)
    enrolment.individual = individual
    session.flush()
    audit.record(session, actor, "enrolment.plan", enrolment, site_id=cohort.site_id, individual=individual)


def _of_plan(session: Session, cohort: Cohort, due: Dates) -> dict[uuid.UUID, date | None]:
    known = set(session.scalars(select(Topic.lineage).where(Topic.version_id == cohort.version_id)))
    return {lineage: day for lineage, day in due.items() if lineage in known}
