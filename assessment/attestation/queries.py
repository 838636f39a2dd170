"""Queries of works: of a trainee, the latest result, waiting times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, case, func, select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from assessment.models.attestation import (
    AttestationTask,
    Result,
    Review,
    Submission,
    SubmissionFile,
    SubmissionVersion,
)
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import RubricCriterion
from lms.core.people.models import Account, Person

WAITS = and_(Submission.state == "handed_in", Submission.waiting_since.is_not(None))
"""True for a work that waits for a review; one whose decision is not released yet does not."""


def works(session: Session, ids: Sequence[int]) -> Sequence[Submission]:
    """Returns these works. One query, or none."""
    return session.scalars(select(Submission).where(Submission.id.in_(ids))).all() if ids else []


def versions_of(session: Session, submission: Submission) -> Sequence[SubmissionVersion]:
    """Returns the handed-in versions, latest first, with files, reviews and results."""
    return session.scalars(
        select(SubmissionVersion)
        .where(SubmissionVersion.submission_id == submission.id)
        .options(
            joinedload(SubmissionVersion.result),
            selectinload(SubmissionVersion.results_taken_back),
            selectinload(SubmissionVersion.reviews).selectinload(Review.marks),
            selectinload(SubmissionVersion.files),
        )
        .order_by(SubmissionVersion.number.desc())
    ).all()


def works_of_person(session: Session, person_id: int) -> list[tuple[Enrolment, AttestationTask, Submission | None]]:
    """Returns every task of the person's groups, with the work on it if there is one."""
    rows = session.execute(
        select(Enrolment, AttestationTask, Submission)
        .join(Enrolment.cohort)
        .join(AttestationTask, AttestationTask.version_id == Cohort.version_id)
        .outerjoin(Submission, (Submission.task_id == AttestationTask.id) & (Submission.enrolment_id == Enrolment.id))
        .options(lazyload(Submission.task), lazyload(Submission.enrolment))  # inner joins drop tasks without a work
        .where(Enrolment.person_id == person_id, Enrolment.state.in_(("enrolled", "finished")))
        .order_by(Enrolment.id.desc(), AttestationTask.kind, AttestationTask.position, AttestationTask.id)
    )
    return [(enrolment, task, submission) for enrolment, task, submission in rows]


@dataclass(frozen=True, slots=True)
class LastReview:
    """Latest result of a trainee's works; ``most`` is the sum of the criteria's maximum points."""

    decision: str
    decided_at: datetime
    comment: str
    total: Decimal
    most: Decimal
    version: int
    state: str
    """Current state of the work: the trainee may have handed in again."""
    task_id: int
    task_title: str
    pass_mark: Decimal
    reviewer: str


def _last_review() -> Select[Any]:
    """Builds the statement once: every home page uses it."""
    most = (
        select(func.coalesce(func.sum(RubricCriterion.max_points), 0))
        .where(RubricCriterion.rubric_id == AttestationTask.rubric_id)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        Result.decision,
        Result.decided_at,
        Review.comment,
        Result.total,
        most.label("most"),
        SubmissionVersion.number,
        Submission.state,
        AttestationTask.id.label("task_id"),
        AttestationTask.title,
        AttestationTask.pass_mark,
        Person,
    )
    return (
        select(*columns)
        .select_from(Result)
        .join(Result.version)
        .join(Review, (Review.version_id == Result.version_id) & (Review.reviewer_id == Result.decided_by_id))
        .join(SubmissionVersion.submission)
        .join(Submission.task)
        .join(Account, Account.id == Result.decided_by_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            Submission.enrolment_id == bindparam("enrolment_id", type_=Integer),
            Result.released_at.is_not(None),
            Result.taken_back_at.is_(None),
        )
        .order_by(Result.released_at.desc())
        .limit(1)
    )


LAST_REVIEW = _last_review()


def last_review(session: Session, enrolment: Enrolment) -> LastReview | None:
    """Returns the latest released result of this trainee's works. One query."""
    row = session.execute(LAST_REVIEW, {"enrolment_id": enrolment.id}).first()
    if row is None:
        return None
    *values, person = row
    decision, decided_at, comment, total, most, version, state, task_id, title, pass_mark = values
    return LastReview(
        decision=decision,
        decided_at=decided_at,
        comment=comment,
        total=total,
        most=most,
        version=version,
        state=state,
        task_id=task_id,
        task_title=title,
        pass_mark=pass_mark,
        reviewer=person.full_name,
    )


def file_of(session: Session, submission: Submission, file_id: int) -> SubmissionFile | None:
    """Returns a file of this work's draft or of one of its versions."""
    return session.scalar(
        select(SubmissionFile).where(SubmissionFile.submission_id == submission.id, SubmissionFile.id == file_id)
    )


def handed_in_works(session: Session, enrolment_id: int) -> dict[int, int]:
    """Task → work of this trainee, of those that were handed in at least once. One query."""
    rows = select(Submission.task_id, Submission.id).where(
        Submission.enrolment_id == enrolment_id, Submission.state != "draft"
    )
    return {task_id: submission_id for task_id, submission_id in session.execute(rows)}  # noqa: C416 (rows are no pairs)


def marks_of_works(cohort_id: int) -> Select[Any]:
    """Selects enrolment, topic and mark of the group's works that are not accepted."""
    mark = case(
        (Submission.state == "handed_in", "waiting"), (Submission.state == "returned", "returned"), else_="begun"
    )
    return (
        select(Submission.enrolment_id, AttestationTask.topic_lineage, mark)
        .join(AttestationTask, AttestationTask.id == Submission.task_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id, Submission.state != "accepted")
    )
