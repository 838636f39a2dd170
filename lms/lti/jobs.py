"""Job kinds and periodic tasks of this domain."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

import lms.lti.grades.jobs
import lms.lti.rosters.jobs
from lms.core.jobs.kinds import JobKind
from lms.lti.launches.launch_sessions import delete_expired
from lms.lti.trust.tool_keys import keep_fresh

KINDS: tuple[JobKind, ...] = (*lms.lti.grades.jobs.KINDS, *lms.lti.rosters.jobs.KINDS)

PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    **lms.lti.rosters.jobs.PERIODIC,
    "sweep_launches": (3600.0, delete_expired),
    "keep_platform_keys": (24 * 3600.0, keep_fresh),
}
"""Name → (interval in seconds, function)."""
