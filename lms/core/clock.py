"""The clock, passed to operations as ``now`` so that tests may set it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def day_in(zone: str, moment: datetime) -> date:
    """The calendar day of this moment in the zone: it decides deadlines, dates on certificates, years of numbers."""
    return moment.astimezone(ZoneInfo(zone)).date()
