"""A figure of the benchmark, printed as a JSON line."""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` in ``unit``; ``ceiling`` is the same figure for the bare work on this machine, ``ratio`` their
    quotient.
    """

    name: str
    value: float
    unit: str
    better: str
    ceiling: float | None = None
    ratio: float | None = None
    details: Mapping[str, float] = field(default_factory=dict)
    """Further numbers of the same measurement by name, printed beside the others."""

    def line(self) -> str:
        """Returns the figure as one JSON object."""
        values = asdict(self)
        details = values.pop("details")
        return json.dumps({**values, **details}, ensure_ascii=False)


def in_turn(name: str, subject: Callable[[], float], ceiling: Callable[[], float], *, rounds: int) -> Figure:
    """Returns the medians of both figures per second, measured one after the other in each round, so that a busy
    moment affects both.
    """
    values, ceilings = [], []
    for _round in range(rounds):
        values.append(subject())
        ceilings.append(ceiling())
    value, limit = statistics.median(values), statistics.median(ceilings)
    return Figure(name, round(value, 1), "1/s", "higher", round(limit, 1), round(value / limit, 2))


def cheaper(name: str, seconds: Sequence[tuple[float, float]]) -> Figure:
    """Returns the time of one piece and of the bare work: pairs of one round each; medians, in milliseconds."""
    value, floor = (statistics.median(side) for side in zip(*seconds, strict=True))
    return Figure(name, round(value * 1000, 2), "ms", "lower", round(floor * 1000, 2), round(value / floor, 2))


def counted(name: str, value: int) -> Figure:
    """Returns a figure for a number of queries: it has no ceiling, fewer is better."""
    return Figure(name, value, "queries", "lower")
