"""Operations on groups and enrolments."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from courses.events import CohortChanged, EnrolmentsChanged, ProgressMade
from courses.groups.errors import DatesReversed, NotApproved, WrongKey
from courses.groups.schedule import spread
from courses.models.groups import Cohort, Enrolment, EnrolmentChange, TopicDeadline
from courses.models.programmes import ProgrammeVersion, Section, Topic, TopicHours
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import day_in
from lms.core.errors import Invalid
from lms.core.events import publish
from lms.core.people.models import Person

KEY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike on paper."""
LONGEST_RUN_DAYS = 3 * 366
LEFT_STATES = ("withdrawn", "transferred")
"""States of trainees who have left the group."""
LONGEST_NUMBER = 120
"""Characters in the number of an order."""


def create_cohort(
    session: Session,
    *,
    actor: Actor | None,
    version: ProgrammeVersion,
    title: str,
    starts_on: date,
    ends_on: date,
    order_number: str | None = None,
    order_date: date | None = None,
) -> Cohort:
    """Creates a group on this version, with due dates spread over its topics.

    Raises ``NotApproved`` at ``version``, ``DatesReversed`` at ``ends_on``, ``Invalid`` at ``title`` or ``ends_on``.
    """
    if version.state != "approved":
        raise NotApproved
    check_dates(starts_on, ends_on)
    cohort = Cohort(
        site_id=version.programme.site_id,
        site=version.programme.site,
        version_id=version.id,
        version=version,
        title=checked_title(title),
        starts_on=starts_on,
        ends_on=ends_on,
        enrolment_key=new_key(),
        order_number=order_number or None,
        order_date=order_date,
    )
    session.add(cohort)
    session.flush()
    spread_deadlines(session, cohort)
    audit.record(session, actor, "cohort.create", cohort, site_id=cohort.site_id, title=cohort.title)
    publish(session, CohortChanged(cohort.id, "created"))
    return cohort


def update_cohort(
    session: Session, *, actor: Actor, cohort: Cohort, title: str, starts_on: date, ends_on: date, respread: bool
) -> None:
    """Changes name and dates; ``respread`` spreads the due dates over them again. Raises as ``create_cohort`` does."""
    check_dates(starts_on, ends_on)
    cohort.title, cohort.starts_on, cohort.ends_on = checked_title(title), starts_on, ends_on
    session.flush()
    if respread:
        spread_deadlines(session, cohort)
    audit.record(session, actor, "cohort.update", cohort, site_id=cohort.site_id, title=cohort.title)


def checked_title(title: str) -> str:
    """Returns the name of a group on one line. Raises ``Invalid`` at ``title``."""
    text = " ".join(title.split())
    if not text or len(text) > 200:
        raise Invalid(code="group_title_invalid", field="title")
    return text


def check_dates(starts_on: date, ends_on: date) -> None:
    """Raises ``DatesReversed``, or ``Invalid`` for more than three years."""
    if ends_on < starts_on:
        raise DatesReversed
    if (ends_on - starts_on).days > LONGEST_RUN_DAYS:
        raise Invalid(code="group_too_long", field="ends_on")


def new_key() -> str:
    """Returns a key that can be read aloud: ``k7mq-x2wd``."""
    letters = "".join(secrets.choice(KEY_ALPHABET) for _place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def spread_deadlines(session: Session, cohort: Cohort) -> None:
    """Spreads the group's due dates evenly over its dates, by the hours of the topics."""
    rows = session.execute(
        select(Topic.lineage, func.coalesce(func.sum(TopicHours.hours), 0))
        .join(Section, Section.id == Topic.section_id)
        .outerjoin(TopicHours, TopicHours.topic_id == Topic.id)
        .where(Topic.version_id == cohort.version_id)
        .group_by(Topic.lineage, Section.position, Topic.position)
        .order_by(Section.position, Topic.position)
    ).all()
    due = spread([hours for _lineage, hours in rows], cohort.starts_on, cohort.ends_on)
    set_deadlines(session, cohort, {lineage: day for (lineage, _hours), day in zip(rows, due, strict=True)})


def set_deadlines(
    session: Session, cohort: Cohort, due: Mapping[UUID, date | None], enrolment: Enrolment | None = None
) -> None:
    """Sets due dates of the group, or of one trainee's individual plan; ``None`` removes a date."""
    whose = func.coalesce(TopicDeadline.enrolment_id, 0) == (enrolment.id if enrolment else 0)
    session.execute(
        delete(TopicDeadline).where(
            TopicDeadline.cohort_id == cohort.id, whose, TopicDeadline.topic_lineage.in_(list(due))
        )
    )
    rows = [
        {
            "cohort_id": cohort.id,
            "enrolment_id": enrolment.id if enrolment else None,
            "topic_lineage": lineage,
            "due_on": day,
        }
        for lineage, day in due.items()
        if day is not None
    ]
    if rows:
        session.execute(insert(TopicDeadline), rows)


def order_on(cohort: Cohort, today: date) -> dict[str, Any]:
    """Returns the group's order of enrolment for people who come today: an earlier order does not name them."""
    names = cohort.order_date is None or cohort.order_date >= today
    return {
        "order_number": cohort.order_number if names else None,
        "order_date": cohort.order_date if names else None,
    }


def enrol(
    session: Session,
    *,
    actor: Actor | None,
    cohort: Cohort,
    person: Person,
    now: datetime,
    order_number: str | None = None,
    order_date: date | None = None,
    individual: bool = False,
    came: bool = False,
) -> Enrolment:
    """Enrols the person. Twice enrols once; a person who left the group is enrolled again.

    ``came``: by a platform or the group's key, and not put on a list by the leader (see ``order_on``).
    """
    today = day_in(cohort.site.time_zone, now)
    order = order_on(cohort, today) if came else {"order_number": cohort.order_number, "order_date": cohort.order_date}
    added = session.scalar(
        insert(Enrolment)
        .values(
            cohort_id=cohort.id,
            person_id=person.id,
            enrolled_on=today,
            state_since=today,
            order_number=order_number or order["order_number"],
            order_date=order_date or order["order_date"],
            individual=individual,
        )
        .on_conflict_do_nothing(index_elements=["cohort_id", "person_id"])
        .returning(Enrolment.id)
    )
    enrolment = session.scalars(
        select(Enrolment).where(Enrolment.cohort_id == cohort.id, Enrolment.person_id == person.id)
    ).one()
    if enrolment.state in LEFT_STATES:
        enrolment.moved_to_id = None
        change_state(session, actor=actor, enrolment=enrolment, state="enrolled", on_date=today)
    audit.record(session, actor, "enrolment.enrol", enrolment, site_id=cohort.site_id, person=person.id)
    if added is not None:
        publish(session, EnrolmentsChanged(cohort.id, (added,), "enrolled"))
    return enrolment


def change_state(
    session: Session,
    *,
    actor: Actor | None,
    enrolment: Enrolment,
    state: str,
    on_date: date,
    order_number: str | None = None,
    reason: str = "",
    to_cohort: Cohort | None = None,
) -> None:
    """Sets the state (enrolled, transferred, finished, withdrawn) from this day, by this order; the history records it.

    Raises ``Invalid`` at ``on_date`` for a day before the enrolment, at ``state`` for a trainee whose enrolment goes on
    in another group.
    """
    if enrolment.moved_to_id is not None:
        raise Invalid(code="enrolment_goes_on_elsewhere", field="state")
    if on_date < enrolment.enrolled_on:
        raise Invalid(code="day_before_enrolment", field="on_date")
    enrolment.state, enrolment.state_since = state, on_date
    session.add(
        EnrolmentChange(
            enrolment_id=enrolment.id,
            state=state,
            on_date=on_date,
            order_number=order_number or None,
            reason=reason.strip()[:500],
            to_cohort_id=to_cohort.id if to_cohort else None,
            made_by_id=actor.account_id if actor else None,
        )
    )
    session.flush()
    site_id = enrolment.cohort.site_id
    audit.record(session, actor, "enrolment.change", enrolment, site_id=site_id, state=state, order=order_number)
    publish(session, EnrolmentsChanged(enrolment.cohort_id, (enrolment.id,), state))


def join_by_key(session: Session, *, actor: Actor | None, person: Person, key: str, now: datetime) -> Enrolment:
    """Enrols the person by the group's key; twice enrols once.

    Raises ``WrongKey`` at ``key``, and ``Invalid`` there for a person who left the group by an order.
    """
    text = "".join(sign for sign in key.strip().lower() if sign.isalnum())
    spelled = f"{text[:4]}-{text[4:]}"
    cohort = session.scalar(
        select(Cohort).where(Cohort.enrolment_key == spelled, Cohort.key_enabled, Cohort.closed_at.is_(None))
    )
    if cohort is None or day_in(cohort.site.time_zone, now) > cohort.ends_on:
        raise WrongKey
    left = (Enrolment.cohort_id == cohort.id, Enrolment.person_id == person.id, Enrolment.state.in_(LEFT_STATES))
    if session.scalar(select(Enrolment.id).where(*left)) is not None:
        raise Invalid(code="group_left_by_order", field="key")
    enrolment = enrol(session, actor=actor, cohort=cohort, person=person, now=now, came=True)
    enrolment.accepted_at = enrolment.accepted_at or now
    session.flush()
    return enrolment


def set_key(session: Session, *, actor: Actor, cohort: Cohort, enabled: bool, renew: bool = False) -> None:
    """Opens or closes self-enrolment by key; ``renew`` replaces the key."""
    cohort.key_enabled = enabled
    if renew or cohort.enrolment_key is None:
        cohort.enrolment_key = new_key()
    session.flush()
    audit.record(session, actor, "cohort.key", cohort, site_id=cohort.site_id, enabled=enabled)


def record_completion_order(
    session: Session, *, actor: Actor, cohort: Cohort, order_number: str, order_date: date, now: datetime
) -> None:
    """Records the order of completion and publishes ``ProgressMade`` for each trainee, so that the rule is evaluated
    again.

    Raises ``Invalid`` at ``order_number``, or at ``order_date`` for a day before the group began.
    """
    if not order_number.strip() or len(order_number.strip()) > LONGEST_NUMBER:
        raise Invalid(code="order_number_missing", field="order_number")
    if order_date < cohort.starts_on:
        raise Invalid(code="day_before_group", field="order_date")
    cohort.completion_order_number, cohort.completion_order_date = order_number.strip(), order_date
    session.flush()
    for enrolment_id in session.scalars(select(Enrolment.id).where(Enrolment.cohort_id == cohort.id)):
        publish(session, ProgressMade(enrolment_id, now))
    audit.record(session, actor, "cohort.finish", cohort, site_id=cohort.site_id, order=order_number)
    publish(session, CohortChanged(cohort.id, "completed"))


def finish_trainees(
    session: Session, *, actor: Actor, cohort: Cohort, on_date: date, order_number: str | None
) -> list[Enrolment]:
    """Sets every trainee whose hours are complete to finished, from this day and by this order; returns them."""
    needed = cohort.version.hours_needed or cohort.version.workload
    ready = session.scalars(
        select(Enrolment).where(
            Enrolment.cohort_id == cohort.id, Enrolment.state == "enrolled", Enrolment.hours_done >= needed
        )
    ).all()
    for enrolment in ready:
        day = max(on_date, enrolment.enrolled_on)
        change_state(
            session, actor=actor, enrolment=enrolment, state="finished", on_date=day, order_number=order_number
        )
    return list(ready)


def set_closed(session: Session, *, actor: Actor, cohort: Cohort, closed: bool, now: datetime) -> None:
    """Closes the group (nobody can join it), or opens it again."""
    changed = closed != (cohort.closed_at is not None)
    cohort.closed_at = (cohort.closed_at or now) if closed else None
    session.flush()
    audit.record(session, actor, "cohort.close" if closed else "cohort.open", cohort, site_id=cohort.site_id)
    if changed:
        publish(session, CohortChanged(cohort.id, "closed" if closed else "reopened"))


def set_enrolment_order(
    session: Session, *, actor: Actor, cohort: Cohort, order_number: str | None, order_date: date | None
) -> None:
    """Sets the order of enrolment, also for trainees enrolled already without one. Raises ``Invalid``."""
    number = (order_number or "").strip() or None
    if number and len(number) > LONGEST_NUMBER:
        raise Invalid(code="text_too_long", field="order_number", params={"count": LONGEST_NUMBER})
    cohort.order_number, cohort.order_date = number, order_date
    session.flush()
    if number:
        without = (Enrolment.cohort_id == cohort.id, Enrolment.order_number.is_(None))
        session.execute(update(Enrolment).where(*without).values(order_number=number, order_date=order_date))
    audit.record(session, actor, "cohort.order", cohort, site_id=cohort.site_id, order=number)
