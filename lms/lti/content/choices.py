"""Content of a group's course that a platform's link can show: programme, topics, self-checks, tasks, certificate."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from sqlalchemy.orm import Session

from assessment.attestation.due_dates import due_in_group
from assessment.attestation.tasks import tasks_of
from assessment.models.attestation import AttestationTask
from assessment.self_checks.queries import SelfCheckSummary, checks_of
from courses.groups.queries import CohortSummary, cohorts
from courses.models.groups import Cohort
from courses.progress.queries import PlanTopic, plan_topics
from lms.core.auth.policy import Actor
from lms.core.auth.roles import SITE_STAFF
from lms.core.i18n import use_locale
from lms.core.sentences import ErrorDetail, sentence

SELF_CHECK_MAXIMUM = Decimal(100)
"""A self-check's result is a percentage."""
SHARE_MAXIMUM = Decimal(100)
"""Maximum of a topic (the completed share) and of a task without criteria (accepted or not): a column of one point
would weigh next to nothing beside the others, where a gradebook adds points up.
"""
LONGEST_TITLE = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """Content that a link can show. ``value`` identifies it within its group in forms."""

    kind: str
    value: str
    title: str
    hours: Decimal | None = None
    """Academic hours; None if it has none of its own."""
    due_on: date | None = None
    maximum: Decimal | None = None
    """Points in the gradebook; None if it has no result."""
    missing: ErrorDetail | None = None
    """Reason why it cannot be chosen yet."""
    topic_lineage: uuid.UUID | None = None
    self_check_id: int | None = None
    task_id: int | None = None
    lineage: uuid.UUID | None = None
    """Of a task: the same in all versions of the programme."""
    accepted_only: bool = False
    """True for a task without criteria, which is accepted or not."""


@dataclass(frozen=True, slots=True)
class TopicBranch:
    """A topic with its self-checks and tasks."""

    topic: Choice
    inside: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SectionBranch:
    """A section of the plan with its topics."""

    title: str
    topics: tuple[TopicBranch, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """All content of one group that can be shown, as a tree."""

    cohort: Cohort
    programme: Choice
    loose: tuple[Choice, ...]
    """Entry tests, and tasks of the whole programme."""
    sections: tuple[SectionBranch, ...]
    certificate: Choice

    def all(self) -> Iterator[Choice]:
        """Yields every choice in the order of the page."""
        yield self.programme
        yield from self.loose
        for section in self.sections:
            for branch in section.topics:
                yield branch.topic
                yield from branch.inside
        yield self.certificate

    def named(self, values: Iterable[str]) -> list[Choice]:
        """Returns the choices with these values, once each, in the tree's order; unknown values are ignored."""
        wanted = set(values)
        return [choice for choice in self.all() if choice.value in wanted]


def groups_to_show(session: Session, actor: Actor, now: datetime) -> list[CohortSummary]:
    """Returns the groups that the actor may show on a platform: not closed, of their sites, current ones first."""
    sites = actor.ids("site", *SITE_STAFF)
    if not sites:
        return []
    order = ("running", "future", "over")
    found = [line for line in cohorts(session, sites, now) if not line.closed]
    return sorted(found, key=lambda line: order.index(line.stage))


def choices_of(session: Session, cohort: Cohort) -> Choices:
    """Returns the group's content with hours, dates and points. Five queries."""
    due, due_tasks = due_in_group(session, cohort.id)
    tasks = [_task(task, due_tasks) for task in tasks_of(session, cohort.version_id)]
    checks = [_check(listed, due) for listed in checks_of(session, cohort.version.programme_id)]
    topics = plan_topics(session, cohort.version_id)
    inside = _by_topic([*checks, *tasks], topics)
    return Choices(
        cohort=cohort,
        programme=_programme(cohort),
        loose=inside.get(None, ()),
        sections=_sections(topics, due, inside),
        certificate=_certificate(cohort),
    )


def _programme(cohort: Cohort) -> Choice:
    version = cohort.version
    workload = version.workload
    return Choice(
        kind="programme",
        value="programme",
        title=version.title[:LONGEST_TITLE],
        hours=workload,
        due_on=cohort.ends_on,
        maximum=workload or SHARE_MAXIMUM,
    )


def _certificate(cohort: Cohort) -> Choice:
    with use_locale(cohort.version.programme.language):
        title = sentence("certificate_of_programme", {"programme": cohort.version.title})
    return Choice(kind="certificate", value="certificate", title=title[:LONGEST_TITLE])


def _check(listed: SelfCheckSummary, due: dict[uuid.UUID, date]) -> Choice:
    check = listed.check
    return Choice(
        kind="self_check",
        value=f"check-{check.id}",
        title=check.title,
        due_on=due.get(check.topic_lineage) if check.topic_lineage else None,
        maximum=SELF_CHECK_MAXIMUM,
        missing=None if listed.questions else ErrorDetail("content_without_questions"),
        topic_lineage=check.topic_lineage,
        self_check_id=check.id,
    )


def _task(task: AttestationTask, due: dict[int, date]) -> Choice:
    points = sum((criterion.max_points for criterion in task.criteria), Decimal(0))
    return Choice(
        kind="task",
        value=f"task-{task.id}",
        title=task.title,
        due_on=due.get(task.id),
        maximum=points or SHARE_MAXIMUM,
        topic_lineage=task.topic_lineage,
        task_id=task.id,
        lineage=task.lineage,
        accepted_only=not points,
    )


def _by_topic(parts: Iterable[Choice], topics: Sequence[PlanTopic]) -> dict[uuid.UUID | None, tuple[Choice, ...]]:
    """Groups choices by topic, None for those without one. Choices of topics not in this version are left out."""
    known = {topic.lineage for topic in topics}
    found: dict[uuid.UUID | None, tuple[Choice, ...]] = {}
    for part in parts:
        if part.topic_lineage is None or part.topic_lineage in known:
            found[part.topic_lineage] = (*found.get(part.topic_lineage, ()), part)
    return found


def _sections(
    topics: Sequence[PlanTopic], due: dict[uuid.UUID, date], inside: dict[uuid.UUID | None, tuple[Choice, ...]]
) -> tuple[SectionBranch, ...]:
    return tuple(
        SectionBranch(
            title, tuple(TopicBranch(_topic(topic, due), inside.get(topic.lineage, ())) for topic in of_section)
        )
        for title, of_section in groupby(topics, key=lambda topic: topic.section)
    )


def _topic(topic: PlanTopic, due: dict[uuid.UUID, date]) -> Choice:
    return Choice(
        kind="topic",
        value=f"topic-{topic.lineage}",
        title=f"{topic.number} {topic.title}"[:LONGEST_TITLE],
        hours=topic.hours,
        due_on=due.get(topic.lineage),
        maximum=SHARE_MAXIMUM,
        topic_lineage=topic.lineage,
    )
