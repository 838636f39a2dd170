"""Reads the queue, for the administrator."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.core.jobs.kinds import all_kinds
from lms.core.jobs.models import Job


def failed_jobs(session: Session, *, at_most: int = 200) -> Sequence[Job]:
    """Returns the jobs that failed at every attempt, the latest first."""
    return session.scalars(select(Job).where(Job.state == "dead").order_by(Job.id.desc()).limit(at_most)).all()


def waiting_by_kind(session: Session) -> dict[str, int]:
    """Returns the number of waiting rows by kind of work."""
    rows = select(Job.kind, func.count()).where(Job.state == "waiting").group_by(Job.kind).order_by(Job.kind)
    return {kind: count for kind, count in session.execute(rows)}  # noqa: C416 (a row is no plain tuple)


@dataclass(frozen=True, slots=True)
class KindQueue:
    """Unfinished jobs of one kind: due (those under way included), postponed to a later moment, failed; and the seconds
    for which the one that has waited longest has been due.
    """

    due: int = 0
    postponed: int = 0
    failed: int = 0
    oldest_seconds: float = 0.0


def queues_by_kind(session: Session) -> dict[str, KindQueue]:
    """Returns the unfinished jobs by kind, also of kinds that have none. One query, which reads no finished job."""
    is_due = (Job.state == "waiting") & (Job.run_after <= func.now())
    rows = session.execute(
        select(
            Job.kind,
            func.count().filter(is_due),
            func.count().filter((Job.state == "waiting") & (Job.run_after > func.now())),
            func.count().filter(Job.state == "dead"),
            func.coalesce(func.extract("epoch", func.now() - func.min(Job.run_after).filter(is_due)), 0),
        )
        .where(Job.state != "done")
        .group_by(Job.kind)
    )
    found = {kind: KindQueue(due, postponed, failed, float(oldest)) for kind, due, postponed, failed, oldest in rows}
    return {kind: found.get(kind, KindQueue()) for kind in sorted({*all_kinds(), *found})}


def count_failed(session: Session) -> int:
    """Returns the number of jobs that failed at every attempt."""
    return session.scalar(select(func.count()).select_from(Job).where(Job.state == "dead")) or 0
