"""Platforms that do not answer: after a failure everything else for them waits too, longer each time."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from lms.lti.models.services import Outage

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=15)
LONGEST_RETRY_AFTER = timedelta(hours=1)
"""Of a pause that the platform itself asks for."""
GIVE_UP = timedelta(hours=24)
"""What waits for so long is given up, until the platform answers again or somebody says so."""


class KnownOutage(NamedTuple):
    """A platform did not answer; nothing is asked of it before ``until``."""

    until: datetime
    error: str


def current_outages(session: Session, platform_ids: Collection[int]) -> dict[int, KnownOutage]:
    """Platform's id → what is known, of those that did not answer lately."""
    rows = session.execute(
        select(Outage.platform_id, Outage.until, Outage.error).where(Outage.platform_id.in_(platform_ids))
    )
    return {platform_id: KnownOutage(until, error) for platform_id, until, error in rows}


def record_failure(
    session: Session, platform_id: int, error: str, *, now: datetime, wish: timedelta | None = None
) -> datetime:
    """The platform did not answer: until when nothing is asked of it. ``wish``: its own ``Retry-After``."""
    failures = session.scalar(select(Outage.failures).where(Outage.platform_id == platform_id)) or 0
    pause: timedelta = min(FIRST_PAUSE * (1 << min(failures, 10)), LONGEST_PAUSE)
    until = now + max(pause, min(wish or pause, LONGEST_RETRY_AFTER))
    values = {"failures": failures + 1, "until": until, "error": error}
    session.execute(
        insert(Outage)
        .values(platform_id=platform_id, since=now, **values)
        .on_conflict_do_update(index_elements=["platform_id"], set_=values)
    )
    return until


def record_success(session: Session, platform_id: int) -> None:
    """The platform answers again."""
    session.execute(delete(Outage).where(Outage.platform_id == platform_id))


def retry_after_of(retry_after: str | None) -> timedelta | None:
    """The pause of a ``Retry-After`` in seconds; a date is not read."""
    return timedelta(seconds=int(retry_after)) if retry_after and retry_after.strip().isdecimal() else None
