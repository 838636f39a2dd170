"""After a decision: its undo before the trainee has it, its release by the worker, its taking back with a reason."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.attestation.errors import DecisionReleased
from assessment.attestation.works import begin_revision, latest_version, lock_work
from assessment.events import DecisionTakenBack, ResultReleased
from assessment.models.attestation import Result, Submission, SubmissionVersion
from courses.actors import demand_other_person
from courses.events import ProgressMade
from courses.progress.operations import reopen_topic
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.events import publish
from lms.core.jobs.queueing import enqueue

RELEASE = "assessment.release"
LONGEST_REASON = 2_000


def schedule_release(session: Session, result: Result, *, pause: timedelta) -> None:
    """Releases the result after the pause by the worker, or at once without one."""
    if pause:
        enqueue(session, RELEASE, result.id, run_after=result.decided_at + pause)
    else:
        _release(session, result, result.decided_at)


def release(session: Session, result_id: int) -> None:
    """Releases the result: its trainee sees it from now on. Does nothing if it was undone or is released."""
    submission = session.scalar(
        select(Submission)
        .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .join(Result, Result.version_id == SubmissionVersion.id)
        .where(Result.id == result_id)
        .with_for_update(of=Submission, key_share=True)
    )
    result = session.get(Result, result_id, populate_existing=True)
    if submission is not None and result is not None and result.released_at is None:
        _release(session, result, utc_now())


def _release(session: Session, result: Result, now: datetime) -> None:
    submission = result.version.submission
    enrolment, decision = submission.enrolment, result.decision
    result.released_at, submission.state = now, decision
    submission.accepted_at = result.decided_at if decision == "accepted" else None
    session.flush()
    begin_revision(session, submission)
    publish(session, ResultReleased(result.id, enrolment.id, decision, now))
    publish(session, ProgressMade(enrolment.id, now))


def undo(session: Session, submission: Submission, *, actor: Actor) -> None:
    """Removes a decision that is not released yet; the work waits again, with the points that were given.

    Raises ``DecisionReleased``, ``DomainError`` for the actor's own work.
    """
    demand_other_person(actor, submission.enrolment)
    lock_work(session, submission)
    result = _in_force(session, submission)
    if result is None or result.released_at is not None:
        raise DecisionReleased
    version = result.version
    session.delete(result)
    session.flush()
    session.expire(version, ["result"])
    submission.waiting_since = version.handed_in_at
    site_id = submission.enrolment.cohort.site_id
    audit.record(session, actor, "work.undo", submission, site_id=site_id, decision=result.decision)


def take_back(session: Session, submission: Submission, *, actor: Actor, reason: str, now: datetime) -> None:
    """Takes back the released decision on the last version: the work waits for a review again, and its trainee is told.

    Hours that the topic got by this work are taken off; a certificate is flagged, not withdrawn, by the evaluation that
    follows. Raises ``Invalid`` at ``reason`` if it is missing or too long, ``DomainError`` if there is no such decision
    or for the actor's own work.
    """
    demand_other_person(actor, submission.enrolment)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid(code="take_back_reason_missing", field="reason", params={"count": LONGEST_REASON})
    lock_work(session, submission)
    result = _in_force(session, submission)
    if result is None or result.released_at is None:
        raise Invalid(code="no_decision_to_take_back", field="reason")
    _reopen(session, result, actor=actor, reason=reason.strip(), now=now)
    reopen_topic(
        session,
        enrolment=submission.enrolment,
        topic_lineage=submission.task.topic_lineage,
        since=result.released_at,
        now=now,
    )
    publish(session, ProgressMade(submission.enrolment_id, now))


def _in_force(session: Session, submission: Submission) -> Result | None:
    """Returns the decision in force on the version that was handed in last."""
    version = latest_version(session, submission)
    if version is None:
        return None
    current = select(Result).where(Result.version_id == version.id, Result.taken_back_at.is_(None))
    return session.scalar(current.execution_options(populate_existing=True))


def _reopen(session: Session, result: Result, *, actor: Actor, reason: str, now: datetime) -> None:
    """Marks the result as taken back and puts the work into the queue again, with event and audit entry."""
    version, submission = result.version, result.version.submission
    result.taken_back_at, result.taken_back_reason = now, reason
    submission.state, submission.accepted_at, submission.waiting_since = "handed_in", None, version.handed_in_at
    session.flush()
    session.expire(version, ["result", "results_taken_back"])
    publish(session, DecisionTakenBack(result.id, now))
    site_id = submission.enrolment.cohort.site_id
    audit.record(session, actor, "work.take_back", submission, site_id=site_id, decision=result.decision, reason=reason)


def unreleased_of(session: Session, account_id: int, *, at_most: int = 5) -> Sequence[Result]:
    """Returns the grader's decisions that can still be undone, the latest first. One query."""
    return session.scalars(
        select(Result)
        .where(Result.decided_by_id == account_id, Result.released_at.is_(None))
        .order_by(Result.id.desc())
        .limit(at_most)
    ).all()
