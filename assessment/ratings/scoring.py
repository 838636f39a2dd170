"""Scoring of the competency self-assessment: descriptors rated on a scale before and after. Without side effects.

Means cover the answered descriptors; growth compares only descriptors rated both times, so that a skipped row neither
adds nor subtracts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

HUNDREDTH: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Scale:
    """Levels from ``lowest`` to ``highest``, whole numbers."""

    lowest: int = 1
    highest: int = 5

    def __post_init__(self) -> None:
        if not (0 <= self.lowest < self.highest <= 100):
            raise ValueError(f"no scale goes from {self.lowest} to {self.highest}")

    @property
    def levels(self) -> range:
        return range(self.lowest, self.highest + 1)

    def level(self, said: object) -> int | None:
        """Returns the level in a value from a form or JSON; None if it is empty or off the scale."""
        if isinstance(said, bool):
            return None
        text = str(said).strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) in self.levels else None


DEFAULT_SCALE: Final = Scale()


@dataclass(frozen=True, slots=True)
class RatedDescriptor:
    """A descriptor on the sheet: its key, its competency's key, its kind (knowledge, skill, practice)."""

    key: str
    competency: str
    kind: str


@dataclass(frozen=True, slots=True)
class Growth:
    """Means before and after (None without answers), and the mean growth of descriptors rated both times.

    Of ``asked`` descriptors, ``rated_before``, ``rated_after`` and ``rated_twice`` were answered.
    """

    before: Decimal | None
    after: Decimal | None
    growth: Decimal | None
    asked: int
    rated_before: int
    rated_after: int
    rated_twice: int

    def as_json(self) -> dict[str, str | int | None]:
        return {
            "before": _text(self.before),
            "after": _text(self.after),
            "growth": _text(self.growth),
            "asked": self.asked,
            "rated_before": self.rated_before,
            "rated_after": self.rated_after,
            "rated_twice": self.rated_twice,
        }


@dataclass(frozen=True, slots=True)
class GrowthSummary:
    """Summary of a trainee's self-assessment: overall, by competency and by kind, in the programme's order."""

    overall: Growth
    competencies: dict[str, Growth]
    kinds: dict[str, Growth]
    complete_before: bool
    complete_after: bool

    def as_json(self) -> dict[str, object]:
        return {
            "overall": self.overall.as_json(),
            "competencies": {key: one.as_json() for key, one in self.competencies.items()},
            "kinds": {key: one.as_json() for key, one in self.kinds.items()},
            "complete_before": self.complete_before,
            "complete_after": self.complete_after,
        }


Levels = Mapping[str, object]
"""Descriptor key → level; missing, None or off the scale: not answered."""


def summarise(
    descriptors: Sequence[RatedDescriptor], before: Levels, after: Levels, scale: Scale = DEFAULT_SCALE
) -> GrowthSummary:
    """Returns the summary of a trainee's two sheets."""
    pairs = {one.key: (scale.level(before.get(one.key)), scale.level(after.get(one.key))) for one in descriptors}
    overall = _growth(pairs.values())
    return GrowthSummary(
        overall=overall,
        competencies=_grouped(descriptors, pairs, lambda one: one.competency),
        kinds=_grouped(descriptors, pairs, lambda one: one.kind),
        complete_before=bool(pairs) and overall.rated_before == overall.asked,
        complete_after=bool(pairs) and overall.rated_after == overall.asked,
    )


def summarise_group(
    descriptors: Sequence[RatedDescriptor], sheets: Iterable[tuple[Levels, Levels]], scale: Scale
) -> GrowthSummary:
    """Returns the summary of a whole group; every answer of every trainee has the same weight."""
    many = list(sheets)
    rows = [
        RatedDescriptor(f"{number}|{one.key}", one.competency, one.kind)
        for number in range(len(many))
        for one in descriptors
    ]
    before = {f"{number}|{key}": level for number, (said, _after) in enumerate(many) for key, level in said.items()}
    after = {f"{number}|{key}": level for number, (_before, said) in enumerate(many) for key, level in said.items()}
    return summarise(rows, before, after, scale)


_Pair = tuple[int | None, int | None]


def _grouped(
    descriptors: Sequence[RatedDescriptor], pairs: Mapping[str, _Pair], group: Callable[[RatedDescriptor], str]
) -> dict[str, Growth]:
    found: dict[str, list[_Pair]] = {}
    for one in descriptors:
        found.setdefault(group(one), []).append(pairs[one.key])
    return {key: _growth(rows) for key, rows in found.items()}


def _growth(pairs: Iterable[_Pair]) -> Growth:
    rows = list(pairs)
    before = [first for first, _second in rows if first is not None]
    after = [second for _first, second in rows if second is not None]
    steps = [second - first for first, second in rows if first is not None and second is not None]
    return Growth(mean(before), mean(after), mean(steps), len(rows), len(before), len(after), len(steps))


def mean(levels: Sequence[int]) -> Decimal | None:
    """Returns the arithmetic mean to hundredths, half up; None for an empty list."""
    if not levels:
        return None
    return (Decimal(sum(levels)) / len(levels)).quantize(HUNDREDTH, ROUND_HALF_UP)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
