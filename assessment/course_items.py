"""Course items of this domain: self-checks, tasks and ratings of a trainee's course. Three queries in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, and_, bindparam, exists, func, select, union_all
from sqlalchemy.orm import Session, lazyload

from assessment.attempts.queries import marks_of_attempts
from assessment.attestation.queries import marks_of_works
from assessment.models.attestation import AttestationTask, Submission
from assessment.models.self_checks import Attempt, AttemptAllowance, CompetencyRating, SelfCheck
from assessment.self_checks.queries import BEST_PERCENT, HAS_QUESTIONS
from courses.course_items import CourseItem, GroupMark
from courses.models.groups import Enrolment
from courses.models.plan_views import DUE_DATE
from courses.models.programmes import Competency, Descriptor, ProgrammeVersion

STATE_OF_RATING = {"draft": "begun", "handed_in": "waiting", "scored": "done"}
STATE_OF_WORK = {"draft": "begun", "handed_in": "waiting", "returned": "returned", "accepted": "done"}
AFTER_MATERIALS = 1000
"""First position of checked items: materials come before them."""


@dataclass(frozen=True, slots=True)
class SelfCheckDetail:
    """Detail of a self-check. ``entry``: an entry test, on which nothing depends."""

    entry: bool
    threshold: Decimal
    """Per cent needed to pass."""
    best: Decimal | None
    """Best result so far, per cent."""
    attempts_left: int | None
    """None: any number."""


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """Detail of an attestation task: final or current attestation."""

    final: bool


@dataclass(frozen=True, slots=True)
class RatingDetail:
    """Detail of a competency rating: ``before`` or ``after`` the internship."""

    moment: str


ENROLMENT = bindparam("enrolment_id", type_=Integer)

CHECKS = (
    select(
        SelfCheck,
        BEST_PERCENT.label("best"),
        HAS_QUESTIONS.label("has_questions"),
        func.coalesce(func.bool_or(Attempt.state == "in_progress"), False).label("begun"),
        func.coalesce(func.bool_or(Attempt.state.in_(("handed_in", "needs_person"))), False).label("waiting"),
        func.count(Attempt.id).label("used"),
        select(AttemptAllowance.extra)
        .where(AttemptAllowance.self_check_id == SelfCheck.id, AttemptAllowance.enrolment_id == ENROLMENT)
        .correlate(SelfCheck)
        .scalar_subquery()
        .label("extra"),
    )
    .outerjoin(Attempt, and_(Attempt.self_check_id == SelfCheck.id, Attempt.enrolment_id == ENROLMENT))
    .where(SelfCheck.programme_id == bindparam("programme_id", type_=Integer), SelfCheck.removed_at.is_(None))
    .group_by(SelfCheck.id)
    .order_by(SelfCheck.id)
)
TASKS = (
    select(AttestationTask, Submission.state, DUE_DATE.c.due_on)
    .outerjoin(Submission, and_(Submission.task_id == AttestationTask.id, Submission.enrolment_id == ENROLMENT))
    .outerjoin(DUE_DATE, and_(DUE_DATE.c.task_id == AttestationTask.id, DUE_DATE.c.enrolment_id == ENROLMENT))
    .options(lazyload(AttestationTask.criteria))  # a course shows tasks without them
    .where(AttestationTask.version_id == bindparam("version_id", type_=Integer))
    .order_by(AttestationTask.kind, AttestationTask.position, AttestationTask.id)
)
RATINGS = (
    select(CompetencyRating.id, CompetencyRating.moment, CompetencyRating.state)
    .select_from(ProgrammeVersion)
    .outerjoin(CompetencyRating, CompetencyRating.enrolment_id == ENROLMENT)
    .where(
        ProgrammeVersion.id == bindparam("version_id", type_=Integer),
        exists().where(Descriptor.competency_id == Competency.id, Competency.version_id == ProgrammeVersion.id),
    )
)
"""Existing sheets; one row of nulls if there are none, no row if the version has nothing to rate."""
# Built once: building a statement costs several times as much as running it.


def assessment_items(session: Session, enrolment: Enrolment) -> Sequence[CourseItem]:
    """Returns self-checks, tasks and competency ratings of this trainee's course."""
    return [*_self_checks(session, enrolment), *_tasks(session, enrolment), *_ratings(session, enrolment)]


def _self_checks(session: Session, enrolment: Enrolment) -> list[CourseItem]:
    version = enrolment.cohort.version
    rows = session.execute(CHECKS, {"enrolment_id": enrolment.id, "programme_id": version.programme_id})
    return [_check(row, Decimal(version.self_check_threshold), place) for place, row in enumerate(rows)]


def _check(row: Any, threshold: Decimal, place: int) -> CourseItem:
    check: SelfCheck = row.SelfCheck
    entry = check.purpose == "entry"
    done = row.best is not None and (entry or row.best >= threshold)
    return CourseItem(
        topic_lineage=check.topic_lineage,
        kind="self_check",
        id=check.id,
        title=check.title,
        required=check.required and row.has_questions and not entry,
        done=done,
        state=_state_of_check(row, done),
        detail=SelfCheckDetail(
            entry=entry, threshold=threshold, best=row.best, attempts_left=_attempts_left(row, check)
        ),
        position=AFTER_MATERIALS + place,
    )


def _state_of_check(row: Any, done: bool) -> str:
    if done:
        return "done"
    if row.waiting:
        return "waiting"
    return "begun" if row.begun else "open"


def _attempts_left(row: Any, check: SelfCheck) -> int | None:
    return None if check.attempts_allowed is None else max(check.attempts_allowed + (row.extra or 0) - row.used, 0)


def _tasks(session: Session, enrolment: Enrolment) -> list[CourseItem]:
    values = {"enrolment_id": enrolment.id, "version_id": enrolment.cohort.version_id}
    return [_task(row, place) for place, row in enumerate(session.execute(TASKS, values))]


def _task(row: Any, place: int) -> CourseItem:
    task: AttestationTask = row.AttestationTask
    state = STATE_OF_WORK.get(row.state or "", "open")
    return CourseItem(
        topic_lineage=task.topic_lineage,
        kind="task",
        id=task.id,
        title=task.title,
        required=task.required,
        done=state == "done",
        state=state,
        due_on=row.due_on,
        detail=TaskDetail(final=task.kind == "final"),
        position=2 * AFTER_MATERIALS + place,
    )


def _ratings(session: Session, enrolment: Enrolment) -> list[CourseItem]:
    """Returns the two sheets if the version has something to rate."""
    values = {"enrolment_id": enrolment.id, "version_id": enrolment.cohort.version_id}
    rows = session.execute(RATINGS, values).all()
    found = {row.moment: row for row in rows}
    return [_rating(found.get(moment), moment, enrolment) for moment in ("before", "after")] if rows else []


def _rating(row: Any, moment: str, enrolment: Enrolment) -> CourseItem:
    before = moment == "before"
    state = STATE_OF_RATING[row.state] if row else "open"
    return CourseItem(
        topic_lineage=None,
        kind="rating",
        id=row.id if row else 0,
        title="",
        required=not before and enrolment.cohort.version.asks_rating,
        done=state == "done",
        state=state,
        detail=RatingDetail(moment),
        position=AFTER_MATERIALS // 2 if before else 3 * AFTER_MATERIALS,
    )


def marks_of_group(session: Session, cohort_id: int) -> list[GroupMark]:
    """Returns marks of works that are not accepted and of attempts, for the leader's grid. One query."""
    rows = session.execute(union_all(marks_of_works(cohort_id), marks_of_attempts(cohort_id)))
    return [GroupMark(enrolment_id, lineage, mark) for enrolment_id, lineage, mark in rows]
