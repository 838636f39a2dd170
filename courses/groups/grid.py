"""The leader's grid of trainees by topics, as pure functions: states of cells, lateness, filters, order, pages.

A trainee's topics are found by their lineage as an integer (``Column.key``): the hash of a UUID is computed in Python,
and the grid of a large group asks for thousands.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lms.core.people.names import fold

ZERO = Decimal(0)
PAGE = 50
"""Trainees on one page of the grid: two usual groups."""
ABSENT_AFTER = timedelta(days=7)
"""Time without a visit after which a trainee counts as absent."""

RANKS = {"returned": 3, "waiting": 2, "begun": 1}
"""Urgency of marks: of several marks in one topic the cell shows the highest."""

FILTERS = ("", "late", "waiting", "absent", "uninvited", "left")
SORTS = ("name", "hours", "late", "waiting", "seen", "workplace")
PRESENT = ("enrolled", "finished")


@dataclass(frozen=True, slots=True)
class Column:
    """A topic of the plan, with the group's due date."""

    lineage: uuid.UUID
    number: str
    title: str
    section: str
    hours: Decimal
    due_on: date | None
    key: int = field(init=False)
    """The lineage as an integer."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.lineage.int)


@dataclass(frozen=True, slots=True)
class Cell:
    """State of one topic for one trainee."""

    state: str
    """``done``, ``returned``, ``waiting``, ``late``, ``missed``, ``begun`` or ``open``."""
    due_on: date | None = None
    confirmed: bool = False
    """Completed by the mark of a leader or teacher."""


@dataclass(frozen=True, slots=True)
class Trainee:
    """Data of a row: the enrolment and the person as plain values."""

    enrolment_id: int
    name: str
    sort_key: str
    workplace: str
    state: str
    enrolled_on: date
    individual: bool
    hours: Decimal
    """Credited academic hours."""
    last_seen: datetime | None
    accepted: bool
    done: Mapping[int, bool] = field(default_factory=dict)
    """Completed topics; true: confirmed by a leader or teacher."""
    own_dates: Mapping[int, date] = field(default_factory=dict)
    marks: Mapping[int | None, str] = field(default_factory=dict)
    works_waiting: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the grid: one trainee."""

    trainee: Trainee
    cells: tuple[Cell, ...]
    late_topics: int
    late_hours: Decimal
    """Academic hours of the topics that are late."""

    @property
    def late(self) -> bool:
        """True if any topic is late."""
        return self.late_topics > 0


@dataclass(frozen=True, slots=True)
class GridFilter:
    """Filter, order, part of a name and page that the leader asked for."""

    show: str = ""
    sort: str = "name"
    """One of ``SORTS``; a leading minus reverses the order."""
    query: str = ""
    page: int = 1

    @property
    def key(self) -> str:
        """The sort key without its direction."""
        return self.sort.removeprefix("-")


def grid_filter(show: str, sort: str, query: str, page: int) -> GridFilter:
    """Returns the choice; unknown values are replaced by the defaults."""
    known = sort if sort.removeprefix("-") in SORTS else "name"
    return GridFilter(show if show in FILTERS else "", known, query.strip()[:100], max(1, page))


@dataclass(frozen=True, slots=True)
class Grid:
    """One page of the grid, and the totals of all pages."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    choice: GridFilter
    total: int
    """Number of rows that match the filter."""
    counts: dict[str, int]
    """Filter → number of rows that match it."""
    workload: Decimal
    expected: Decimal | None
    """Hours expected by today; ``None`` if no topic has a date."""
    average: Decimal

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // PAGE))


def row_of(trainee: Trainee, columns: Sequence[Column], today: date) -> Row:
    """Returns the trainee's row: a cell for each topic, and the number and hours of late topics."""
    return with_cells(summary_of(trainee, columns, columns, today), columns, today)


def summary_of(trainee: Trainee, columns: Sequence[Column], past: Sequence[Column], today: date) -> Row:
    """Returns the row without its cells: of a large group most rows are only counted and sorted.

    ``past``: the columns whose group's date is over; a trainee without own dates is late in no other.
    """
    if trainee.state != "enrolled":
        return Row(trainee, (), 0, ZERO)
    late = _late(trainee, columns if trainee.own_dates else past, today)
    return Row(trainee, (), len(late), sum([column.hours for column in late], ZERO) if late else ZERO)


def _late(trainee: Trainee, columns: Sequence[Column], today: date) -> list[Column]:
    """Returns the topics that are overdue and the trainee's turn: not begun, begun, or returned."""
    own, done, marks = trainee.own_dates, trainee.done, trainee.marks
    left = [column for column in columns if column.key not in done]
    if own:
        left = [replace(column, due_on=own.get(column.key, column.due_on)) for column in left]
    joined_on = trainee.enrolled_on
    overdue = [column for column in left if column.due_on is not None and joined_on <= column.due_on < today]
    return [column for column in overdue if marks.get(column.key) != "waiting"] if marks else overdue


def with_cells(row: Row, columns: Sequence[Column], today: date) -> Row:
    """Returns the row with a cell for each topic."""
    return replace(row, cells=tuple(_cell(row.trainee, column, today) for column in columns))


def _cell(trainee: Trainee, column: Column, today: date) -> Cell:
    key, due_on = column.key, column.due_on
    if trainee.own_dates:
        due_on = trainee.own_dates.get(key, due_on)
    if key in trainee.done:
        return Cell("done", due_on, trainee.done[key])
    mark = trainee.marks.get(key, "open")
    if mark in ("returned", "waiting"):
        return Cell(mark, due_on)
    if due_on is not None and due_on < today:
        return Cell("missed" if due_on < trainee.enrolled_on else "late", due_on)
    return Cell(mark, due_on)


def most_urgent_marks(marks: Iterable[tuple[uuid.UUID | None, str]]) -> dict[int | None, str]:
    """Returns the most urgent mark of each topic."""
    found: dict[int | None, str] = {}
    for lineage, state in marks:
        key = lineage.int if lineage else None
        if RANKS.get(state, 0) > RANKS.get(found.get(key, ""), 0):
            found[key] = state
    return found


def filters_of(row: Row, now: datetime) -> tuple[str, ...]:
    """Returns the filters that the row matches. Withdrawn and transferred trainees match ``left`` only."""
    trainee = row.trainee
    if trainee.state not in PRESENT:
        return ("left",)
    enrolled = trainee.state == "enrolled"
    matched = {
        "late": row.late,
        "waiting": trainee.works_waiting > 0,
        "absent": enrolled and is_absent(trainee, now),
        "uninvited": enrolled and not trainee.accepted,
    }
    return ("", *(name for name, matches in matched.items() if matches))


def is_absent(trainee: Trainee, now: datetime) -> bool:
    """Returns whether the trainee has been here before, but not during the last week."""
    return trainee.last_seen is not None and now - trainee.last_seen > ABSENT_AFTER


SORT_KEYS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: "",
    "hours": lambda row: row.trainee.hours,
    "late": lambda row: -row.late_hours,
    "waiting": lambda row: -row.trainee.works_waiting,
    "seen": lambda row: row.trainee.last_seen.timestamp() if row.trainee.last_seen else 0.0,
    "workplace": lambda row: fold(row.trainee.workplace),
}


def filter_and_sort(rows: Sequence[Row], wanted: GridFilter, now: datetime) -> tuple[list[Row], dict[str, int]]:
    """Returns the rows that match the choice, all pages, in order; and the number of rows that match each filter."""
    part = fold(wanted.query)
    named = [(row, filters_of(row, now)) for row in rows if part in row.trainee.sort_key]
    counted = Counter(name for _row, names in named for name in names)
    counts = {show: counted[show] for show in FILTERS}
    shown = [row for row, names in named if wanted.show in names]
    by_name = sorted(shown, key=lambda row: (row.trainee.sort_key, row.trainee.enrolment_id))
    if wanted.key == "name":
        return (by_name[::-1] if wanted.sort.startswith("-") else by_name), counts
    return sorted(by_name, key=SORT_KEYS[wanted.key], reverse=wanted.sort.startswith("-")), counts


def make_grid(
    trainees: Iterable[Trainee],
    columns: Sequence[Column],
    wanted: GridFilter,
    *,
    now: datetime,
    today: date,
    size: int = PAGE,
) -> Grid:
    """Returns the requested page of the grid (``size`` rows); a page after the last is replaced by the last."""
    past = [column for column in columns if column.due_on is not None and column.due_on < today]
    rows = [summary_of(trainee, columns, past, today) for trainee in trainees]
    shown, counts = filter_and_sort(rows, wanted, now)
    page = min(wanted.page, max(1, -(-len(shown) // size)))
    dated = [column for column in columns if column.due_on is not None]
    present = [row.trainee.hours for row in rows if row.trainee.state in PRESENT]
    return Grid(
        columns=tuple(columns),
        rows=tuple(with_cells(row, columns, today) for row in shown[(page - 1) * size : page * size]),
        choice=GridFilter(wanted.show, wanted.sort, wanted.query, page),
        total=len(shown),
        counts=counts,
        workload=sum((column.hours for column in columns), ZERO),
        expected=sum((c.hours for c in dated if c.due_on and c.due_on < today), ZERO) if dated else None,
        average=round(sum(present, ZERO) / len(present), 1) if present else ZERO,
    )
