"""Arithmetic of the ledger: hours to credit, and hours that the schedule expects by a day.

Hours are academic hours of 45 minutes, ``Decimal`` in quarter steps. The caller chooses the keys of kinds.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
ZERO = Decimal(0)


def hours_to_credit(plan: Mapping[K, Decimal], credited: Mapping[K, Decimal]) -> dict[K, Decimal]:
    """Returns the hours still to be credited per kind, so that the plan is reached and not exceeded."""
    left = {kind: hours - credited.get(kind, ZERO) for kind, hours in plan.items()}
    return {kind: hours for kind, hours in left.items() if hours > 0}


def total(hours: Mapping[K, Decimal]) -> Decimal:
    """Returns the sum over all kinds."""
    return sum(hours.values(), ZERO)


def add(parts: Iterable[Mapping[K, Decimal]]) -> dict[K, Decimal]:
    """Returns the sums per kind over all parts; kinds are in the order of their first occurrence."""
    sums: dict[K, Decimal] = {}
    for part in parts:
        for kind, hours in part.items():
            sums[kind] = sums.get(kind, ZERO) + hours
    return sums


def expected_hours(topics: Iterable[tuple[Decimal, date | None]], today: date) -> Decimal | None:
    """Returns the hours expected by today: those of the topics whose due date has passed.

    ``topics`` are (hours, due date). ``None`` if no topic has a date.
    """
    dated = [(hours, due) for hours, due in topics if due is not None]
    return sum((hours for hours, due in dated if due < today), ZERO) if dated else None


class Pace(StrEnum):
    """A trainee's pace compared with the schedule."""

    NONE = "none"
    """There is no schedule, or nothing is due by today."""
    AHEAD = "ahead"
    EVEN = "even"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class PaceComparison:
    """Pace compared with the schedule, and the difference in hours."""

    pace: Pace
    difference: Decimal


def compare_pace(done: Decimal, expected: Decimal | None) -> PaceComparison:
    """Compares the credited hours with the schedule's."""
    if not expected:
        return PaceComparison(Pace.NONE, ZERO)
    if done == expected:
        return PaceComparison(Pace.EVEN, ZERO)
    return PaceComparison(Pace.AHEAD if done > expected else Pace.BEHIND, abs(done - expected))
