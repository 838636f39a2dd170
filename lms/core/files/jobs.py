"""Periodic work of the file storage."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.core.files import port
from lms.core.files.operations import sweep_orphans

GRACE = timedelta(days=1)
"""Time that bytes may lie without a file: a long upload, a form that is still being filled in."""


def _sweep(session: Session, now: datetime) -> None:
    sweep_orphans(session, port.store(), now - GRACE)


PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {"sweep_files": (6 * 3600.0, _sweep)}
"""Name → (seconds between runs, function)."""
