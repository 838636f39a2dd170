"""Names of the jobs and locks of grade passback."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.jobs.queueing import enqueue

RECOMPUTE_SCORES = "plugin.note"
"""Subject: an enrolment whose scores are recomputed."""
SYNC_LINE_ITEM = "plugin.column"
"""Subject: a line item to be found, created, changed or deleted on its platform."""
SEND_SCORE = "plugin.score"
"""Subject: a score whose latest value is sent."""

LINE_ITEM_LOCK, SCORE_LOCK = 4_501, 4_502
"""Classes of advisory locks on a row while its platform is called."""


def enqueue_platform_job(session: Session, kind: str, subject_id: int, moment: datetime) -> None:
    """Enqueues a job that calls a platform.

    Each change has a row of its own: with a common key, the trainee's request would wait for the worker that holds the
    row during a call to a slow platform.
    """
    enqueue(session, kind, subject_id, key=f"{kind}:{subject_id}:{moment.timestamp():.6f}")
