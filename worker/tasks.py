"""The tasks: thin. Each may run twice, or never if its nudge is lost, and nothing changes but the moment."""

from sqlalchemy import func, select

from lms.celery_options import TASK_LIMIT
from lms.composition import PERIODIC, parts
from lms.core.clock import utc_now
from lms.core.jobs.queueing import nudger
from lms.core.jobs.running import drain as drain_jobs
from lms.core.jobs.running import due_kinds
from worker.app import app


@app.task(name="worker.drain", default_retry_delay=1, max_retries=10)
def drain(kind: str) -> int:
    """Do the waiting jobs of this kind."""
    return drain_jobs(parts().sessions, kind)


@app.task(name="worker.sweep")
def sweep() -> None:
    """Nudge for rows whose nudge was lost or whose pause is over."""
    with parts().sessions() as session:
        due = due_kinds(session)
    for kind in due:
        nudger(kind)


@app.task(name="worker.periodic", time_limit=TASK_LIMIT)
def periodic(name: str) -> None:
    """Do what the clock asks for, unless another worker is doing it right now."""
    _, work = PERIODIC[name]
    with parts().sessions.begin() as session:
        if session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext(f"periodic:{name}")))):
            work(session, utc_now())
