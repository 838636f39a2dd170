"""Celery tasks. Each may run twice, or never if its message is lost; this changes only the moment of the work."""

import structlog
from sqlalchemy import func, select

from lms.celery_options import RUN_SECONDS, TASK_LIMIT
from lms.composition import PERIODIC, parts
from lms.core import statements
from lms.core.clock import utc_now
from lms.core.jobs import running
from lms.core.jobs.queueing import job_notifier
from worker.app import app


@app.task(name="worker.run_pending", default_retry_delay=1, max_retries=10)
def run_pending(kind: str) -> int:
    """Runs the waiting jobs of this kind."""
    return running.run_pending(parts().sessions, kind, seconds=RUN_SECONDS)


@app.task(name="worker.sweep")
def sweep() -> None:
    """Notifies workers of rows whose message was lost or whose pause is over."""
    _begin_log_context("sweep")
    with parts().sessions() as session:
        due = running.due_kinds(session)
    for kind in due:
        job_notifier(kind)


@app.task(name="worker.periodic", time_limit=TASK_LIMIT)
def periodic(name: str) -> None:
    """Runs the periodic work of this name, unless another worker is running it."""
    _, work = PERIODIC[name]
    _begin_log_context(name)
    with parts().sessions.begin() as session:
        if session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext(f"periodic:{name}")))):
            work(session, utc_now())


def _begin_log_context(name: str) -> None:
    """Removes what the former jobs have bound to log lines; slow statements are logged with this name."""
    structlog.contextvars.clear_contextvars()
    statements.begin(name)
