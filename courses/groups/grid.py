"""The leader's grid of trainees by topics as arithmetic: the state of each cell, who is late, what is shown. Pure."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lms.core.people.names import fold

ZERO = Decimal(0)
PAGE = 100
"""Trainees on one page of the grid."""
ABSENT = timedelta(days=7)
"""Who was not seen for so long is worth a word."""

RANKS = {"returned": 3, "waiting": 2, "begun": 1}
"""Which of several marks in one topic the cell shows: what needs somebody most."""

FILTERS = ("", "late", "waiting", "absent", "uninvited", "left")
SORTS = ("name", "hours", "late", "waiting", "seen", "workplace")
PRESENT = ("enrolled", "finished")


@dataclass(frozen=True, slots=True)
class Column:
    """A topic of the plan, with the group's date."""

    lineage: uuid.UUID
    number: str
    title: str
    section: str
    hours: Decimal
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Cell:
    """How one trainee stands with one topic."""

    state: str
    """``done``, ``returned``, ``waiting``, ``late``, ``missed``, ``begun`` or ``open``."""
    due_on: date | None = None
    confirmed: bool = False
    """Completed by the mark of a leader or teacher."""


@dataclass(frozen=True, slots=True)
class Trainee:
    """What a row is made of: the enrolment and the person as plain values."""

    enrolment_id: int
    name: str
    sort_key: str
    workplace: str
    state: str
    enrolled_on: date
    individual: bool
    hours: Decimal
    """Credited."""
    last_seen: datetime | None
    accepted: bool
    done: Mapping[uuid.UUID, bool] = field(default_factory=dict)
    """Completed topics; true: confirmed by a leader or teacher."""
    own_dates: Mapping[uuid.UUID, date] = field(default_factory=dict)
    marks: Mapping[uuid.UUID | None, str] = field(default_factory=dict)
    works_waiting: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A trainee's line of the grid."""

    trainee: Trainee
    cells: tuple[Cell, ...]
    late_topics: int
    late_hours: Decimal
    """Academic hours of the topics that are late."""

    @property
    def late(self) -> bool:
        """Whether anything is."""
        return self.late_topics > 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What the leader asked to see: filter, order, part of a name, page."""

    show: str = ""
    sort: str = "name"
    """One of ``SORTS``, with a minus for the other way round."""
    query: str = ""
    page: int = 1

    @property
    def key(self) -> str:
        """The column that sorts."""
        return self.sort.removeprefix("-")


def choice(show: str, sort: str, query: str, page: int) -> Choice:
    """What was asked for; anything unknown is the default."""
    known = sort if sort.removeprefix("-") in SORTS else "name"
    return Choice(show if show in FILTERS else "", known, query.strip()[:100], max(1, page))


@dataclass(frozen=True, slots=True)
class Grid:
    """One page of the grid, and what there is in all."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    choice: Choice
    total: int
    """Rows that the filter lets through."""
    counts: dict[str, int]
    """Per filter, how many rows it would show."""
    workload: Decimal
    expected: Decimal | None
    """Hours that the group should have by today; none where no topic has a date."""
    average: Decimal

    @property
    def pages(self) -> int:
        """At least one."""
        return max(1, -(-self.total // PAGE))


def row_of(trainee: Trainee, columns: Sequence[Column], today: date) -> Row:
    """The trainee's line: a cell for each topic, and what is late in it."""
    cells = tuple(_cell(trainee, column, today) for column in columns)
    late = [column for column, cell in zip(columns, cells, strict=True) if _is_late(cell, trainee, today)]
    hours = sum((column.hours for column in late), ZERO)
    if trainee.state != "enrolled":
        return Row(trainee, cells, 0, ZERO)
    return Row(trainee, cells, len(late), hours)


def _cell(trainee: Trainee, column: Column, today: date) -> Cell:
    due_on = trainee.own_dates.get(column.lineage, column.due_on)
    if column.lineage in trainee.done:
        return Cell("done", due_on, trainee.done[column.lineage])
    mark = trainee.marks.get(column.lineage, "open")
    if mark in ("returned", "waiting"):
        return Cell(mark, due_on)
    if due_on is not None and due_on < today:
        return Cell("missed" if due_on < trainee.enrolled_on else "late", due_on)
    return Cell(mark, due_on)


def _is_late(cell: Cell, trainee: Trainee, today: date) -> bool:
    """Overdue and the trainee's to do: not begun, under way, or returned."""
    if cell.state != "returned" or cell.due_on is None:
        return cell.state == "late"
    return trainee.enrolled_on <= cell.due_on < today


def strongest(marks: Iterable[tuple[uuid.UUID | None, str]]) -> dict[uuid.UUID | None, str]:
    """One mark a topic: the one that needs somebody most."""
    found: dict[uuid.UUID | None, str] = {}
    for lineage, state in marks:
        if RANKS.get(state, 0) > RANKS.get(found.get(lineage, ""), 0):
            found[lineage] = state
    return found


def lets_through(show: str, row: Row, now: datetime) -> bool:
    """Whether the filter shows the row. Whoever was withdrawn or transferred is shown by ``left`` alone."""
    trainee = row.trainee
    if (trainee.state in PRESENT) == (show == "left"):
        return False
    return {
        "late": row.late,
        "waiting": trainee.works_waiting > 0,
        "absent": trainee.state == "enrolled" and is_absent(trainee, now),
        "uninvited": trainee.state == "enrolled" and not trainee.accepted,
    }.get(show, True)


def is_absent(trainee: Trainee, now: datetime) -> bool:
    """Whether the trainee came once and has not been here for a week."""
    return trainee.last_seen is not None and now - trainee.last_seen > ABSENT


SORT_KEYS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: "",
    "hours": lambda row: row.trainee.hours,
    "late": lambda row: -row.late_hours,
    "waiting": lambda row: -row.trainee.works_waiting,
    "seen": lambda row: row.trainee.last_seen.timestamp() if row.trainee.last_seen else 0.0,
    "workplace": lambda row: fold(row.trainee.workplace),
}


def arrange(rows: Sequence[Row], wanted: Choice, now: datetime) -> tuple[list[Row], dict[str, int]]:
    """The rows that the choice shows, all pages, in order; and how many each filter would show."""
    named = [row for row in rows if fold(wanted.query) in row.trainee.sort_key]
    counts = {show: sum(lets_through(show, row, now) for row in named) for show in FILTERS}
    shown = [row for row in named if lets_through(wanted.show, row, now)]
    by_name = sorted(shown, key=lambda row: (row.trainee.sort_key, row.trainee.enrolment_id))
    if wanted.key == "name":
        return (by_name[::-1] if wanted.sort.startswith("-") else by_name), counts
    return sorted(by_name, key=SORT_KEYS[wanted.key], reverse=wanted.sort.startswith("-")), counts


def make_grid(
    trainees: Iterable[Trainee],
    columns: Sequence[Column],
    wanted: Choice,
    *,
    now: datetime,
    today: date,
    size: int = PAGE,
) -> Grid:
    """The page of the grid that was asked for (``size`` rows); a page after the last is the last."""
    rows = [row_of(trainee, columns, today) for trainee in trainees]
    shown, counts = arrange(rows, wanted, now)
    page = min(wanted.page, max(1, -(-len(shown) // size)))
    dated = [column for column in columns if column.due_on is not None]
    present = [row.trainee.hours for row in rows if row.trainee.state in PRESENT]
    return Grid(
        columns=tuple(columns),
        rows=tuple(shown[(page - 1) * size : page * size]),
        choice=Choice(wanted.show, wanted.sort, wanted.query, page),
        total=len(shown),
        counts=counts,
        workload=sum((column.hours for column in columns), ZERO),
        expected=sum((c.hours for c in dated if c.due_on and c.due_on < today), ZERO) if dated else None,
        average=round(sum(present, ZERO) / len(present), 1) if present else ZERO,
    )
