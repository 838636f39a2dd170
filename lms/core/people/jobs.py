"""What this domain does by the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.core.auth import throttle
from lms.core.people.models import OneTimeLink

KEPT = timedelta(days=30)
"""How long used and ended links stay: a late click is still told what happened."""


def _tidy(session: Session, now: datetime) -> None:
    throttle.sweep(session, before=now - timedelta(days=1))
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - KEPT))


PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {"tidy_people": (24 * 3600.0, _tidy)}
"""Name → (seconds between, what is done)."""
