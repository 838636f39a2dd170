"""Reading the queue: for the administrator."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.core.jobs.models import Job


def dead_letters(session: Session, *, at_most: int = 200) -> Sequence[Job]:
    """Jobs that failed for good, the latest first."""
    return session.scalars(select(Job).where(Job.state == "dead").order_by(Job.id.desc()).limit(at_most)).all()


def waiting_by_kind(session: Session) -> dict[str, int]:
    """Kind of work → how many rows wait."""
    rows = select(Job.kind, func.count()).where(Job.state == "waiting").group_by(Job.kind).order_by(Job.kind)
    return {kind: count for kind, count in session.execute(rows)}  # noqa: C416 (a row is no plain tuple)


def count_dead(session: Session) -> int:
    """How many failed for good."""
    return session.scalar(select(func.count()).select_from(Job).where(Job.state == "dead")) or 0
