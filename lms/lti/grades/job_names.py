"""Names of this package's jobs and locks."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.jobs.queueing import enqueue

RECOMPUTE_SCORES = "plugin.note"
"""Subject: an enrolment, whose results are held against what platforms are to know."""
SYNC_LINE_ITEM = "plugin.column"
"""Subject: a line item, to be found, made, changed or removed on its platform."""
SEND_SCORE = "plugin.score"
"""Subject: a score, whose latest value is sent."""

LINE_ITEM_LOCK, SCORE_LOCK = 4_501, 4_502
"""Classes of advisory locks: of a row that is being talked of with its platform."""


def enqueue_platform_job(session: Session, kind: str, subject_id: int, moment: datetime) -> None:
    """Write down a job that talks with a platform.

    Each change has a row of its own: one of a common key would wait for the worker that talks with a slow platform,
    and it is the trainee's request that would wait.
    """
    enqueue(session, kind, subject_id, key=f"{kind}:{subject_id}:{moment.timestamp():.6f}")
