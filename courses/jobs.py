"""Job kinds, readers of uploads and periodic work of this package."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

import courses.groups.jobs
import courses.programmes.jobs
import courses.progress.content_log
import courses.uploads.jobs
from courses.groups.roster_import import read_uploaded_roster
from courses.programmes.drafts import read_uploaded_plans, read_uploaded_programmes
from courses.uploads.operations import Read
from lms.core.jobs.kinds import JobKind

KINDS: tuple[JobKind, ...] = courses.uploads.jobs.KINDS
UPLOAD_READERS: dict[str, Read] = {
    "programme": read_uploaded_programmes,
    "plan": read_uploaded_plans,
    "roster": read_uploaded_roster,
}
"""Kind of the import draft → the function that reads an uploaded file into it."""
PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    **courses.groups.jobs.PERIODIC,
    **courses.progress.content_log.PERIODIC,
    **courses.programmes.jobs.PERIODIC,
    **courses.uploads.jobs.PERIODIC,
}
"""Name → (seconds between runs, function)."""
