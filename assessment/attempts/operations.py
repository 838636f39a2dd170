"""Changes of an attempt: start, saving of answers, hand-in by its author or at the deadline, points for essays."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from assessment.attempts.allowances import extra_attempts
from assessment.attempts.errors import AttemptAlreadyHandedIn, NoAttemptsLeft, NoQuestions
from assessment.attempts.queries import answer_text
from assessment.events import ResultChanged
from assessment.models.self_checks import Attempt, SelfCheck, SelfCheckItem
from courses.actors import demand_other_person
from courses.models.groups import Enrolment
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid
from lms.core.events import publish
from lms.core.jobs.queueing import enqueue, enqueue_many
from lms.core.revisions import TypedOverOlder, merge

GRADE = "assessment.grade"
REGRADE = "assessment.regrade"
GRACE = timedelta(seconds=15)
"""Time after the deadline in which answers are still accepted, because of slow connections."""


def begin(session: Session, check: SelfCheck, enrolment: Enrolment, *, now: datetime) -> Attempt:
    """Returns the attempt under way, or starts a new one.

    Locks the enrolment's row, so that a double click starts one attempt. An attempt whose time is over is handed in and
    returned. Raises ``NoAttemptsLeft``, ``NoQuestions``.
    """
    session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update(key_share=True))
    mine = (Attempt.self_check_id == check.id, Attempt.enrolment_id == enrolment.id)
    under_way = session.scalar(select(Attempt).where(*mine, Attempt.state == "in_progress"))
    if under_way is not None:
        hand_in_if_over(session, under_way, now=now)
        return under_way
    used = session.scalar(select(func.count()).where(*mine)) or 0
    allowed = check.attempts_allowed
    if allowed is not None and used >= allowed + extra_attempts(session, check, enrolment):
        raise NoAttemptsLeft
    items = _items(session, check)
    if not any(Decimal(mark) for _question_id, mark in items):
        raise NoQuestions
    attempt = Attempt(
        self_check_id=check.id,
        self_check=check,
        enrolment_id=enrolment.id,
        number=used + 1,
        seed=secrets.randbits(30),
        items=items,
        answers={},
        started_at=now,
        deadline_at=now + timedelta(seconds=check.time_limit_seconds) if check.time_limit_seconds else None,
    )
    session.add(attempt)
    session.flush()
    publish(session, ResultChanged((enrolment.id,), now))
    return attempt


def _items(session: Session, check: SelfCheck) -> list[list[Any]]:
    chosen = (
        select(SelfCheckItem.question_id, SelfCheckItem.mark)
        .where(SelfCheckItem.self_check_id == check.id)
        .order_by(SelfCheckItem.position, SelfCheckItem.id)
    )
    return [[question_id, str(mark.normalize())] for question_id, mark in session.execute(chosen)]


def save(
    session: Session,
    attempt: Attempt,
    answers: Mapping[str, Any],
    *,
    now: datetime,
    seen: Mapping[str, str] | None = None,
) -> None:
    """Merges these answers (question id → answer) into the saved ones: each tab sends only its changes.

    ``seen``: revisions of the answers (question id → revision of ``answer_text``) over which they were given; None:
    replaces what is saved. Raises ``AttemptAlreadyHandedIn`` after the hand-in, or later than ``GRACE`` after the
    deadline; ``TypedOverOlder`` for answers that were also changed elsewhere, after the others are saved.
    """
    if attempt.deadline_at is not None and now > attempt.deadline_at + GRACE:
        raise AttemptAlreadyHandedIn
    known = {str(question_id) for question_id, _mark in attempt.items}
    kept, conflicts = _unchanged_elsewhere(
        session, attempt, {key: answers[key] for key in answers if key in known}, seen
    )
    changed = session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state == "in_progress")
        .values(answers=Attempt.answers.op("||")(kept), saved_revision=Attempt.saved_revision + 1)
        .returning(Attempt.answers, Attempt.saved_revision)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if changed is None:
        raise AttemptAlreadyHandedIn
    session.refresh(attempt, ["answers", "saved_revision"])
    if conflicts:
        raise TypedOverOlder(conflicts)


def _unchanged_elsewhere(
    session: Session, attempt: Attempt, answers: Mapping[str, Any], seen: Mapping[str, str] | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Returns the answers to save, and the stored texts of those that were changed elsewhere too."""
    if seen is None:
        return dict(answers), {}
    session.refresh(attempt, with_for_update={"of": Attempt, "key_share": True})
    stored = {key: answer_text(attempt.answers.get(key)) for key in answers}
    merged = merge(stored=stored, typed={key: answer_text(answer) for key, answer in answers.items()}, seen=seen)
    stay = merged.theirs.keys() | merged.conflicts.keys()
    return {key: answer for key, answer in answers.items() if key not in stay}, merged.conflicts


def hand_in(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Hands the attempt in and enqueues its grading; a second call (another tab) changes nothing."""
    moved = session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state == "in_progress")
        .values(state="handed_in", handed_in_at=now)
        .returning(Attempt.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if moved is not None:
        enqueue(session, GRADE, attempt.id)
    session.refresh(attempt, ["state", "handed_in_at"])


def give_points(
    session: Session, attempt: Attempt, *, actor: Actor, question_id: int, points: Decimal, comment: str
) -> None:
    """Stores a grader's points and comment for an essay and enqueues the grading of the attempt.

    Raises ``Invalid`` at ``points-<question>`` for points outside the question's mark, ``DomainError`` for the actor's
    own attempt.
    """
    demand_other_person(actor, session.get_one(Enrolment, attempt.enrolment_id))
    marks = {int(key): Decimal(mark) for key, mark in attempt.items}
    if question_id not in marks or not 0 <= points <= marks[question_id]:
        most = marks.get(question_id, Decimal(0))
        raise Invalid(code="points_out_of_range", field=f"points-{question_id}", params={"most": most})
    session.refresh(attempt, with_for_update=True)
    given = {**attempt.result.get("given", {}), str(question_id): str(points)}
    comments = {**attempt.result.get("comments", {}), str(question_id): comment.strip()[:5000]}
    attempt.result = {**attempt.result, "given": given, "comments": comments}
    session.flush()
    enqueue(session, REGRADE, attempt.id)
    audit.record(session, actor, "attempt.points", attempt, question=question_id, points=str(points))


def is_over(attempt: Attempt, *, now: datetime) -> bool:
    """Returns whether deadline and ``GRACE`` have passed for an attempt that the periodic run did not hand in yet."""
    return attempt.state == "in_progress" and attempt.deadline_at is not None and now > attempt.deadline_at + GRACE


def hand_in_if_over(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Hands the attempt in if its time is over, in a request that changes it; readers wait for the periodic run."""
    if attempt.deadline_at is not None and is_over(attempt, now=now):
        hand_in(session, attempt, now=attempt.deadline_at)


def _is_overdue(now: ColumnElement[datetime] | datetime) -> ColumnElement[bool]:
    return and_(Attempt.state == "in_progress", Attempt.deadline_at < now - GRACE)


OVERDUE = select(Attempt.id).where(_is_overdue(func.now()))
"""Attempts that ``hand_in_overdue`` hands in."""


def hand_in_overdue(session: Session, now: datetime) -> None:
    """Hands in all attempts whose deadline and ``GRACE`` have passed, with the answers saved by then."""
    overdue = (
        update(Attempt)
        .where(_is_overdue(now))
        .values(state="handed_in", handed_in_at=Attempt.deadline_at)
        .returning(Attempt.id)
    )
    enqueue_many(session, GRADE, session.scalars(overdue).all())
