"""Reads the queue, for the administrator."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.core.jobs.models import Job


def failed_jobs(session: Session, *, at_most: int = 200) -> Sequence[Job]:
    """Returns the jobs that failed at every attempt, the latest first."""
    return session.scalars(select(Job).where(Job.state == "dead").order_by(Job.id.desc()).limit(at_most)).all()


def waiting_by_kind(session: Session) -> dict[str, int]:
    """Returns the number of waiting rows by kind of work."""
    rows = select(Job.kind, func.count()).where(Job.state == "waiting").group_by(Job.kind).order_by(Job.kind)
    return {kind: count for kind, count in session.execute(rows)}  # noqa: C416 (a row is no plain tuple)


def count_failed(session: Session) -> int:
    """Returns the number of jobs that failed at every attempt."""
    return session.scalar(select(func.count()).select_from(Job).where(Job.state == "dead")) or 0
