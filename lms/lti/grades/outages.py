"""Outages of platforms: after a failure, all calls to the platform pause, longer after each further failure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from lms.core.sentences import ErrorDetail
from lms.lti.models.services import Outage

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=15)
LONGEST_RETRY_AFTER = timedelta(hours=1)
"""Upper limit for the pause that a platform asks for by ``Retry-After``."""
GIVE_UP = timedelta(hours=24)
"""Age at which a waiting score is given up, until the platform answers again or a person repeats it."""


class KnownOutage(NamedTuple):
    """Current outage of a platform; no calls are made before ``until``."""

    until: datetime
    error: ErrorDetail | None


def current_outages(session: Session, platform_ids: Collection[int]) -> dict[int, KnownOutage]:
    """Returns the current outages by platform id."""
    rows = session.execute(
        select(Outage.platform_id, Outage.until, Outage.error).where(Outage.platform_id.in_(platform_ids))
    )
    return {platform_id: KnownOutage(until, error) for platform_id, until, error in rows}


def record_failure(
    session: Session, platform_id: int, error: ErrorDetail | None, *, now: datetime, wish: timedelta | None = None
) -> datetime:
    """Records a failed call and returns the end of the pause. ``wish``: the platform's own ``Retry-After``."""
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
    """Deletes the outage of a platform that has answered."""
    session.execute(delete(Outage).where(Outage.platform_id == platform_id))


def retry_after_of(retry_after: str | None) -> timedelta | None:
    """Returns the pause of a ``Retry-After`` header given in seconds; dates are not supported."""
    text = (retry_after or "").strip()
    return timedelta(seconds=int(text)) if text.isdecimal() and len(text) < 8 else None
