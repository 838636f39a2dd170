"""Runs jobs: takes rows, does the work and marks the rows done in the same transaction as its effect.

The row's lock is the lease. A worker that is killed loses its connection and with it the lock, so the row can be taken
again at once, without a timeout. Each attempt leaves a ``job_start`` row, committed before the work, so that a job
which kills its worker every time is counted and ends as failed.
"""

import math
import time
import traceback
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from lms.core import statements
from lms.core.clock import utc_now
from lms.core.jobs.kinds import JobKind, Sessions, known
from lms.core.jobs.models import Job, JobAttempt
from lms.core.jobs.queueing import POSTPONED, job_notifier
from lms.core.logs import without_details

log = structlog.get_logger()
LONGEST_ERROR = 4000


def run_pending(sessions: Sessions, kind_name: str, *, at_most: int = 1000, seconds: float = math.inf) -> int:
    """Runs the waiting jobs of this kind until none is left that no other worker holds. Returns the number of jobs
    attempted.

    After ``at_most`` jobs or so many seconds it begins no further one and notifies a worker of the rest.
    """
    kind = known(kind_name)
    tried, until = 0, time.monotonic() + seconds
    while count := _run_some(sessions, kind):
        tried += count
        if tried >= at_most or time.monotonic() >= until:
            job_notifier(kind_name)
            break
    return tried


def _run_some(sessions: Sessions, kind: JobKind) -> int:
    _begin_log_context(kind)
    with sessions() as session:
        jobs = _take(session, kind, kind.batch if kind.handle_many else 1)
        if not jobs:
            return 0
        starts = _record_attempts(sessions, jobs)
        _bind_log_context(session, kind, jobs)
        began = time.perf_counter()
        try:
            _run_batch(session, kind, _within_attempts(session, kind, jobs, starts))
            session.commit()
            log.info("jobs_done", count=len(jobs), milliseconds=round((time.perf_counter() - began) * 1000))
        except Exception as error:
            session.rollback()
            _recover(sessions, kind, jobs, error)
    return len(jobs)


def _take(session: Session, kind: JobKind, count: int) -> Sequence[Job]:
    waiting = (
        select(Job)
        .where(Job.kind == kind.name, Job.state == "waiting", Job.run_after <= func.now())
        .order_by(Job.run_after, Job.id)
        .limit(count)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return session.scalars(waiting).all()


def _record_attempts(sessions: Sessions, jobs: Sequence[Job]) -> dict[int, int]:
    """Commits that these attempts began. Returns the number of attempts so far by job id, this one included."""
    ids = [job.id for job in jobs]
    with sessions.begin() as apart:
        apart.execute(insert(JobAttempt), [{"job_id": job_id} for job_id in ids])
        counted = select(JobAttempt.job_id, func.count()).where(JobAttempt.job_id.in_(ids)).group_by(JobAttempt.job_id)
        return {row.job_id: row[1] for row in apart.execute(counted)}


def _within_attempts(session: Session, kind: JobKind, jobs: Sequence[Job], starts: dict[int, int]) -> Sequence[Job]:
    """Returns the jobs that may still be attempted. A job whose attempts all ended with their worker is marked as
    failed.
    """
    for job in jobs:
        if starts[job.id] > kind.tries:
            job.state = "dead"
            job.last_error = job.last_error or "The worker was killed at every attempt."
            log.error("job_failed_finally", kind=kind.name, job=job.id)
            _tell_of_failure(session, kind, job)
    return [job for job in jobs if job.state == "waiting"]


def _run_batch(session: Session, kind: JobKind, jobs: Sequence[Job]) -> None:
    if not jobs:
        return
    session.info.pop(POSTPONED, None)
    if kind.handle_many is not None:
        kind.handle_many(session, [job.subject_id for job in jobs])
    else:
        kind.handle(session, jobs[0].subject_id)
    later: dict[int, datetime] = session.info.pop(POSTPONED, {})
    done = [job.id for job in jobs if job.subject_id not in later]
    if done:
        session.execute(
            update(Job).where(Job.id.in_(done)).values(state="done", finished_at=func.now(), last_error=None)
        )
    if later:
        _postpone(session, [job for job in jobs if job.subject_id in later], later)


def _postpone(session: Session, jobs: Sequence[Job], later: dict[int, datetime]) -> None:
    """Lets these jobs wait until their moments and deletes the attempts that began now."""
    of_moment: dict[datetime, list[int]] = defaultdict(list)
    for job in jobs:
        of_moment[later[job.subject_id]].append(job.id)
    for moment, ids in of_moment.items():
        session.execute(update(Job).where(Job.id.in_(ids)).values(run_after=moment))
    session.execute(delete(JobAttempt).where(JobAttempt.job_id.in_([job.id for job in jobs])))


def _begin_log_context(kind: JobKind) -> None:
    """Removes what the former jobs have bound to log lines, and binds the kind."""
    statements.begin(kind.name)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(kind=kind.name)


def _bind_log_context(session: Session, kind: JobKind, jobs: Sequence[Job]) -> None:
    """Binds the ids of the requests that called for this work to log lines, and to jobs that it enqueues in turn."""
    requests = sorted({job.request_id for job in jobs if job.request_id})
    session.info["request_id"] = requests[0] if len(requests) == 1 else None
    structlog.contextvars.bind_contextvars(jobs=[job.id for job in jobs[:20]], request_id=requests[:20])


def _recover(sessions: Sessions, kind: JobKind, jobs: Sequence[Job], error: Exception) -> None:
    """After a failed batch, runs each job alone. A job that fails alone waits, longer each time, until it counts as
    failed.
    """
    if len(jobs) == 1:
        _fail(sessions, kind, jobs[0].id, error)
        return
    for job in jobs:
        _run_alone(sessions, kind, job.id)


def _run_alone(sessions: Sessions, kind: JobKind, job_id: int) -> None:
    with sessions() as session:
        job = session.scalar(
            select(Job)
            .where(Job.id == job_id, Job.state == "waiting")
            .with_for_update(skip_locked=True, key_share=True)
        )
        if job is None:
            return
        try:
            _run_batch(session, kind, [job])
            session.commit()
        except Exception as error:
            session.rollback()
            _fail(sessions, kind, job_id, error)


def _fail(sessions: Sessions, kind: JobKind, job_id: int, error: Exception) -> None:
    text = without_details("".join(traceback.format_exception(error)))[-LONGEST_ERROR:]
    with sessions.begin() as session:
        job = session.get(Job, job_id, with_for_update={"key_share": True})
        if job is None or job.state != "waiting":
            return
        tries = session.scalar(select(func.count()).where(JobAttempt.job_id == job_id)) or 1
        job.last_error = text
        job.state = "dead" if tries >= kind.tries else "waiting"
        job.run_after = utc_now() + pause_after(kind, tries)
        if job.state == "dead":
            _tell_of_failure(session, kind, job)
    shown = without_details(str(error))
    log.warning("job_failed", kind=kind.name, job=job_id, tries=tries, error=shown, final=tries >= kind.tries)


def _tell_of_failure(session: Session, kind: JobKind, job: Job) -> None:
    if kind.on_failure is not None:
        kind.on_failure(session, job.subject_id, job.last_error or "")


def pause_after(kind: JobKind, tries: int) -> timedelta:
    """Returns the pause after so many failed attempts: it grows with each, up to an hour."""
    return timedelta(seconds=min(kind.pause * 4 ** (tries - 1), 3600))


def retry(session: Session, job: Job, *, now: datetime) -> None:
    """Lets a failed job run again, as an administrator asked; its attempts are deleted."""
    session.execute(delete(JobAttempt).where(JobAttempt.job_id == job.id))
    job.state, job.run_after = "waiting", now


def delete_finished(session: Session, *, before: datetime, at_most: int = 20_000) -> int:
    """Deletes jobs that were done before this moment with their attempts, the oldest first. Returns the number
    deleted.
    """
    oldest = select(Job.id).where(Job.state == "done", Job.finished_at < before).order_by(Job.id).limit(at_most)
    deleted = session.execute(delete(Job).where(Job.id.in_(oldest)).returning(Job.id))
    return len(deleted.all())
