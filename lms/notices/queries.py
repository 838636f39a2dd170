"""Reads what notices tell: groups in which something waits, results, certificates, dates. One query each, or two."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Select, and_, cast, exists, extract, func, literal, select, tuple_
from sqlalchemy.orm import Session, aliased

from assessment.attestation.queries import WAITS
from assessment.models.attestation import AttestationTask, Submission
from assessment.models.certificates import Certificate
from assessment.models.self_checks import Attempt, AttemptAllowance, SelfCheck
from assessment.self_checks.queries import BEST_PERCENT
from courses.models.groups import Cohort, Enrolment, TopicProgress
from courses.models.plan_views import DUE_DATE
from courses.models.programmes import ProgrammeVersion, Topic
from lms.core.people.models import Person
from lms.registry.models import Organization, Site, SiteStatus


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """A group with works or free answers that wait for a grader; ``task`` and ``person`` of the first one."""

    cohort_id: int
    site_id: int
    title: str
    count: int
    id: int
    """The submission or attempt that has waited longest."""
    task: str
    person: Person

    @property
    def detail(self) -> dict[str, Any]:
        """The values of the notice."""
        return {
            "group": self.title,
            "count": self.count,
            "id": self.id,
            "task": self.task,
            "name": self.person.short_name,
        }


def groups_with_works(session: Session, submission_ids: Sequence[int]) -> list[WaitingGroup]:
    """Returns the groups in which one of these works waits, with the number of all that wait there."""
    mine = select(Enrolment.cohort_id).join(Submission, Submission.enrolment_id == Enrolment.id)
    mine = mine.where(Submission.id.in_(submission_ids), WAITS)
    waiting = (
        select(Submission.enrolment_id, Submission.id, AttestationTask.title, Submission.waiting_since)
        .join(AttestationTask, AttestationTask.id == Submission.task_id)
        .where(WAITS)
    )
    return _groups(session, mine, waiting)


def groups_with_essays(session: Session, attempt_ids: Sequence[int]) -> list[WaitingGroup]:
    """Returns the groups in which free answers of one of these attempts wait, with the number of all that wait."""
    mine = select(Enrolment.cohort_id).join(Attempt, Attempt.enrolment_id == Enrolment.id)
    mine = mine.where(Attempt.id.in_(attempt_ids), Attempt.state == "needs_person")
    waiting = (
        select(Attempt.enrolment_id, Attempt.id, SelfCheck.title, Attempt.handed_in_at)
        .join(SelfCheck, SelfCheck.id == Attempt.self_check_id)
        .where(Attempt.state == "needs_person")
    )
    return _groups(session, mine, waiting)


def _groups(
    session: Session, cohorts: Select[Any], waiting: Select[int, int, str, datetime | None]
) -> list[WaitingGroup]:
    """Returns the first row of ``waiting`` (enrolment, id, title, moment) of each group, and the number of them."""
    rows = waiting.subquery("waiting")
    enrolment_id, key, title, since = rows.c
    ranked = (
        select(
            Cohort.id.label("cohort_id"),
            Cohort.site_id,
            Cohort.title.label("cohort"),
            func.count().over(partition_by=Cohort.id).label("waiting"),
            func.row_number().over(partition_by=Cohort.id, order_by=(since, key)).label("place"),
            key.label("first_id"),
            title.label("task"),
            Enrolment.person_id,
        )
        .join(Enrolment, Enrolment.id == enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.id.in_(cohorts))
        .subquery()
    )
    of = ranked.c
    found = session.execute(
        select(of.cohort_id, of.site_id, of.cohort, of.waiting, of.first_id, of.task, Person)
        .join(Person, Person.id == of.person_id)
        .where(of.place == 1)
        .order_by(of.cohort_id)
    )
    return [WaitingGroup(*row) for row in found]


@dataclass(frozen=True, slots=True)
class AttemptsUsed:
    """A trainee who has used every attempt at an obligatory self-check and is below its threshold."""

    enrolment_id: int
    cohort_id: int
    site_id: int
    check_id: int
    check: str
    used: int
    percent: Any
    threshold: Any
    person: Person

    @property
    def key(self) -> str:
        """One notice for each number of attempts used: a further attempt that fails is told again."""
        return f"attempts:{self.enrolment_id}:{self.check_id}:{self.used}"

    @property
    def detail(self) -> dict[str, Any]:
        """The values of the notice."""
        return {
            "enrolment_id": self.enrolment_id,
            "check": self.check,
            "name": self.person.short_name,
            "percent": f"{self.percent or 0:.0f}",
            "threshold": f"{self.threshold:.0f}",
        }


def attempts_used_up(session: Session, attempt_ids: Sequence[int]) -> list[AttemptsUsed]:
    """Returns the trainees of these attempts who are below the threshold and have no attempt left."""
    same = select(Attempt.self_check_id, Attempt.enrolment_id).where(Attempt.id.in_(attempt_ids))
    counted = (
        select(
            Attempt.self_check_id.label("check_id"),
            Attempt.enrolment_id.label("enrolment_id"),
            func.count().label("used"),
            func.bool_and(Attempt.state == "graded").label("final"),
            BEST_PERCENT.label("best"),
        )
        .where(tuple_(Attempt.self_check_id, Attempt.enrolment_id).in_(same))
        .group_by(Attempt.self_check_id, Attempt.enrolment_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Enrolment.id,
            Cohort.id,
            Cohort.site_id,
            SelfCheck.id,
            SelfCheck.title,
            counted.c.used,
            counted.c.best,
            ProgrammeVersion.self_check_threshold,
            Person,
        )
        .select_from(counted)
        .join(SelfCheck, SelfCheck.id == counted.c.check_id)
        .join(Enrolment, Enrolment.id == counted.c.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Cohort.version_id)
        .outerjoin(
            AttemptAllowance,
            and_(AttemptAllowance.self_check_id == SelfCheck.id, AttemptAllowance.enrolment_id == Enrolment.id),
        )
        .where(
            SelfCheck.required,
            SelfCheck.purpose == "topic",
            SelfCheck.removed_at.is_(None),
            counted.c.used >= SelfCheck.attempts_allowed + func.coalesce(AttemptAllowance.extra, 0),
            counted.c.final,
            func.coalesce(counted.c.best, 0) < ProgrammeVersion.self_check_threshold,
            Enrolment.state == "enrolled",
        )
        .order_by(Enrolment.id)
    )
    return [AttemptsUsed(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A certificate and its holder."""

    person_id: int
    cohort_id: int
    kind: str
    number: str
    language: str


def issued(session: Session, certificate_ids: Iterable[int]) -> list[IssuedCertificate]:
    """Returns these certificates with their holders."""
    rows = session.execute(
        select(
            Enrolment.person_id, Enrolment.cohort_id, Certificate.kind, Certificate.number_text, Certificate.language
        )
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Certificate.id.in_(list(certificate_ids)))
        .order_by(Certificate.id)
    )
    return [IssuedCertificate(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class DueThing:
    """A topic or a task of a trainee that is due on a day and not done."""

    enrolment_id: int
    person_id: int
    cohort_id: int
    day: date
    title: str


FIRST_HOUR = 6
"""Hour of the site's day from which trainees are told what is due on the next day: before the morning's digest."""


def due_tomorrow(session: Session, now: datetime) -> list[DueThing]:
    """Returns what is due tomorrow by the clock of each site where the day has begun, tasks before topics."""
    local = func.timezone(Organization.time_zone, literal(now))
    tomorrow = cast(local, Date) + 1
    title = func.coalesce(AttestationTask.title, Topic.title)
    due = DUE_DATE.c
    handed_in = exists().where(
        Submission.task_id == due.task_id,
        Submission.enrolment_id == Enrolment.id,
        Submission.state.in_(("handed_in", "accepted")),
    )
    completed = exists().where(
        TopicProgress.enrolment_id == Enrolment.id, TopicProgress.topic_lineage == due.topic_lineage
    )
    rows = (
        select(Enrolment.id, Enrolment.person_id, Cohort.id, due.due_on, title)
        .select_from(DUE_DATE)
        .join(Enrolment, Enrolment.id == due.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Site, Site.id == Cohort.site_id)
        .join(Organization, Organization.id == Site.organization_id)
        .outerjoin(Topic, Topic.id == due.topic_id)
        .outerjoin(AttestationTask, AttestationTask.id == due.task_id)
        .where(
            due.due_on == tomorrow,
            extract("hour", local) >= FIRST_HOUR,
            Enrolment.state == "enrolled",
            Cohort.closed_at.is_(None),
            func.coalesce(Topic.id, AttestationTask.id).is_not(None),
            and_(due.task_id.is_not(None), ~handed_in) | and_(due.task_id.is_(None), ~completed),
        )
        .order_by(Enrolment.id, due.task_id.is_(None), AttestationTask.id, Topic.id)
    )
    return [DueThing(*row) for row in session.execute(rows)]


def ending_statuses(session: Session, today: date, within: timedelta) -> Sequence[SiteStatus]:
    """Returns statuses that run and end within this time, of sites without a later status."""
    later = aliased(SiteStatus)
    renewed = exists().where(
        later.site_id == SiteStatus.site_id, later.ended_on.is_(None), later.ends_on > SiteStatus.ends_on
    )
    return session.scalars(
        select(SiteStatus)
        .where(SiteStatus.ended_on.is_(None), SiteStatus.ends_on.between(today, today + within), ~renewed)
        .order_by(SiteStatus.id)
    ).all()
