"""The clock. Operations take the moment as ``now``, so that tests can set it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Returns the current moment in UTC."""
    return datetime.now(UTC)


def day_in(zone: str, moment: datetime) -> date:
    """Returns the calendar day in the zone. It decides deadlines, dates on certificates and the year of their
    numbers.
    """
    return moment.astimezone(ZoneInfo(zone)).date()
