"""Work for later in this domain, and what happens by the clock."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

import courses.groups.jobs
import courses.programmes.jobs
import courses.progress.jobs
from lms.core.jobs.kinds import JobKind

KINDS: tuple[JobKind, ...] = (*courses.progress.jobs.KINDS,)

PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    **courses.groups.jobs.PERIODIC,
    **courses.programmes.jobs.PERIODIC,
}
"""Name → (seconds between, what is done)."""
