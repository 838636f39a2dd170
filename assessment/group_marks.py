"""What a leader's pages show of works and self-checks: begun, waiting for a grader, returned. One query each."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, literal, select, union_all
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask, Submission
from assessment.models.self_checks import Attempt, SelfCheck
from courses.course_items import GroupMark
from courses.models.groups import Cohort, Enrolment
from lms.core.people.models import Person


def marks_of_group(session: Session, cohort_id: int) -> Sequence[GroupMark]:
    """Works that are not accepted yet, and attempts under way or waiting for a person."""
    state = case(
        (Submission.state == "handed_in", "waiting"), (Submission.state == "returned", "returned"), else_="begun"
    )
    works = (
        select(Submission.enrolment_id, AttestationTask.topic_lineage, state)
        .join(AttestationTask, AttestationTask.id == Submission.task_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id, Submission.state != "accepted")
    )
    waits = case((Attempt.state == "needs_person", "waiting"), else_=literal("begun"))
    attempts = (
        select(Attempt.enrolment_id, SelfCheck.topic_lineage, waits)
        .join(SelfCheck, SelfCheck.id == Attempt.self_check_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id, SelfCheck.removed_at.is_(None))
    )
    rows = session.execute(union_all(works, attempts))
    return [GroupMark(enrolment_id, lineage, found) for enrolment_id, lineage, found in rows]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A work that waits for its grader, as a line of a list."""

    submission_id: int
    since: datetime
    task: str
    task_kind: str
    """``current`` or ``final``."""
    topic_lineage: uuid.UUID | None
    enrolment_id: int
    person: str
    """Surname and initials."""


def waiting_works(session: Session, site_ids: Sequence[int], at_most: int) -> list[Waiting]:
    """Works of these sites' groups that wait, the longest waiting first, as values. One query."""
    rows = (
        select(
            Submission.id,
            Submission.waiting_since,
            AttestationTask.title,
            AttestationTask.kind,
            AttestationTask.topic_lineage,
            Enrolment.id,
            Person,
        )
        .join(AttestationTask, AttestationTask.id == Submission.task_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.site_id.in_(site_ids), Submission.state == "handed_in")
        .order_by(Submission.waiting_since, Submission.id)
        .limit(at_most)
    )
    return [
        Waiting(key, since, title, kind, lineage, enrolment_id, person.short_name)
        for key, since, title, kind, lineage, enrolment_id, person in session.execute(rows)
        if since is not None
    ]


def works_of(session: Session, enrolment_id: int) -> dict[int, int]:
    """Task → work of this trainee, of those that were handed in at least once. One query."""
    rows = select(Submission.task_id, Submission.id).where(
        Submission.enrolment_id == enrolment_id, Submission.state != "draft"
    )
    return {task_id: submission_id for task_id, submission_id in session.execute(rows)}  # noqa: C416 (rows are no pairs)
