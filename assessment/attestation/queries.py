"""Reading works: what waits for a grader."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask, Submission
from courses.models.groups import Cohort, Enrolment
from lms.core.people.models import Person


@dataclass(frozen=True, slots=True)
class Waiting:
    """A work that waits for its grader."""

    submission_id: int
    since: datetime
    task: str
    task_kind: str
    """``current`` or ``final``."""
    topic_lineage: uuid.UUID | None
    enrolment_id: int
    person: str
    """Surname and initials."""
    cohort: str


def waiting_of_sites(session: Session, site_ids: Sequence[int], limit: int) -> list[Waiting]:
    """Works of these sites' groups that wait, the longest waiting first. One query."""
    rows = (
        select(
            Submission.id,
            Submission.waiting_since,
            AttestationTask.title,
            AttestationTask.kind,
            AttestationTask.topic_lineage,
            Enrolment.id,
            Person,
            Cohort.title,
        )
        .join(AttestationTask, AttestationTask.id == Submission.task_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.site_id.in_(site_ids), *_waits())
        .order_by(Submission.waiting_since, Submission.id)
        .limit(limit)
    )
    return [
        Waiting(key, since, task, kind, lineage, enrolment_id, person.short_name, cohort)
        for key, since, task, kind, lineage, enrolment_id, person, cohort in session.execute(rows)
        if since is not None
    ]


def count_waiting(session: Session, site_ids: Sequence[int]) -> int:
    """How many works of these sites' groups wait. One query."""
    rows = (
        select(func.count())
        .select_from(Submission)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.site_id.in_(site_ids), *_waits())
    )
    return session.scalar(rows) or 0


def _waits() -> tuple[ColumnElement[bool], ...]:
    return (Submission.state == "handed_in", Submission.waiting_since.is_not(None))
