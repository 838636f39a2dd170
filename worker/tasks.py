"""Celery tasks. Each may run twice, or never if its message is lost; this changes only the moment of the work."""

import structlog
from sqlalchemy import func, select

from lms.celery_options import RUN_SECONDS, TASK_LIMIT
from lms.composition import PERIODIC, WATCHED, parts
from lms.core import statements
from lms.core.clock import utc_now
from lms.core.jobs import running
from lms.core.jobs.queueing import job_notifier
from lms.core.jobs.watching import find_due
from worker.app import app


@app.task(name="worker.run_pending", default_retry_delay=1, max_retries=10)
def run_pending(kind: str) -> int:
    """Runs the waiting jobs of this kind."""
    return running.run_pending(parts().sessions, kind, seconds=RUN_SECONDS)


@app.task(name="worker.sweep")
def sweep() -> None:
    """Notifies workers of rows whose message was lost or whose pause is over, and starts watched work."""
    _begin_log_context("sweep")
    with parts().sessions() as session:
        due = find_due(session, WATCHED)
    for kind in due.kinds:
        job_notifier(kind)
    for name in due.names:
        periodic.apply_async((name,), expires=TASK_LIMIT)


@app.task(name="worker.periodic", time_limit=TASK_LIMIT)
def periodic(name: str) -> None:
    """Runs the periodic or watched work of this name, unless another worker is running it."""
    work = WATCHED[name].work if name in WATCHED else PERIODIC[name][1]
    _begin_log_context(name)
    with parts().sessions.begin() as session:
        if session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext(f"periodic:{name}")))):
            work(session, utc_now())


def _begin_log_context(name: str) -> None:
    """Removes what the former jobs have bound to log lines; slow statements are logged with this name."""
    structlog.contextvars.clear_contextvars()
    statements.begin(name)
