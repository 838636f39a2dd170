"""Work for later in this domain, and what happens by the clock."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

import lms.plugin.grades.jobs
import lms.plugin.rosters.jobs
from lms.core.jobs.kinds import JobKind
from lms.plugin.entry.launches import sweep
from lms.plugin.trust.keys import keep_fresh

KINDS: tuple[JobKind, ...] = (*lms.plugin.grades.jobs.KINDS, *lms.plugin.rosters.jobs.KINDS)

PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    **lms.plugin.rosters.jobs.PERIODIC,
    "sweep_launches": (3600.0, sweep),
    "keep_platform_keys": (24 * 3600.0, keep_fresh),
}
"""Name → (seconds between, what is done)."""
