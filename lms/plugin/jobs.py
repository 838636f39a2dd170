"""Work for later in this domain, and what happens by the clock."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.jobs.kinds import JobKind

KINDS: tuple[JobKind, ...] = ()

PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {}
"""Name → (seconds between, what is done)."""
