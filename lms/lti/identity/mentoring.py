"""Progress of a mentor's mentees (claim ``role_scope_mentor``), read-only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from courses.groups.queries import today_at
from courses.models.groups import Cohort, Enrolment, TopicProgress
from courses.models.plan_views import DUE_DATE
from courses.models.programmes import ProgrammeVersion, Section, Topic
from lms.core.auth.identities import ExternalIdentity
from lms.core.people.models import Account, Person
from lms.lti.identity.account_resolution import is_of_issuer
from lms.lti.models.launches import ContentItem, Launch
from lms.registry.models import Organization, Site

MOST_MENTEES = 100
"""Largest number of mentees on a page."""


@dataclass(frozen=True, slots=True)
class PendingTopic:
    """A topic that is not completed."""

    title: str
    due_on: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class Mentee:
    """A trainee's progress in one group."""

    enrolment_id: int
    name: str
    programme: str
    group: str
    state: str
    hours_done: Decimal
    hours_planned: Decimal
    topics: tuple[PendingTopic, ...] = ()
    """Topics that are not completed, by due date."""

    @property
    def late(self) -> list[PendingTopic]:
        """Topics past their due date."""
        return [topic for topic in self.topics if topic.late]


def mentees_of(session: Session, launch: Launch, now: datetime) -> list[Mentee]:
    """Returns the mentees named by the launch, in groups that its course shows. Two queries."""
    subjects = [subject for subject in launch.mentees if isinstance(subject, str)][:MOST_MENTEES]
    if not subjects:
        return []
    rows = session.execute(_enrolled(launch, subjects)).all()
    topics = _topics(session, [row[0] for row in rows], now) if rows else {}
    return [_mentee(row, topics.get(row[0], [])) for row in rows]


def _mentee(row: Sequence[Any], topics: list[PendingTopic]) -> Mentee:
    return Mentee(*row, topics=tuple(topics))  # type: ignore[misc]


def _enrolled(launch: Launch, subjects: Sequence[str]) -> Any:
    shown = select(ContentItem.cohort_id).where(ContentItem.context_id == launch.context_id)
    placement = launch.link.placement if launch.link else None
    of_group = Enrolment.cohort_id == placement.cohort_id if placement else Enrolment.cohort_id.in_(shown)
    return (
        select(
            Enrolment.id,
            func.concat_ws(" ", Person.surname, Person.given_name, func.nullif(Person.patronymic, "")),
            ProgrammeVersion.title,
            Cohort.title,
            Enrolment.state,
            Enrolment.hours_done,
            ProgrammeVersion.workload,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Account, Account.person_id == Person.id)
        .join(ExternalIdentity, ExternalIdentity.account_id == Account.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Cohort.version_id)
        .where(
            is_of_issuer(launch.platform),
            ExternalIdentity.subject.in_(subjects),
            Enrolment.state.in_(("enrolled", "finished")),
            of_group,
        )
        .order_by(Person.sort_key, Enrolment.id)
    )


def _topics(session: Session, enrolment_ids: Sequence[int], now: datetime) -> dict[int, list[PendingTopic]]:
    """Returns the topics that are not completed, by enrolment id."""
    due_on = DUE_DATE.c.due_on
    done = select(TopicProgress.enrolment_id).where(
        TopicProgress.enrolment_id == Enrolment.id, TopicProgress.topic_lineage == Topic.lineage
    )
    rows = session.execute(
        select(Enrolment.id, Topic.title, due_on, func.coalesce(due_on < today_at(now), False))
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Site, Site.id == Cohort.site_id)
        .join(Organization, Organization.id == Site.organization_id)
        .join(DUE_DATE, and_(DUE_DATE.c.enrolment_id == Enrolment.id, DUE_DATE.c.task_id.is_(None)))
        .join(Topic, Topic.id == DUE_DATE.c.topic_id)
        .join(Section, Section.id == Topic.section_id)
        .where(
            DUE_DATE.c.enrolment_id.in_(enrolment_ids),  # a value, so that the view computes no other trainee's dates
            Enrolment.state == "enrolled",
            ~done.exists(),
        )
        .order_by(due_on.nulls_last(), Section.position, Topic.position)
    )
    found: dict[int, list[PendingTopic]] = defaultdict(list)
    for key, title, due, late in rows:
        found[key].append(PendingTopic(title, due, late))
    return found
