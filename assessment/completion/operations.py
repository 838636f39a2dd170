"""Re-evaluation of the completion rule after any fact it depends on has changed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assessment.completion.queries import completion_of
from assessment.completion.rule import Completion
from assessment.events import ResultChanged
from assessment.models.certificates import Certificate, CompletionState
from courses.course_items import provided_items
from courses.events import ProgressMade
from courses.models.groups import Enrolment, TopicProgress
from courses.progress.operations import evaluate_topic
from lms.core.clock import utc_now
from lms.core.events import publish
from lms.core.jobs.queueing import enqueue

EVALUATE = "assessment.evaluate"
NUMBER = "certificates.number"


def enqueue_evaluation(session: Session, event: ProgressMade) -> None:
    """Enqueues the evaluation of the rule; several changes give one job."""
    enqueue(session, EVALUATE, event.enrolment_id)


def evaluate_enrolment(session: Session, enrolment_id: int) -> None:
    """Evaluates the rule; if it holds and there is no current certificate, enqueues the certificate's number.

    If the rule no longer holds, the certificate is not revoked but flagged for the leader (rule 9).
    """
    enrolment = session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.state not in ("enrolled", "finished"):
        return
    complete_passed_topics(session, enrolment, now=utc_now())
    completion = completion_of(session, enrolment)
    _note(session, enrolment, completion)
    current = session.scalar(
        select(Certificate).where(Certificate.enrolment_id == enrolment_id, Certificate.withdrawn_at.is_(None))
    )
    if current is not None:
        current.flagged_at = None if completion.holds else current.flagged_at or utc_now()
    elif completion.holds:
        enqueue(session, NUMBER, enrolment_id)
    publish(session, ResultChanged((enrolment_id,), utc_now()))


def complete_passed_topics(session: Session, enrolment: Enrolment, *, now: datetime) -> None:
    """Completes topics whose last obligatory self-check or task was passed since the previous evaluation."""
    complete = set(
        session.scalars(select(TopicProgress.topic_lineage).where(TopicProgress.enrolment_id == enrolment.id))
    )
    passed = {one.topic_lineage for one in provided_items(session, enrolment) if one.done and one.topic_lineage}
    for lineage in sorted(passed - complete):
        evaluate_topic(session, enrolment, lineage, now)


def _note(session: Session, enrolment: Enrolment, completion: Completion) -> None:
    values = {"evaluated_at": utc_now(), "holds": completion.holds, "conditions": completion.as_json()}
    session.execute(
        insert(CompletionState)
        .values(enrolment_id=enrolment.id, **values)
        .on_conflict_do_update(index_elements=["enrolment_id"], set_=values)
    )
