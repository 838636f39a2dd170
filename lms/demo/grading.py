"""Grading by the demo's leader, and counts of what is graded and reviewed."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment.attempts.operations import give_points
from assessment.attestation import queries, reviews
from assessment.attestation.reviews import Mark
from assessment.models.attestation import AttestationTask, Result, Submission, SubmissionVersion
from assessment.models.self_checks import Attempt
from assessment.questions.registry import question_type
from courses.models.groups import Enrolment
from courses.progress.operations import mark_topic
from lms.core.i18n import _
from lms.demo.group_setup import GroupIds
from lms.demo.people import actor_of_account
from lms.demo.trainee_work import questions_of


def count_tried(session: Session, stage: GroupIds) -> int:
    """Returns the number of trainees whose attempt is graded or waits for a person."""
    return _count(session, stage, "graded", "needs_person")


def count_graded(session: Session, stage: GroupIds) -> int:
    """Returns the number of trainees with a graded attempt."""
    return _count(session, stage, "graded")


def _count(session: Session, stage: GroupIds, *states: str) -> int:
    distinct = select(func.count(func.distinct(Attempt.enrolment_id)))
    found = session.scalar(
        distinct.where(
            Attempt.self_check_id == stage.self_check,
            Attempt.state.in_(states),
            Attempt.enrolment_id.in_(stage.enrolments),
        )
    )
    return found or 0


def count_reviewed(session: Session, stage: GroupIds) -> int:
    """Returns the number of accepted works."""
    rows = (
        select(func.count())
        .select_from(Result)
        .join(SubmissionVersion, SubmissionVersion.id == Result.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(Submission.enrolment_id.in_(stage.enrolments), Result.decision == "accepted")
    )
    return session.scalar(rows) or 0


def read_essays(session: Session, stage: GroupIds) -> None:
    """Gives full points for every essay; the worker then grades the attempt again."""
    leader = actor_of_account(session, stage.leader)
    waiting = session.scalars(
        select(Attempt).where(Attempt.self_check_id == stage.self_check, Attempt.state == "needs_person")
    ).all()
    for attempt in waiting:
        questions = questions_of(session, attempt)
        for key, mark in attempt.items:
            if question_type(questions[key].kind).by_person:
                words = _("Exact and to the point.")
                give_points(session, attempt, actor=leader, question_id=key, points=Decimal(mark), comment=words)


def review(session: Session, stage: GroupIds, enrolment: Enrolment, *, now: datetime) -> None:
    """Gives full points for every criterion and accepts the work. Skips a work that is decided already."""
    leader = actor_of_account(session, stage.leader)
    task = session.get_one(AttestationTask, stage.task)
    submission = session.scalar(
        select(Submission).where(Submission.task_id == task.id, Submission.enrolment_id == enrolment.id)
    )
    if submission is None or submission.state != "handed_in":
        return
    reviews.claim(session, submission, actor=leader, now=now)
    version = queries.versions_of(session, submission)[0]
    marks = {criterion.id: Mark(_quarter(criterion.max_points)) for criterion in task.criteria}
    words = _("The work holds together: the aim, the criteria and the lesson itself speak of the same thing.")
    found = reviews.save_review(session, version, actor=leader, marks=marks, comment=words, revision=0)
    reviews.decide(session, found, actor=leader, decision="accepted", now=now)


def _quarter(points: Decimal) -> Decimal:
    """Rounds down to quarter points, the step of marks."""
    return Decimal(int(points * 4)) / 4


def mark_classes(session: Session, stage: GroupIds, enrolment: Enrolment, *, now: datetime) -> None:
    """Marks the topics that have only a class as attended."""
    leader = actor_of_account(session, stage.leader)
    for lineage in stage.to_mark:
        mark_topic(session, actor=leader, enrolment=enrolment, topic_lineage=lineage, now=now)
