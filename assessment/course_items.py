"""Course items of this domain: self-checks, tasks and ratings of a trainee's course."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select, union_all
from sqlalchemy.orm import Session

from assessment.attempts.queries import marks_of_attempts
from assessment.attestation.queries import marks_of_works
from assessment.models.attestation import AttestationTask, Submission
from assessment.models.self_checks import Attempt, AttemptAllowance, CompetencyRating, SelfCheck
from assessment.self_checks.queries import BEST_PERCENT, HAS_QUESTIONS
from courses.course_items import CourseItem, CourseKey, GroupMark, ItemProvider
from courses.course_state import ENROLMENT, PROGRAMME, VERSION, CourseState, part_of_state
from courses.models.groups import Enrolment
from courses.models.programmes import Competency, Descriptor

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


class CheckOutline(NamedTuple):
    """The part of a self-check that all trainees share."""

    id: int
    topic_lineage: uuid.UUID | None
    title: str
    purpose: str
    attempts_allowed: int | None
    required: bool
    """True if obligatory and with questions that give points."""


CHECKS = (
    select(
        SelfCheck.id,
        SelfCheck.topic_lineage,
        SelfCheck.title,
        SelfCheck.purpose,
        SelfCheck.attempts_allowed,
        (SelfCheck.required & HAS_QUESTIONS).label("required"),
    )
    .where(SelfCheck.programme_id == PROGRAMME, SelfCheck.removed_at.is_(None))
    .order_by(SelfCheck.id)
)
TASKS = (
    select(
        AttestationTask.id,
        AttestationTask.topic_lineage,
        AttestationTask.title,
        AttestationTask.kind,
        AttestationTask.required,
    )
    .where(AttestationTask.version_id == VERSION)
    .order_by(AttestationTask.kind, AttestationTask.position, AttestationTask.id)
)
IS_RATED = select(exists().where(Descriptor.competency_id == Competency.id, Competency.version_id == VERSION))
"""True if the version has something to rate."""
# Built once: building a statement costs several times as much as running it.

ATTEMPTS = (
    part_of_state(
        "attempts",
        id=Attempt.self_check_id,
        number=BEST_PERCENT,
        count=func.count(),
        flag=func.bool_or(Attempt.state == "in_progress"),
        other_flag=func.bool_or(Attempt.state.in_(("handed_in", "needs_person"))),
    )
    .where(Attempt.enrolment_id == ENROLMENT)
    .group_by(Attempt.self_check_id)
)
"""``number``: best per cent; ``count``: attempts; ``flag``: one is under way; ``other_flag``: one waits."""
ALLOWANCES = part_of_state("allowance", id=AttemptAllowance.self_check_id, extra=AttemptAllowance.extra).where(
    AttemptAllowance.enrolment_id == ENROLMENT
)
WORKS = part_of_state("work", id=Submission.task_id, word=Submission.state).where(Submission.enrolment_id == ENROLMENT)
SHEETS = part_of_state(
    "rating", id=CompetencyRating.id, word=CompetencyRating.moment, other_word=CompetencyRating.state
).where(CompetencyRating.enrolment_id == ENROLMENT)


def _checks(session: Session, course: CourseKey) -> Sequence[CheckOutline]:
    return [CheckOutline(*row) for row in session.execute(CHECKS, course._asdict())]


def _self_checks(outline: Sequence[CheckOutline], state: CourseState, enrolment: Enrolment) -> Iterable[CourseItem]:
    threshold = Decimal(enrolment.cohort.version.self_check_threshold)
    attempts, allowances = state.by_id("attempts"), state.by_id("allowance")
    return [
        _check(check, attempts.get(check.id), allowances.get(check.id), threshold, place)
        for place, check in enumerate(outline)
    ]


def _check(
    check: CheckOutline, attempts: Any | None, allowance: Any | None, threshold: Decimal, place: int
) -> CourseItem:
    entry = check.purpose == "entry"
    best = attempts.number if attempts else None
    done = best is not None and (entry or best >= threshold)
    return CourseItem(
        topic_lineage=check.topic_lineage,
        kind="self_check",
        id=check.id,
        title=check.title,
        required=check.required and not entry,
        done=done,
        state="done" if done else _state_of_check(attempts),
        detail=SelfCheckDetail(
            entry=entry, threshold=threshold, best=best, attempts_left=_attempts_left(check, attempts, allowance)
        ),
        position=AFTER_MATERIALS + place,
    )


def _state_of_check(attempts: Any | None) -> str:
    if attempts is None:
        return "open"
    if attempts.other_flag:
        return "waiting"
    return "begun" if attempts.flag else "open"


def _attempts_left(check: CheckOutline, attempts: Any | None, allowance: Any | None) -> int | None:
    if check.attempts_allowed is None:
        return None
    extra, used = allowance.extra if allowance else 0, attempts.count if attempts else 0
    return max(check.attempts_allowed + extra - used, 0)


def _tasks(session: Session, course: CourseKey) -> Sequence[CourseItem]:
    """Returns the tasks as items of a trainee who has begun none."""
    return [_unbegun(row, place) for place, row in enumerate(session.execute(TASKS, course._asdict()))]


def _unbegun(task: Any, place: int) -> CourseItem:
    return CourseItem(
        topic_lineage=task.topic_lineage,
        kind="task",
        id=task.id,
        title=task.title,
        required=task.required,
        done=False,
        state="open",
        detail=TaskDetail(final=task.kind == "final"),
        position=2 * AFTER_MATERIALS + place,
    )


def _works(outline: Sequence[CourseItem], state: CourseState, _enrolment: Enrolment) -> Iterable[CourseItem]:
    due, works = {row.id: row.day for row in state.rows("due") if row.id}, state.by_id("work")
    return [_work(one, works.get(one.id), due.get(one.id)) for one in outline]


def _work(task: CourseItem, work: Any | None, due_on: date | None) -> CourseItem:
    state = STATE_OF_WORK[work.word] if work else "open"
    if state == "open" and due_on is None:
        return task
    return replace(task, done=state == "done", state=state, due_on=due_on)


def _is_rated(session: Session, course: CourseKey) -> Sequence[bool]:
    return [bool(session.scalar(IS_RATED, course._asdict()))]


def _ratings(outline: Sequence[bool], state: CourseState, enrolment: Enrolment) -> Iterable[CourseItem]:
    """Returns the two sheets if the version has something to rate."""
    found = {row.word: row for row in state.rows("rating")}
    return [_rating(found.get(moment), moment, enrolment) for moment in ("before", "after")] if outline[0] else []


def _rating(row: Any, moment: str, enrolment: Enrolment) -> CourseItem:
    before = moment == "before"
    state = STATE_OF_RATING[row.other_word] if row else "open"
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


SELF_CHECKS = ItemProvider(_checks, (ATTEMPTS, ALLOWANCES), _self_checks)
ATTESTATION_TASKS = ItemProvider(_tasks, (WORKS,), _works)
RATINGS = ItemProvider(_is_rated, (SHEETS,), _ratings)


def marks_of_group(session: Session, cohort_id: int) -> list[GroupMark]:
    """Returns marks of works that are not accepted and of attempts, for the leader's grid. One query."""
    rows = session.execute(union_all(marks_of_works(cohort_id), marks_of_attempts(cohort_id)))
    return [GroupMark(enrolment_id, lineage, mark) for enrolment_id, lineage, mark in rows]
