"""Limit of stored refusals, because anybody can cause any number of them."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.lti.models.platforms import Refusal

MOST_A_MINUTE = 60
"""Per platform, and for all unknown platforms together; the log has every refusal."""


def is_limit_reached(session: Session, platform_id: int | None, *, now: datetime) -> bool:
    """Returns whether the limit for the last minute is reached."""
    latest = select(Refusal.seen_at).where(Refusal.platform_id == platform_id).order_by(Refusal.id.desc())
    before = session.scalar(latest.offset(MOST_A_MINUTE - 1).limit(1))
    return before is not None and now - before < timedelta(minutes=1)
