"""The hours below a plan's heading: each cell is parsed once, and columns that repeat others are found by comparison.

The work grows with the number of cells, not with the number of pairs of columns.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from courses.importing.document import Row
from courses.importing.numbers import HourText, parse_hours

NOTHING = Decimal(0)
ENOUGH = 0.8
"""Share of the rows in which the kinds must add up to the total."""
MOST_TRIES = 12
"""Most ways of leaving columns out that are checked against the exact rule."""
MOST_TWINS = 4
"""Most columns of equal values that are combined with a column, for each group of rows."""


@dataclass(frozen=True, slots=True)
class _Surplus:
    """A row with hours: the hours by which its parts exceed its total, and its parts."""

    hours: Decimal
    parts: tuple[Decimal, ...]


class HourValues:
    """The hours of a table's body by row and column."""

    def __init__(self, body: Sequence[Row]) -> None:
        self._hours = [tuple(parse_hours(cell.text) for cell in row.cells) for row in body]

    def column(self, column: int) -> list[HourText]:
        """Returns the hours of a column, one for each row."""
        return [row[column] for row in self._hours]

    def matches(self, total: int, parts: Sequence[int]) -> tuple[int, int]:
        """Returns the number of rows where the parts add up to the total, and of rows with hours."""
        rows = self._surpluses(total, parts)
        return sum(1 for row in rows if not row.hours), len(rows)

    def adds_up(self, total: int, parts: Sequence[int]) -> bool:
        """Returns whether the parts add up to the total in enough rows."""
        good, rows = self.matches(total, parts)
        return rows >= 3 and good >= ENOUGH * rows and bool(parts)

    def first_total(self, columns: Sequence[int]) -> int | None:
        """Returns the first column that is the sum of all others in enough rows."""
        rows = [tuple(hours[c].value for c in columns) for hours in self._hours]
        rows = [row for row in rows if any(row)]
        sums = [sum(row, NOTHING) for row in rows]
        for place, column in enumerate(columns):
            good = sum(1 for row, whole in zip(rows, sums, strict=True) if row[place] * 2 == whole)
            if len(rows) >= 3 and good >= ENOUGH * len(rows):
                return column
        return None

    def without_repeats(self, total: int, columns: list[int], subtotals: Sequence[int]) -> list[int]:
        """Returns the columns without those that repeat others, if rows then add up: without the named subtotals, else
        without one or two other columns.
        """
        good, rows = self.matches(total, columns)
        if not rows or good >= rows / 2:
            return columns
        for repeated in (tuple(subtotals), *self._repeated(total, columns)):
            rest = [c for c in columns if c not in repeated]
            good, rows = self.matches(total, rest)
            if rest and rows and good >= ENOUGH * rows:
                return rest
        return columns

    def _surpluses(self, total: int, parts: Sequence[int]) -> list[_Surplus]:
        """Returns the rows that have hours in these columns."""
        found = []
        for hours in self._hours:
            whole, values = hours[total].value, tuple(hours[c].value for c in parts)
            if whole or any(values):
                found.append(_Surplus(sum(values, NOTHING) - whole, values))
        return found

    def _repeated(self, total: int, columns: list[int]) -> Iterator[tuple[int, ...]]:
        """Yields one or two columns whose hours are the surplus of enough rows; later columns first."""
        rows = self._surpluses(total, columns)
        places = range(len(columns))
        single = [i for i in reversed(places) if _explains(rows, (i,))]
        double = [pair for pair in _likely_pairs(rows, len(columns)) if _explains(rows, pair)]
        for found in [*((i,) for i in single), *double][:MOST_TRIES]:
            yield tuple(columns[i] for i in found)


def _explains(rows: list[_Surplus], places: tuple[int, ...]) -> bool:
    """Returns whether the parts at these places are the surplus of enough rows."""
    good = sum(1 for row in rows if row.hours == sum((row.parts[i] for i in places), NOTHING))
    return good >= ENOUGH * len(rows)


def _likely_pairs(rows: list[_Surplus], width: int) -> list[tuple[int, int]]:
    """Returns pairs of places that explain the surplus of a group of rows; those that explain most groups first.

    There is one group more than rows that a fitting pair may miss, so that it explains at least one group entirely.
    """
    telling = [row for row in rows if row.hours]
    groups = len(rows) // 5 + 1
    size = len(telling) // groups
    votes: Counter[tuple[int, int]] = Counter()
    for start in range(0, size * groups, max(size, 1)):
        votes.update(_pairs_of_group(telling[start : start + size], width))
    ranked = sorted(votes, key=lambda pair: (-votes[pair], -pair[0], -pair[1]))
    return ranked[: MOST_TWINS * width]


def _pairs_of_group(group: list[_Surplus], width: int) -> Iterator[tuple[int, int]]:
    """Yields the pairs of columns that add up to the surplus in every row of the group."""
    values = [tuple(row.parts[i] for row in group) for i in range(width)]
    alike: dict[tuple[Decimal, ...], list[int]] = defaultdict(list)
    for place in range(width - 1, -1, -1):
        wanted = tuple(row.hours - value for row, value in zip(group, values[place], strict=True))
        yield from ((place, other) for other in alike.get(wanted, ())[:MOST_TWINS])
        alike[values[place]].append(place)
