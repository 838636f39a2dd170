"""Periodic work of this package."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

import courses.groups.jobs
import courses.programmes.jobs

PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    **courses.groups.jobs.PERIODIC,
    **courses.programmes.jobs.PERIODIC,
}
"""Name → (seconds between runs, function)."""
