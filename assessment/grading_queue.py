"""The queue of a grader: works that wait for a review and self-checks whose free answers wait to be read, together, the
longest waiting first.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, false, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from assessment.attestation.queries import WAITS
from assessment.models.attestation import AttestationTask, Submission
from assessment.models.self_checks import Attempt, SelfCheck
from courses.models.groups import Cohort, Enrolment
from lms.core.auth.policy import Actor
from lms.core.people.models import Person

WORK, ESSAY = "work", "essay"
Waiting = tuple[str, int]
"""Kind (``WORK`` or ``ESSAY``) and id of the submission or attempt."""


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """A work or a self-check with free answers that waits for a grader, as a row of a list."""

    kind: str
    id: int
    since: datetime
    task: str
    """Title of the task or of the self-check."""
    task_kind: str
    """``current`` or ``final``; ``essay`` for a self-check."""
    topic_lineage: uuid.UUID | None
    enrolment_id: int
    claimed_by_id: int | None
    cohort: str
    trainee: Person

    @property
    def person_id(self) -> int:
        """Id of the trainee's person."""
        return self.trainee.id

    @property
    def person(self) -> str:
        """Surname and initials of the trainee."""
        return self.trainee.short_name

    @property
    def key(self) -> Waiting:
        """Kind and id."""
        return self.kind, self.id


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Position of an item in the queue, from one; ``place`` 0: not in the queue."""

    place: int
    count: int
    before: Waiting | None
    after: Waiting | None


@dataclass(frozen=True, slots=True)
class QueueScope:
    """Limits of a queue besides its sites; an empty scope shows everything."""

    enrolments: tuple[ColumnElement[bool], ...] = ()
    """Conditions of the enrolments."""
    task_id: int | None = None
    """The only task whose works are shown, without self-checks."""


EVERYTHING = QueueScope()


def _of_sites(
    site_ids: Sequence[int], grader: Actor | None, only: QueueScope = EVERYTHING
) -> CompoundSelect[str, int, datetime | None, int]:
    """Selects kind, id, moment and enrolment of what waits at these sites; nobody grades their own work."""
    of_others = true() if grader is None else Enrolment.person_id.is_distinct_from(grader.person_id)
    of_task = true() if only.task_id is None else Submission.task_id == only.task_id
    here = (
        select(Enrolment.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.site_id.in_(site_ids), of_others, *only.enrolments)
    )
    enrolments = func.any(func.array(here.scalar_subquery()))  # computed once: what waits elsewhere is not read
    works = select(
        literal(WORK).label("kind"),
        Submission.id.label("id"),
        Submission.waiting_since.label("since"),
        Submission.enrolment_id.label("enrolment_id"),
    ).where(WAITS, Submission.enrolment_id == enrolments, of_task)
    essays = (
        select(literal(ESSAY), Attempt.id, Attempt.handed_in_at, Attempt.enrolment_id)
        .where(Attempt.state == "needs_person", Attempt.enrolment_id == enrolments)
        .where(true() if only.task_id is None else false())
    )
    return union_all(works, essays)


def count_waiting(session: Session, site_ids: Sequence[int], grader: Actor, *, only: QueueScope = EVERYTHING) -> int:
    """Returns the number of works and self-checks that wait for the grader at these sites. One query."""
    if not site_ids:
        return 0
    return session.scalar(select(func.count()).select_from(_of_sites(site_ids, grader, only).subquery())) or 0


def waiting_items(
    session: Session,
    site_ids: Sequence[int],
    limit: int,
    offset: int = 0,
    *,
    grader: Actor | None = None,
    only: QueueScope = EVERYTHING,
) -> list[WaitingItem]:
    """Returns what waits at these sites, longest waiting first; with a grader, what other people did. One query."""
    waiting = _of_sites(site_ids, grader, only).subquery("waiting")
    at = waiting.c
    rows = session.execute(
        select(
            at.kind,
            at.id,
            at.since,
            func.coalesce(AttestationTask.title, SelfCheck.title),
            func.coalesce(AttestationTask.kind, ESSAY),
            func.coalesce(AttestationTask.topic_lineage, SelfCheck.topic_lineage),
            at.enrolment_id,
            Submission.claimed_by_id,
            Cohort.title,
            Person,
        )
        .select_from(waiting)
        .outerjoin(Submission, (at.kind == WORK) & (Submission.id == at.id))
        .outerjoin(AttestationTask, AttestationTask.id == Submission.task_id)
        .outerjoin(Attempt, (at.kind == ESSAY) & (Attempt.id == at.id))
        .outerjoin(SelfCheck, SelfCheck.id == Attempt.self_check_id)
        .join(Enrolment, Enrolment.id == at.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Person, Person.id == Enrolment.person_id)
        .order_by(at.since, at.kind, at.id)
        .limit(limit)
        .offset(offset)
    )
    return [WaitingItem(*row) for row in rows]


def neighbours(
    session: Session, item: Waiting, site_ids: Sequence[int], grader: Actor, *, only: QueueScope = EVERYTHING
) -> Neighbours:
    """Returns what stands before and after this item in the grader's queue; the first follows the last."""
    at = _of_sites(site_ids, grader, only).subquery("waiting").c
    rows = session.execute(select(at.kind, at.id).order_by(at.since, at.kind, at.id))
    queue: list[Waiting] = [(kind, key) for kind, key in rows]
    if item not in queue:
        return Neighbours(0, len(queue), None, queue[0] if queue else None)
    place = queue.index(item)
    before = queue[place - 1] if place else None
    after = queue[place + 1] if place + 1 < len(queue) else (queue[0] if len(queue) > 1 else None)
    return Neighbours(place + 1, len(queue), before, after)
