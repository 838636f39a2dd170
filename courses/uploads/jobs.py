"""The job that reads uploaded files, and the deletion of files whose run never ended."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.uploads.operations import READ_UPLOAD, forget_upload, take_step
from lms.core.jobs import queues
from lms.core.jobs.kinds import JobKind
from lms.core.jobs.run_models import FINISHED, JobRun
from lms.core.jobs.runs import run_kind

KEPT_FOR = timedelta(days=2)
"""Time for which the file of a failed run is kept, so that an administrator can retry it."""

KINDS: tuple[JobKind, ...] = (run_kind(READ_UPLOAD, queues.DEFAULT, take_step, tries=3),)


def forget_uploads(session: Session, now: datetime) -> None:
    """Deletes the files of runs that did not end: lists of people are not kept."""
    old = select(JobRun).where(
        JobRun.kind == READ_UPLOAD, JobRun.state.not_in(FINISHED), JobRun.created_at < now - KEPT_FOR
    )
    for run in session.scalars(old):
        forget_upload(session, run)


PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    "forget_uploads": (6 * 3600.0, forget_uploads)
}
"""Name → (seconds between runs, function)."""
