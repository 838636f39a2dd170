"""Job kinds and periodic tasks of rosters."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.jobs.kinds import JobKind
from lms.core.jobs.queues import PLATFORMS
from lms.lti.rosters.fetching import fetch_roster
from lms.lti.rosters.requesting import FETCH_ROSTER, forget_old

KINDS = (JobKind(FETCH_ROSTER, PLATFORMS, fetch_roster, tries=3),)

PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    "platforms.rosters.forget": (3600, forget_old)
}
