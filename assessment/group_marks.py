"""What a leader's grid shows of works and self-checks: begun, waiting for a grader, returned. One query a group."""

from collections.abc import Sequence

from sqlalchemy import case, literal, select, union_all
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask, Submission
from assessment.models.self_checks import Attempt, SelfCheck
from courses.elements import GroupMark
from courses.models.groups import Enrolment


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
