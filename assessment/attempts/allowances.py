"""Attempts that a leader allows one trainee beyond those of the self-check."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assessment.models.self_checks import Attempt, AttemptAllowance, SelfCheck
from courses.actors import demand_other_person
from courses.models.groups import Enrolment
from courses.progress.operations import lock
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import DomainError

MOST_EXTRA = 100


def extra_attempts(session: Session, check: SelfCheck, enrolment: Enrolment) -> int:
    """Returns the attempts allowed to this trainee beyond those of the self-check. One query, none without a limit."""
    if check.attempts_allowed is None:
        return 0
    found = session.scalar(
        select(AttemptAllowance.extra).where(
            AttemptAllowance.self_check_id == check.id, AttemptAllowance.enrolment_id == enrolment.id
        )
    )
    return found or 0


def allow(session: Session, *, actor: Actor, check: SelfCheck, enrolment: Enrolment) -> int:
    """Allows the trainee one attempt more and returns the number allowed beyond the self-check's.

    Raises ``DomainError`` for a self-check without a limit, for too many, and for the actor's own enrolment.
    """
    return _change(session, actor, check, enrolment, 1)


def take_back(session: Session, *, actor: Actor, check: SelfCheck, enrolment: Enrolment) -> int:
    """Takes back one attempt that was allowed and is not used; returns the number that stays.

    Raises ``DomainError`` if there is none, and as ``allow`` does.
    """
    return _change(session, actor, check, enrolment, -1)


def _change(session: Session, actor: Actor, check: SelfCheck, enrolment: Enrolment, by: int) -> int:
    demand_other_person(actor, enrolment)
    lock(session, enrolment)
    if check.attempts_allowed is None:
        raise DomainError(code="attempts_not_limited")
    before = extra_attempts(session, check, enrolment)
    extra = before + by
    mine = (Attempt.self_check_id == check.id, Attempt.enrolment_id == enrolment.id)
    used = session.scalar(select(func.count()).where(*mine)) or 0
    if extra < 0 or (by < 0 and check.attempts_allowed + extra < used):
        raise DomainError(code="allowance_used")
    if extra > MOST_EXTRA:
        raise DomainError(code="allowance_too_large", params={"most": MOST_EXTRA})
    row = insert(AttemptAllowance).values(self_check_id=check.id, enrolment_id=enrolment.id, extra=extra)
    session.execute(row.on_conflict_do_update(index_elements=["self_check_id", "enrolment_id"], set_={"extra": extra}))
    action, site_id = "attempt.allow" if by > 0 else "attempt.disallow", enrolment.cohort.site_id
    audit.record(session, actor, action, enrolment, site_id=site_id, self_check=check.id, extra=extra)
    return extra
