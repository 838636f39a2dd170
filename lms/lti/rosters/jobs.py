"""Work for later with platforms' lists."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.jobs.kinds import JobKind
from lms.core.jobs.queues import PLATFORMS
from lms.lti.rosters.asking import FETCH, forget_old
from lms.lti.rosters.fetching import fetch

KINDS = (JobKind(FETCH, PLATFORMS, fetch, tries=3),)

PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    "platforms.rosters.forget": (3600, forget_old)
}
