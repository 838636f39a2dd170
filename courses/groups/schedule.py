"""Due dates of topics from the plan's hours, spread evenly over the group's dates. Pure functions."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

SUNDAY = 6


def spread(hours: Sequence[Decimal], starts_on: date, ends_on: date) -> list[date]:
    """Returns a due date for each topic, in the plan's order.

    ``hours``: academic hours of the topics. The share of hours up to a topic's end is the share of days up to its due
    date; a Sunday moves to the Saturday before, but not before the start. The last topic is due on the last day.
    """
    total = sum(hours, Decimal(0))
    days = (ends_on - starts_on).days
    due: list[date] = []
    done = Decimal(0)
    for place, share in enumerate(hours, start=1):
        done += share
        part = done / total if total else Decimal(place) / len(hours)
        due.append(_working(starts_on + timedelta(days=int(days * part)), starts_on))
    return [*due[:-1], ends_on] if due else []


def _working(day: date, earliest: date) -> date:
    return max(day - timedelta(days=1), earliest) if day.weekday() == SUNDAY else day
