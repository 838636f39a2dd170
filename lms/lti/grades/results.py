"""Result of one trainee in one content item."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask, Result, Submission, SubmissionVersion
from assessment.models.certificates import CompletionState
from assessment.models.self_checks import Attempt
from assessment.self_checks.queries import BEST_PERCENT
from courses.models.groups import Enrolment, TopicProgress
from courses.models.programmes import RubricCriterion
from courses.progress.queries import course_items
from lms.core.sentences import ErrorDetail
from lms.lti.grades.scoring import TraineeResult
from lms.lti.models.launches import ContentItem

HUNDRED, NOTHING = Decimal(100), Decimal(0)


def maximum_of(session: Session, placement: ContentItem) -> Decimal:
    """Returns the maximum of a content item: academic hours, points of the criteria, or 100."""
    if placement.kind == "programme":
        return placement.cohort.version.workload or HUNDRED
    if placement.kind == "task":
        of_task = AttestationTask.rubric_id == RubricCriterion.rubric_id
        sums = select(func.sum(RubricCriterion.max_points)).join(AttestationTask, of_task)
        sums = sums.where(AttestationTask.id == placement.task_id)
        return session.scalar(sums) or HUNDRED
    return HUNDRED


def result_of(session: Session, placement: ContentItem, enrolment: Enrolment) -> TraineeResult:
    """Returns the trainee's result, with the code of a comment."""
    read = {"programme": _programme, "topic": _topic, "self_check": _self_check, "task": _task}[placement.kind]
    return read(session, placement, enrolment)


def _programme(session: Session, placement: ContentItem, enrolment: Enrolment) -> TraineeResult:
    holds = session.scalar(select(CompletionState.holds).where(CompletionState.enrolment_id == enrolment.id))
    workload, hours = maximum_of(session, placement), Decimal(enrolment.hours_done)
    return TraineeResult(
        maximum=workload,
        given=hours or None,
        opened=enrolment.last_seen_at is not None,
        done=enrolment.state == "finished" or bool(holds),
        comment=ErrorDetail("result_hours", params={"done": hours, "needed": workload}) if hours else None,
    )


def _topic(session: Session, placement: ContentItem, enrolment: Enrolment) -> TraineeResult:
    """The completed share of the topic's obligatory items; a completed topic counts as done even if items are added
    later.
    """
    mine = (TopicProgress.enrolment_id == enrolment.id, TopicProgress.topic_lineage == placement.topic_lineage)
    complete = session.scalar(select(TopicProgress.enrolment_id).where(*mine)) is not None
    there = [one for one in course_items(session, enrolment) if one.topic_lineage == placement.topic_lineage]
    asked = [one for one in there if one.required]
    share = Decimal(sum(one.done for one in asked)) / len(asked) if asked else NOTHING
    begun = any(one.state != "open" for one in there)
    return TraineeResult(
        maximum=HUNDRED, given=HUNDRED if complete else share * HUNDRED or None, begun=begun, done=complete
    )


def _self_check(session: Session, placement: ContentItem, enrolment: Enrolment) -> TraineeResult:
    row = session.execute(
        select(
            BEST_PERCENT.label("best"),
            func.count().label("attempts"),
            func.coalesce(func.bool_or(Attempt.state == "handed_in"), False).label("waiting"),
            func.coalesce(func.bool_or(Attempt.state == "needs_person"), False).label("by_person"),
        ).where(Attempt.self_check_id == placement.self_check_id, Attempt.enrolment_id == enrolment.id)
    ).one()
    best: Decimal | None = row.best
    return TraineeResult(
        maximum=HUNDRED,
        given=best,
        begun=row.attempts > 0,
        waiting=row.waiting or row.by_person,
        by_person=row.by_person,
        done=best is not None and best >= enrolment.cohort.version.self_check_threshold,
        comment=None if best is None else ErrorDetail("result_percent", params={"percent": best}),
    )


def _task(session: Session, placement: ContentItem, enrolment: Enrolment) -> TraineeResult:
    row = session.execute(
        select(Submission.state, Result.total)
        .select_from(Submission)
        .outerjoin(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .outerjoin(SubmissionVersion.result)
        .where(Submission.task_id == placement.task_id, Submission.enrolment_id == enrolment.id)
        .order_by(SubmissionVersion.number.desc())
        .limit(1)
    ).one_or_none()
    maximum = maximum_of(session, placement)
    if row is None:
        return TraineeResult(maximum=maximum)
    accepted = row.state == "accepted"
    without_criteria = accepted and not _has_criteria(session, placement)
    return TraineeResult(
        maximum=maximum,
        given=(HUNDRED if without_criteria else row.total) if accepted else None,
        begun=True,
        waiting=row.state == "handed_in",
        by_person=True,
        done=accepted,
        comment=_state_comment(row),
    )


def _has_criteria(session: Session, placement: ContentItem) -> bool:
    task = session.get(AttestationTask, placement.task_id)
    return bool(task and task.criteria)


def _state_comment(row: Any) -> ErrorDetail | None:
    return {"accepted": ErrorDetail("result_accepted"), "returned": ErrorDetail("result_returned")}.get(row.state)
