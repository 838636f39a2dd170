"""The ledger of hours as arithmetic: what to credit, what is still due, what the schedule expects by a day.

Hours are academic hours of 45 minutes, ``Decimal`` in quarter steps. Kinds are known by whatever key the caller uses.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
ZERO = Decimal(0)


def owed(plan: Mapping[K, Decimal], credited: Mapping[K, Decimal]) -> dict[K, Decimal]:
    """What is still to be credited per kind so that the plan is reached and never exceeded."""
    left = {kind: hours - credited.get(kind, ZERO) for kind, hours in plan.items()}
    return {kind: hours for kind, hours in left.items() if hours > 0}


def total(hours: Mapping[K, Decimal]) -> Decimal:
    """Over all kinds."""
    return sum(hours.values(), ZERO)


def add(parts: Iterable[Mapping[K, Decimal]]) -> dict[K, Decimal]:
    """Per kind over all parts; kinds in the order in which they first come."""
    sums: dict[K, Decimal] = {}
    for part in parts:
        for kind, hours in part.items():
            sums[kind] = sums.get(kind, ZERO) + hours
    return sums


def norm(topics: Iterable[tuple[Decimal, date | None]], today: date) -> Decimal | None:
    """The hours that should be done by today: those of the topics whose last day has passed.

    ``topics`` are (hours, until when). None when no topic has a date: then there is no schedule to keep.
    """
    dated = [(hours, due) for hours, due in topics if due is not None]
    return sum((hours for hours, due in dated if due < today), ZERO) if dated else None


class Pace(StrEnum):
    """How a trainee goes against the schedule."""

    NONE = "none"
    """There is no schedule, or nothing is due by today."""
    AHEAD = "ahead"
    EVEN = "even"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Standing:
    """Against the schedule: how, and by how many hours."""

    pace: Pace
    difference: Decimal


def standing(done: Decimal, expected: Decimal | None) -> Standing:
    """Compares the hours done with the schedule's."""
    if not expected:
        return Standing(Pace.NONE, ZERO)
    if done == expected:
        return Standing(Pace.EVEN, ZERO)
    return Standing(Pace.AHEAD if done > expected else Pace.BEHIND, abs(done - expected))
