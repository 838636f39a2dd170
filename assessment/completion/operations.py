"""Re-evaluation of the completion rule after any fact it depends on, or anything it asks, has changed.

A changed fact (``ProgressMade``) concerns one enrolment. A changed requirement (``RequirementsChanged``) concerns every
running enrolment of a programme: its job enqueues the evaluation of each.
"""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assessment.completion.queries import completion_of, running_enrolments
from assessment.completion.rule import Completion
from assessment.events import ResultChanged
from assessment.models.certificates import Certificate, CompletionState
from courses.events import EnrolmentsChanged, ProgressMade, RequirementsChanged
from courses.models.groups import Enrolment
from courses.progress.operations import STUDYING, complete_opened_materials, evaluate_topics, locked_enrolment
from lms.core.clock import utc_now
from lms.core.events import publish
from lms.core.jobs.queueing import enqueue, enqueue_many
from lms.core.people.events import PersonRenamed

EVALUATE = "assessment.evaluate"
REEVALUATE = "assessment.reevaluate"
NUMBER = "certificates.number"


def enqueue_evaluation(session: Session, event: ProgressMade) -> None:
    """Enqueues the evaluation of the rule; several changes give one job."""
    enqueue(session, EVALUATE, event.enrolment_id)


def enqueue_evaluations(session: Session, event: EnrolmentsChanged) -> None:
    """Enqueues the evaluation of enrolments that count (again): a work may have been accepted in the meantime."""
    if event.state in STUDYING:
        enqueue_many(session, EVALUATE, event.enrolment_ids)


def enqueue_reevaluation(session: Session, event: RequirementsChanged) -> None:
    """Enqueues one job for the whole programme; several changes give one job."""
    enqueue(session, REEVALUATE, event.programme_id)


def evaluate_renamed(session: Session, event: PersonRenamed) -> None:
    """Enqueues the evaluation of the person's enrolments: a certificate may have waited for a name it can print."""
    running = select(Enrolment.id).where(Enrolment.person_id == event.person_id, Enrolment.state.in_(STUDYING))
    enqueue_many(session, EVALUATE, session.scalars(running).all())


def reevaluate_programme(session: Session, programme_id: int) -> None:
    """Enqueues the evaluation of every running enrolment of the programme."""
    complete_opened_materials(session, programme_id, utc_now())
    enqueue_many(session, EVALUATE, running_enrolments(session, programme_id))


def evaluate_enrolment(session: Session, enrolment_id: int) -> None:
    """Completes topics that lack nothing and evaluates the rule; if it holds and there was never a certificate,
    enqueues the certificate's number. The successor of a withdrawn certificate is issued by a person only.

    If the rule no longer holds, the certificate is not revoked but flagged for the leader (rule 9). The enrolment stays
    locked, so that its certificate is numbered before or after the evaluation, never during it.
    """
    enrolment = locked_enrolment(session, enrolment_id)
    if enrolment is None or enrolment.state not in STUDYING:
        return
    evaluate_topics(session, enrolment, utc_now())
    completion = completion_of(session, enrolment)
    _note(session, enrolment, completion)
    issued = session.scalars(select(Certificate).where(Certificate.enrolment_id == enrolment_id)).all()
    for current in (one for one in issued if one.withdrawn_at is None):
        current.flagged_at = None if completion.holds else current.flagged_at or utc_now()
    if completion.holds and not issued:
        enqueue(session, NUMBER, enrolment_id)
    publish(session, ResultChanged((enrolment_id,), utc_now()))


def _note(session: Session, enrolment: Enrolment, completion: Completion) -> None:
    values = {"evaluated_at": utc_now(), "holds": completion.holds, "conditions": completion.as_json()}
    session.execute(
        insert(CompletionState)
        .values(enrolment_id=enrolment.id, **values)
        .on_conflict_do_update(index_elements=["enrolment_id"], set_=values)
    )
