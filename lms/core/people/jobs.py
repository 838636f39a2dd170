"""Jobs and periodic work of the people package."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.core.auth import throttle
from lms.core.jobs.kinds import JobKind
from lms.core.jobs.queues import DEFAULT
from lms.core.people.invitations import RESET, answer_request
from lms.core.people.models import OneTimeLink, PasswordRequest

KEPT = timedelta(days=30)
"""Time that used and ended links stay, so that a late click gets an explanation."""


def _tidy(session: Session, now: datetime) -> None:
    throttle.sweep(session, before=now - timedelta(days=1))
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - KEPT))
    session.execute(delete(PasswordRequest).where(PasswordRequest.created_at < now - timedelta(days=1)))


KINDS: tuple[JobKind, ...] = (JobKind(RESET, DEFAULT, answer_request),)


PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {"tidy_people": (24 * 3600.0, _tidy)}
"""Name → (seconds between runs, function)."""
