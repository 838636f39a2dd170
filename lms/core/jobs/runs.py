"""Long runs: started by an account, done in steps by a job, with progress, pause, cancellation and a result file.

A step does a portion of the work and its transaction commits the portion together with the progress. A worker that is
killed loses the step under way and nothing else: the job is taken again and the run continues at its position.

>>> KIND = run_kind("rosters.import", queues.DEFAULT, import_next_rows)
>>> run = start(session, "rosters.import", actor=actor, parameters={"draft_id": 7}, steps_total=400)
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.jobs.kinds import JobKind
from lms.core.jobs.queueing import enqueue, postpone, wake
from lms.core.jobs.run_models import FINISHED, JobRun

Step = Callable[[Session, JobRun], bool]
"""Does the next portion, sets the run's progress with ``advance``, and returns whether more is left."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Moment until which the job of a paused run waits."""


def run_kind(name: str, queue: str, step: Step, *, tries: int = 6, pause: float = 2.0) -> JobKind:
    """Returns the kind of job that does runs of this name step by step; ``tries`` are counted for each step."""
    return JobKind(name, queue, partial(_take_step, step), tries=tries, pause=pause, on_failure=_fail)


def start(
    session: Session, kind: str, *, actor: Actor, parameters: dict[str, Any], steps_total: int | None = None
) -> JobRun:
    """Writes the run and the job that does it. ``parameters`` must be JSON."""
    run = JobRun(kind=kind, owner_id=actor.account_id, parameters=parameters, steps_total=steps_total)
    session.add(run)
    session.flush()
    enqueue(session, kind, run.id)
    audit.record(session, actor, "run.start", run, kind=kind)
    return run


def request_pause(session: Session, run: JobRun, *, actor: Actor) -> None:
    """Asks the worker to stop before the next step; a finished run is not changed."""
    _request(session, run, "pause", actor)


def request_resume(session: Session, run: JobRun, *, actor: Actor) -> None:
    """Asks the worker to continue where the run was paused."""
    _request(session, run, "run", actor)


def request_cancel(session: Session, run: JobRun, *, actor: Actor) -> None:
    """Asks the worker to end the run before the next step; what was done stays."""
    _request(session, run, "cancel", actor)


def advance(run: JobRun, *, by: int, position: dict[str, Any]) -> None:
    """Called by a step: adds to the progress and sets where the next step continues."""
    run.steps_done += by
    run.position = position


def runs_of(session: Session, owner_id: int, *, limit: int = 50) -> Sequence[JobRun]:
    """Returns the runs that the account started, the latest first."""
    return session.scalars(
        select(JobRun).where(JobRun.owner_id == owner_id).order_by(JobRun.id.desc()).limit(limit)
    ).all()


def _request(session: Session, run: JobRun, request: str, actor: Actor) -> None:
    if run.state in FINISHED or run.request == request:
        return
    run.request = request
    session.flush()
    wake(session, f"{run.kind}:{run.id}")
    audit.record(session, actor, f"run.{request}", run, kind=run.kind)


def _take_step(step: Step, session: Session, run_id: int) -> None:
    run = session.get_one(JobRun, run_id, populate_existing=True)
    if run.state in FINISHED:
        return
    if run.request == "run":
        _go_on(step, session, run)
    elif run.request == "pause":
        run.state = "paused"
        postpone(session, run.id, NEVER)
    else:
        run.state, run.finished_at = "cancelled", utc_now()


def _go_on(step: Step, session: Session, run: JobRun) -> None:
    run.state, run.error = "running", None
    run.started_at = run.started_at or utc_now()
    if step(session, run):
        postpone(session, run.id, run.created_at)  # a moment in the past: the worker takes the next step at once
    else:
        run.state, run.finished_at = "done", utc_now()


def _fail(session: Session, run_id: int, error: str) -> None:
    """Marks the run as failed; retrying its job continues it."""
    run = session.get_one(JobRun, run_id)
    run.state, run.error = "failed", error
