"""How many refusals are kept: anybody can be refused, as often and as fast as they like."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.lti.models.platforms import Refusal

MOST_A_MINUTE = 60
"""Of one platform, and of all that nobody has connected; the log has a line of each."""


def is_limit_reached(session: Session, platform_id: int | None, *, now: datetime) -> bool:
    """Whether so many were kept within a minute that the next one tells nothing new."""
    latest = select(Refusal.seen_at).where(Refusal.platform_id == platform_id).order_by(Refusal.id.desc())
    before = session.scalar(latest.offset(MOST_A_MINUTE - 1).limit(1))
    return before is not None and now - before < timedelta(minutes=1)
