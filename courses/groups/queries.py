"""Queries of groups: lists, trainees of a group, history of an enrolment. Each has a fixed number of statements."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Select, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from courses.groups.grid import PRESENT
from courses.models.groups import Cohort, Enrolment, EnrolmentChange, TopicDeadline, TopicProgress
from courses.models.plan_views import DUE_DATE, due_dates_of_groups
from courses.models.programmes import Programme, ProgrammeVersion, Topic, TopicHours
from lms.core.people.models import Account, Person
from lms.registry.models import Organization, Site


def today_at(moment: datetime) -> Any:
    """Returns the SQL expression of the calendar day of this moment at the row's organisation (``Organization`` must
    be joined).
    """
    return cast(func.timezone(Organization.time_zone, moment), Date)


# Lists of groups


@dataclass(frozen=True, slots=True)
class CohortSummary:
    """A group in a list: number of trainees, progress, and expected progress."""

    id: int
    title: str
    programme: str
    site_id: int
    site: str
    starts_on: date
    ends_on: date
    today: date
    closed: bool
    workload: Decimal
    trainees: int
    """Enrolled and finished trainees."""
    unfinished: int
    accepted: int
    average: Decimal
    """Average credited hours per trainee."""
    expected: Decimal | None
    """Hours expected by today; ``None`` if no topic has a date."""

    @property
    def stage(self) -> str:
        """``running``, ``future`` or ``over``."""
        if self.closed or self.ends_on < self.today:
            return "over"
        return "future" if self.starts_on > self.today else "running"


def cohorts(
    session: Session, site_ids: Sequence[int], now: datetime, *, over: bool | None = None
) -> list[CohortSummary]:
    """Returns the groups of these sites by date; ``over``: only those that ended, or only the others. One query."""
    today = today_at(now)
    ended = or_(Cohort.closed_at.is_not(None), Cohort.ends_on < today)
    people, schedule = _people_counts(site_ids), _expected(site_ids, now)
    rows = (
        select(
            Cohort.id,
            Cohort.title,
            ProgrammeVersion.title,
            Cohort.site_id,
            Organization.short_name,
            Cohort.starts_on,
            Cohort.ends_on,
            today,
            Cohort.closed_at.is_not(None),
            ProgrammeVersion.workload,
            func.coalesce(people.c.trainees, 0),
            func.coalesce(people.c.unfinished, 0),
            func.coalesce(people.c.accepted, 0),
            func.coalesce(people.c.average, 0),
            schedule.c.expected,
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == Cohort.version_id)
        .join(Site, Site.id == Cohort.site_id)
        .join(Organization, Organization.id == Site.organization_id)
        .outerjoin(people, people.c.cohort_id == Cohort.id)
        .outerjoin(schedule, schedule.c.cohort_id == Cohort.id)
        .where(Cohort.site_id.in_(site_ids))
    )
    if over is not None:
        rows = rows.where(ended if over else ~ended)
    order = (Cohort.ends_on.desc(), Cohort.id.desc()) if over else (Cohort.starts_on, Cohort.ends_on, Cohort.id)
    return [CohortSummary(*row) for row in session.execute(rows.order_by(*order)).all()]


def _groups_of(site_ids: Sequence[int]) -> Select[Any]:
    """Returns the ids of the groups of these sites."""
    return select(Cohort.id).where(Cohort.site_id.in_(site_ids))


def _people_counts(site_ids: Sequence[int]) -> Any:
    accepted = or_(Enrolment.accepted_at.is_not(None), Enrolment.last_seen_at.is_not(None))
    return (
        select(
            Enrolment.cohort_id,
            func.count().label("trainees"),
            func.count().filter(Enrolment.state == "enrolled").label("unfinished"),
            func.count().filter(accepted).label("accepted"),
            func.round(func.avg(Enrolment.hours_done), 1).label("average"),
        )
        .where(Enrolment.state.in_(PRESENT), Enrolment.cohort_id.in_(_groups_of(site_ids)))
        .group_by(Enrolment.cohort_id)
        .subquery()
    )


def _expected(site_ids: Sequence[int], now: datetime) -> Any:
    """Returns, per group of these sites that has dates, the hours of the topics whose due date has passed."""
    view = DUE_DATE.c
    of_groups = (view.enrolment_id.is_(None), view.task_id.is_(None), view.due_on.is_not(None))
    due = due_dates_of_groups(_groups_of(site_ids), *of_groups).c
    passed = due.due_on < today_at(now)
    return (
        select(
            due.cohort_id,
            func.coalesce(func.sum(TopicHours.hours).filter(passed), 0).label("expected"),
        )
        .join(Cohort, Cohort.id == due.cohort_id)
        .join(Site, Site.id == Cohort.site_id)
        .join(Organization, Organization.id == Site.organization_id)
        .outerjoin(TopicHours, TopicHours.topic_id == due.topic_id)
        .group_by(due.cohort_id)
        .subquery()
    )


@dataclass(frozen=True, slots=True)
class Overdue:
    """A topic that a trainee should have completed by now."""

    enrolment_id: int
    cohort_id: int
    cohort: str
    person: str
    last_seen: datetime | None
    lineage: uuid.UUID
    topic: str
    hours: Decimal
    due_on: date


def overdue(session: Session, site_ids: Sequence[int], now: datetime) -> list[Overdue]:
    """Returns overdue topics in running groups, the oldest date first. One query.

    Works that wait for grading are included: this layer has no access to them.
    """
    if not site_ids:
        return []
    running = _groups_of(site_ids).where(Cohort.closed_at.is_(None))
    dates = due_dates_of_groups(running, DUE_DATE.c.enrolment_id.is_not(None), DUE_DATE.c.task_id.is_(None))
    due = dates.c
    hours = select(func.coalesce(func.sum(TopicHours.hours), 0)).where(TopicHours.topic_id == Topic.id)
    rows = (
        select(
            Enrolment.id,
            Cohort.id,
            Cohort.title,
            func.concat_ws(" ", Person.surname, Person.given_name, func.nullif(Person.patronymic, "")),
            Enrolment.last_seen_at,
            Topic.lineage,
            Topic.title,
            hours.correlate(Topic).scalar_subquery(),
            due.due_on,
        )
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Site, Site.id == Cohort.site_id)
        .join(Organization, Organization.id == Site.organization_id)
        .join(dates, due.enrolment_id == Enrolment.id)
        .join(Topic, Topic.id == due.topic_id)
        .where(
            Cohort.ends_on >= today_at(now),
            Enrolment.state == "enrolled",
            due.due_on < today_at(now),
            due.due_on >= Enrolment.enrolled_on,
            ~_completed().exists(),
        )
        .order_by(due.due_on, Person.sort_key, Enrolment.id)
    )
    return [Overdue(*row) for row in session.execute(rows).all()]


def _completed() -> Select[Any]:
    return (
        select(TopicProgress.enrolment_id)
        .where(TopicProgress.enrolment_id == Enrolment.id, TopicProgress.topic_lineage == Topic.lineage)
        .correlate(Enrolment, Topic)
    )


@dataclass(frozen=True, slots=True)
class TraineeNotStarted:
    """A trainee who has not opened the course yet; ``written``: was invited and has an e-mail address."""

    enrolment_id: int
    surname: str
    written: bool


def trainees_not_started(session: Session, cohort_ids: Sequence[int]) -> dict[int, list[TraineeNotStarted]]:
    """Returns group id → trainees who have not opened the course yet, by name. One query."""
    found: dict[int, list[TraineeNotStarted]] = defaultdict(list)
    written = and_(Enrolment.invited_at.is_not(None), Account.email.is_not(None))
    rows = (
        select(Enrolment.cohort_id, Enrolment.id, Person.surname, written)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(
            Enrolment.cohort_id.in_(cohort_ids),
            Enrolment.state == "enrolled",
            Enrolment.accepted_at.is_(None),
            Enrolment.last_seen_at.is_(None),
        )
        .order_by(Person.sort_key, Enrolment.id)
    )
    for cohort_id, enrolment_id, surname, known in session.execute(rows) if cohort_ids else ():
        found[cohort_id].append(TraineeNotStarted(enrolment_id, surname, bool(known)))
    return found


@dataclass(frozen=True, slots=True)
class DueDay:
    """A topic that is due in a group soon."""

    cohort_id: int
    cohort: str
    topic: str
    due_on: date
    trainees: int
    done: int


def due_between(session: Session, site_ids: Sequence[int], first: date, last: date) -> list[DueDay]:
    """Returns the groups' due dates in these days, with the number of trainees who have completed the topic. One
    query.
    """
    of_groups = (DUE_DATE.c.enrolment_id.is_(None), DUE_DATE.c.due_on.between(first, last))
    running = _groups_of(site_ids).where(Cohort.closed_at.is_(None))
    dates = due_dates_of_groups(running, *of_groups)
    due = dates.c
    present = and_(Enrolment.cohort_id == Cohort.id, Enrolment.state.in_(PRESENT))
    progress = and_(TopicProgress.enrolment_id == Enrolment.id, TopicProgress.topic_lineage == Topic.lineage)
    rows = (
        select(
            Cohort.id,
            Cohort.title,
            Topic.title,
            due.due_on,
            func.count(Enrolment.id),
            func.count(TopicProgress.enrolment_id),
        )
        .select_from(dates)
        .join(Cohort, Cohort.id == due.cohort_id)
        .join(Topic, Topic.id == due.topic_id)
        .join(Enrolment, present)
        .outerjoin(TopicProgress, progress)
        .group_by(Cohort.id, Topic.id, due.due_on)
        .order_by(due.due_on, Cohort.id, Topic.id)
    )
    return [DueDay(*row) for row in session.execute(rows).all()]


# Versions for new groups, groups for transfers


def approved_versions(session: Session, site_ids: Sequence[int]) -> Sequence[ProgrammeVersion]:
    """Returns the latest approved version of each programme of these sites, by title."""
    latest = (
        select(func.max(ProgrammeVersion.number))
        .where(ProgrammeVersion.programme_id == Programme.id, ProgrammeVersion.state == "approved")
        .correlate(Programme)
    )
    return session.scalars(
        select(ProgrammeVersion)
        .join(ProgrammeVersion.programme)
        .where(
            Programme.site_id.in_(site_ids),
            Programme.archived_at.is_(None),
            ProgrammeVersion.number == latest.scalar_subquery(),
        )
        .order_by(ProgrammeVersion.title, ProgrammeVersion.id)
    ).all()


def other_open_groups(session: Session, cohort: Cohort) -> Sequence[Cohort]:
    """Returns the other open groups of the site, to which a trainee can be moved."""
    return session.scalars(
        select(Cohort)
        .where(Cohort.site_id == cohort.site_id, Cohort.id != cohort.id, Cohort.closed_at.is_(None))
        .order_by(Cohort.starts_on.desc(), Cohort.id)
    ).all()


@dataclass(frozen=True, slots=True)
class EnrolmentEvent:
    """An event in the history of an enrolment."""

    state: str
    """State of the enrolment after the event, or ``joined`` for the enrolment itself."""
    on_date: date
    order_number: str | None
    reason: str
    by: str
    to_cohort: str


def history(session: Session, enrolment: Enrolment) -> list[EnrolmentEvent]:
    """Returns the history of the enrolment, the latest event first. One query."""
    other = aliased(Cohort)
    rows = session.execute(
        select(EnrolmentChange, Person, other.title)
        .outerjoin(Account, Account.id == EnrolmentChange.made_by_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(other, other.id == EnrolmentChange.to_cohort_id)
        .where(EnrolmentChange.enrolment_id == enrolment.id)
        .order_by(EnrolmentChange.id.desc())
    )
    changes = [
        EnrolmentEvent(row.state, row.on_date, row.order_number, row.reason, by.short_name if by else "", title or "")
        for row, by, title in rows
    ]
    return [*changes, EnrolmentEvent("joined", enrolment.enrolled_on, enrolment.order_number, "", "", "")]


def deadlines(session: Session, cohort_id: int, enrolment_id: int | None = None) -> dict[uuid.UUID, date]:
    """Returns the group's due dates per topic, or the own dates of one trainee."""
    whose = TopicDeadline.enrolment_id == enrolment_id if enrolment_id else TopicDeadline.enrolment_id.is_(None)
    rows = select(TopicDeadline.topic_lineage, TopicDeadline.due_on).where(TopicDeadline.cohort_id == cohort_id, whose)
    return {row[0]: row[1] for row in session.execute(rows)}


def enrolments(session: Session, cohort_id: int, ids: Iterable[int] | None = None) -> Sequence[Enrolment]:
    """Returns the group's trainees by name, or those with these ids; ids of other groups are ignored."""
    rows = select(Enrolment).join(Enrolment.person).outerjoin(Person.account)
    rows = rows.options(contains_eager(Enrolment.person).contains_eager(Person.account))
    rows = rows.where(Enrolment.cohort_id == cohort_id).order_by(Person.sort_key, Enrolment.id)
    if ids is not None:
        rows = rows.where(Enrolment.id.in_(list(ids)))
    return session.scalars(rows).all()


@dataclass(slots=True)
class LateTrainee:
    """A trainee with overdue topics."""

    enrolment_id: int
    cohort_id: int
    cohort: str
    person: str
    last_seen: datetime | None
    hours: Decimal
    """Academic hours of the overdue topics."""
    topic: str
    """The topic that has been overdue longest."""
    due_on: date


def late_trainees(found: Iterable[Overdue], waiting: Collection[tuple[int, uuid.UUID | None]]) -> list[LateTrainee]:
    """Returns trainees with overdue topics, the most hours first. ``waiting``: (enrolment, topic) of works that wait
    for grading.
    """
    people: dict[int, LateTrainee] = {}
    for one in found:
        if (one.enrolment_id, one.lineage) in waiting:
            continue
        known = people.get(one.enrolment_id)
        if known is None:
            facts = (one.enrolment_id, one.cohort_id, one.cohort, one.person, one.last_seen)
            people[one.enrolment_id] = LateTrainee(*facts, one.hours, one.topic, one.due_on)
        else:
            known.hours += one.hours
    return sorted(people.values(), key=lambda one: (-one.hours, one.due_on, one.enrolment_id))
