"""Reviews and decisions: a review keeps points and comments per criterion; a decision writes the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assessment.attestation.errors import AcceptanceRefused, GradedMeanwhile, ReturnWithoutWord, WorkWithdrawn
from assessment.attestation.releasing import schedule_release
from assessment.attestation.rubric import RubricScore, points_errors, score_rubric
from assessment.attestation.works import latest_version, lock_work
from assessment.models.attestation import Result, Review, ReviewMark, Submission, SubmissionVersion
from courses.actors import demand_other_person
from courses.models.programmes import RubricCriterion
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid
from lms.core.overwritten import keep_overwritten
from lms.core.people.models import Account
from lms.core.revisions import merge, revisions_of
from lms.core.sentences import ErrorDetail

CLAIM_TIMEOUT = timedelta(minutes=20)
"""Time after which a claim without activity expires."""
LONGEST_COMMENT = 10_000
AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Mark:
    """Points and comment for one criterion; ``points`` None: not given yet."""

    points: Decimal | None
    comment: str = ""


def claim(session: Session, submission: Submission, *, actor: Actor, now: datetime) -> Account | None:
    """Claims the work for the actor and releases the actor's other claims; its versions count as opened.

    Returns the grader who already holds the claim (and keeps it), otherwise None.
    """
    taken = session.execute(
        update(Submission)
        .where(
            Submission.id == submission.id,
            Submission.claimed_by_id.is_(None)
            | (Submission.claimed_by_id == actor.account_id)
            | (Submission.claimed_at < now - CLAIM_TIMEOUT),
        )
        .values(claimed_by_id=actor.account_id, claimed_at=now)
        .returning(Submission.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    session.execute(
        update(Submission)
        .where(Submission.claimed_by_id == actor.account_id, Submission.id != submission.id)
        .values(claimed_by_id=None, claimed_at=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(SubmissionVersion)
        .where(SubmissionVersion.submission_id == submission.id, SubmissionVersion.opened_at.is_(None))
        .values(opened_at=now)
    )
    session.refresh(submission, ["claimed_by_id", "claimed_at"])
    return None if taken is not None else session.get(Account, submission.claimed_by_id)


def holder(session: Session, submission: Submission, *, actor: Actor, now: datetime) -> Account | None:
    """Returns the other grader who holds the claim, if there is one whose claim has not expired."""
    claimed_at, by = submission.claimed_at, submission.claimed_by_id
    if by is None or by == actor.account_id or (claimed_at is not None and claimed_at < now - CLAIM_TIMEOUT):
        return None
    return session.get(Account, by)


def review_of(session: Session, version: SubmissionVersion, *, actor: Actor) -> Review:
    """Locks the version until the commit and returns its review; creates one by ``actor`` if there is none.

    A second grader goes on with the first one's review.
    """
    session.execute(select(SubmissionVersion.id).where(SubmissionVersion.id == version.id).with_for_update())
    known = session.execute(
        select(Review, Result)
        .select_from(SubmissionVersion)
        .outerjoin(Review, Review.version_id == SubmissionVersion.id)
        .outerjoin(SubmissionVersion.result)
        .where(SubmissionVersion.id == version.id)
        .order_by(Review.id)
        .execution_options(populate_existing=True)
    ).first()
    if known is not None:
        set_committed_value(version, "result", known.Result)
        found: Review | None = known.Review
        if found is not None:
            return found
    review = Review(version=version, reviewer_id=actor.account_id, marks=[])
    session.add(review)
    session.flush()
    return review


def save_review(
    session: Session,
    version: SubmissionVersion,
    *,
    actor: Actor,
    marks: Mapping[int, Mark],
    comment: str,
    revision: int,
    seen: Mapping[str, str] | None = None,
) -> Review:
    """Saves points and comments (criterion id → mark) of an undecided review.

    ``seen``: revisions of the fields (``fields_of``) shown on the grader's page; the fields are merged one by one.
    Without it, ``revision`` is the review's revision on that page. Raises ``GradedMeanwhile`` if one grader changed a
    field on both sides (the others are saved), if another grader changed the review since (nothing is saved) or if
    the version has a result, ``Invalid`` at ``points-<criterion>`` or ``comment``, ``DomainError`` for the
    actor's own work.
    """
    demand_other_person(actor, version.submission.enrolment)
    review = review_of(session, version, actor=actor)
    _demand_same(session, review, actor, revision if seen is None else review.revision)
    criteria = version.submission.task.criteria
    points = {key: mark.points for key, mark in marks.items()}
    for error in (*points_errors(criteria, points), *_comment_errors(marks, comment)):
        raise Invalid(code=error.code, field=error.field, params=error.params)
    stored, typed = fields_of(review, criteria), fields_in(marks, comment, criteria)
    merged = merge(stored=stored, typed=typed, seen=seen if seen is not None else revisions_of(stored))
    own = review.reviewer_id == actor.account_id
    if not own and (unseen := merged.theirs | merged.conflicts):
        raise _graded_meanwhile(session, review.reviewer_id, None, conflicts=unseen)
    keep_overwritten(session, review, {name: text for name, text in stored.items() if "comment" in name}, merged.values)
    _store(session, review, actor, merged.values, [one.id for one in criteria if one.id in marks])
    if merged.conflicts:
        raise _graded_meanwhile(session, review.reviewer_id, None, own=True, conflicts=merged.conflicts)
    return review


def fields_of(review: Review | None, criteria: Sequence[RubricCriterion]) -> dict[str, str]:
    """Returns the review's texts by the names of their fields: ``points-<criterion>``, ``comment-<criterion>``,
    ``comment``.
    """
    marks = {mark.criterion_id: Mark(mark.points, mark.comment) for mark in review.marks} if review else {}
    empty = {one.id: Mark(None) for one in criteria}
    return fields_in(empty | marks, review.comment if review else "", criteria)


def fields_in(marks: Mapping[int, Mark], comment: str, criteria: Sequence[RubricCriterion]) -> dict[str, str]:
    """Returns points and comments as texts by the names of their fields, see ``fields_of``."""
    known = [one.id for one in criteria if one.id in marks]
    points = {f"points-{key}": points_text(marks[key].points) for key in known}
    return {**points, **{f"comment-{key}": marks[key].comment for key in known}, "comment": comment}


def points_text(points: Decimal | None) -> str:
    """Returns points as a text without zeros at the end; empty if they are not given."""
    return "" if points is None else format(points.normalize(), "f")


def _store(
    session: Session,
    review: Review,
    actor: Actor,
    values: Mapping[str, str],
    keys: Sequence[int],
) -> None:
    points = {key: Decimal(values[f"points-{key}"]) if values[f"points-{key}"] else None for key in keys}
    review.marks = [
        ReviewMark(review_id=review.id, criterion_id=key, points=points[key], comment=values[f"comment-{key}"])
        for key in keys
    ]
    review.comment, review.reviewer_id = values["comment"], actor.account_id or review.reviewer_id
    review.revision += 1
    review.total = sum((one or Decimal(0) for one in points.values()), Decimal(0))
    session.flush()


def _demand_same(session: Session, review: Review, actor: Actor, revision: int) -> None:
    result = review.version.result
    if result is not None:
        raise _graded_meanwhile(session, result.decided_by_id, result.decided_at)
    if review.revision != revision and review.reviewer_id != actor.account_id:
        raise _graded_meanwhile(session, review.reviewer_id, None)


def _graded_meanwhile(session: Session, account_id: int, at: datetime | None, **more: Any) -> GradedMeanwhile:
    return GradedMeanwhile(session.get_one(Account, account_id).person.short_name, at, **more)


def _comment_errors(marks: Mapping[int, Mark], comment: str) -> list[ErrorDetail]:
    comments = {f"comment-{key}": mark.comment for key, mark in marks.items()} | {"comment": comment}
    return [ErrorDetail("comment_too_long", field) for field, text in comments.items() if len(text) > LONGEST_COMMENT]


def comments_of(review: Review) -> list[str]:
    """Returns the comments on the criteria."""
    return [mark.comment for mark in review.marks]


def score_of(submission: Submission, review: Review | None) -> RubricScore:
    """Returns the review's points added up against the task's criteria."""
    points = {mark.criterion_id: mark.points for mark in review.marks} if review else {}
    return score_rubric(submission.task.criteria, points, submission.task.pass_mark)


def grade(
    session: Session,
    submission: Submission,
    *,
    actor: Actor,
    version_id: int,
    marks: Mapping[int, Mark],
    comment: str,
    revision: int,
    decision: str | None,
    now: datetime,
    seen: Mapping[str, str] | None = None,
    pause: timedelta = AT_ONCE,
) -> Review:
    """Saves the review of the version that was handed in last and, with a decision, decides by it.

    ``version_id``: the version shown on the grader's page. Raises ``Invalid`` if a newer one was handed in,
    ``WorkWithdrawn`` if its author took it back, and the errors of ``save_review`` and ``decide``; after
    ``AcceptanceRefused`` and ``ReturnWithoutWord`` the review is saved.
    """
    lock_work(session, submission)
    latest = latest_version(session, submission)
    if latest is None or latest.id < version_id:
        raise WorkWithdrawn
    if latest.id != version_id:
        raise Invalid(code="newer_version_handed_in")
    review = save_review(session, latest, actor=actor, marks=marks, comment=comment, revision=revision, seen=seen)
    if decision is not None:
        decide(session, review, actor=actor, decision=decision, now=now, pause=pause)
    return review


def decide(
    session: Session, review: Review, *, actor: Actor, decision: str, now: datetime, pause: timedelta = AT_ONCE
) -> Result:
    """Accepts the work or returns it for revision: writes the version's result, which is released after the pause.

    The work leaves the queue at once; the trainee learns the decision when it is released, and a returned version
    becomes the draft of the next one then.

    ``decision``: ``accepted`` or ``returned``. The same decision twice writes one result. Raises ``AcceptanceRefused``
    if the points do not allow the acceptance, ``ReturnWithoutWord`` if nothing says what to revise,
    ``GradedMeanwhile`` if somebody decided otherwise before, ``DomainError`` for the actor's own work.
    """
    version = review.version
    demand_other_person(actor, version.submission.enrolment)
    if (known := version.result) is not None:
        if known.decision == decision:
            return known
        raise _graded_meanwhile(session, known.decided_by_id, known.decided_at)
    score = score_of(version.submission, review)
    if decision == "accepted" and not score.may_accept:
        raise AcceptanceRefused(score.reasons)
    if decision == "returned" and not any(text.strip() for text in (review.comment, *comments_of(review))):
        raise ReturnWithoutWord
    review.reviewer_id = actor.account_id or review.reviewer_id
    result = Result(decision=decision, total=score.total, decided_by_id=review.reviewer_id, decided_at=now)
    version.result = result
    _leave_queue(version.submission)
    session.flush()
    _record(session, result, actor)
    schedule_release(session, result, pause=pause)
    return result


def _leave_queue(submission: Submission) -> None:
    submission.claimed_by_id = submission.claimed_at = submission.waiting_since = None


def _record(session: Session, result: Result, actor: Actor) -> None:
    submission = result.version.submission
    site_id, total = submission.enrolment.cohort.site_id, str(result.total)
    audit.record(session, actor, "work.decide", submission, site_id=site_id, decision=result.decision, total=total)
