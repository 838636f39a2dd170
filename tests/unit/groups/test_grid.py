"""States, filters and order of the grid, from plain values."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.groups.grid import (
    FILTERS,
    PAGE,
    Cell,
    Column,
    GridFilter,
    Trainee,
    filter_and_sort,
    grid_filter,
    make_grid,
    most_urgent_marks,
    row_of,
    summary_of,
)

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LATE, SOON = TODAY - timedelta(days=1), TODAY + timedelta(days=5)


def column(number: str, due_on: date | None, hours: str = "2") -> Column:
    return Column(uuid.uuid4(), number, f"Тема {number}", "Раздел", Decimal(hours), due_on)


def trainee(name: str = "Белова Анна", **values: object) -> Trainee:
    facts = {
        "enrolment_id": abs(hash(name)) % 100_000,
        "name": name,
        "sort_key": name.lower().replace("ё", "е"),
        "workplace": "Школа № 9",
        "state": "enrolled",
        "enrolled_on": TODAY - timedelta(days=20),
        "individual": False,
        "hours": Decimal(0),
        "last_seen": None,
        "accepted": True,
    }
    return Trainee(**(facts | values))  # type: ignore[arg-type]


FIRST, SECOND = column("1.1", LATE), column("1.2", SOON, "3.5")


@pytest.mark.parametrize(
    ("facts", "states"),
    [
        ({}, ["late", "open"]),
        ({"done": {FIRST.key: False}}, ["done", "open"]),
        ({"marks": {FIRST.key: "waiting"}}, ["waiting", "open"]),
        ({"marks": {FIRST.key: "returned"}}, ["returned", "open"]),
        ({"marks": {FIRST.key: "begun", SECOND.key: "begun"}}, ["late", "begun"]),
        ({"enrolled_on": TODAY}, ["missed", "open"]),
        ({"own_dates": {FIRST.key: SOON, SECOND.key: LATE}}, ["open", "late"]),
        ({"done": {FIRST.key: True}, "marks": {FIRST.key: "returned"}}, ["done", "open"]),
    ],
)
def test_cell_has_state(facts: dict, states: list[str]) -> None:
    assert [cell.state for cell in row_of(trainee(**facts), [FIRST, SECOND], TODAY).cells] == states


def test_late_hours_are_summed() -> None:
    row = row_of(trainee(), [FIRST, replace(SECOND, due_on=LATE)], TODAY)
    assert (row.late_topics, row.late_hours) == (2, Decimal("5.5"))


def test_returned_work_is_late_after_due_date() -> None:
    row = row_of(trainee(marks={FIRST.key: "returned", SECOND.key: "returned"}), [FIRST, SECOND], TODAY)
    assert row.late_topics == 1


@pytest.mark.parametrize("state", ["finished", "withdrawn", "transferred"])
def test_trainee_who_left_is_not_late(state: str) -> None:
    assert not row_of(trainee(state=state), [FIRST], TODAY).late


def test_most_urgent_mark_is_shown() -> None:
    lineage = uuid.uuid4()
    assert most_urgent_marks([(lineage, "begun"), (lineage, "returned"), (lineage, "waiting")]) == {
        lineage.int: "returned"
    }


PEOPLE = [
    trainee("Дёмина Ульяна", hours=Decimal(4), last_seen=NOW - timedelta(days=9), done={FIRST.key: False}),
    trainee("Ёлкина Вера", hours=Decimal(1), last_seen=NOW, works_waiting=2, marks={None: "waiting"}),
    trainee("Жуков Пётр", hours=Decimal(2), accepted=False, workplace="Гимназия № 1"),
    trainee("Белова Анна", state="withdrawn"),
]


def names(wanted: GridFilter) -> list[str]:
    rows = [row_of(person, [FIRST, SECOND], TODAY) for person in PEOPLE]
    return [row.trainee.name.split()[0] for row in filter_and_sort(rows, wanted, NOW)[0]]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (GridFilter(), ["Дёмина", "Ёлкина", "Жуков"]),
        (GridFilter(sort="-name"), ["Жуков", "Ёлкина", "Дёмина"]),
        (GridFilter(sort="hours"), ["Ёлкина", "Жуков", "Дёмина"]),
        (GridFilter(sort="-hours"), ["Дёмина", "Жуков", "Ёлкина"]),
        (GridFilter(sort="late"), ["Ёлкина", "Жуков", "Дёмина"]),
        (GridFilter(sort="waiting"), ["Ёлкина", "Дёмина", "Жуков"]),
        (GridFilter(sort="seen"), ["Жуков", "Дёмина", "Ёлкина"]),
        (GridFilter(sort="workplace"), ["Жуков", "Дёмина", "Ёлкина"]),
        (GridFilter(show="late"), ["Ёлкина", "Жуков"]),
        (GridFilter(show="waiting"), ["Ёлкина"]),
        (GridFilter(show="absent"), ["Дёмина"]),
        (GridFilter(show="uninvited"), ["Жуков"]),
        (GridFilter(show="left"), ["Белова"]),
        (GridFilter(query="ЕЛК"), ["Ёлкина"]),
        (GridFilter(query="никто"), []),
    ],
)
def test_rows_are_filtered_and_ordered(wanted: GridFilter, found: list[str]) -> None:
    assert names(wanted) == found


def test_rows_are_paged_and_counted() -> None:
    people = [trainee(f"Стажёр {number:04d}", enrolment_id=number) for number in range(PAGE * 2 + 1)]
    grid = make_grid(people, [FIRST, SECOND], GridFilter(page=99), now=NOW, today=TODAY)
    assert (grid.pages, grid.choice.page, len(grid.rows), grid.total) == (3, 3, 1, PAGE * 2 + 1)
    assert grid.counts["late"] == PAGE * 2 + 1
    assert (grid.workload, grid.expected) == (Decimal("5.5"), Decimal(2))


def test_group_without_dates_expects_no_hours() -> None:
    grid = make_grid([], [column("1", None)], GridFilter(), now=NOW, today=TODAY)
    assert (grid.expected, grid.average, grid.pages) == (None, Decimal(0), 1)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=200), st.integers())
def test_unknown_filter_becomes_default(show: str, sort: str, query: str, page: int) -> None:
    found = grid_filter(show, sort, query, page)
    assert found.show in FILTERS
    assert found.page >= 1
    assert len(found.query) <= 100
    make_grid(PEOPLE, [FIRST], found, now=NOW, today=TODAY)


days = st.one_of(st.none(), st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=40)))


@given(days, days, st.sampled_from(["", "begun", "waiting", "returned"]), st.booleans(), st.integers(0, 40))
def test_every_cell_has_known_state(
    group_day: date | None, own_day: date | None, mark: str, done: bool, ago: int
) -> None:
    topic = column("1", group_day)
    person = trainee(
        enrolled_on=TODAY - timedelta(days=ago),
        done={topic.key: True} if done else {},
        own_dates={topic.key: own_day} if own_day else {},
        marks={topic.key: mark} if mark else {},
    )
    row = row_of(person, [topic], TODAY)
    assert row.cells[0].state in {"done", "returned", "waiting", "late", "missed", "begun", "open"}
    assert not (done and row.late)


DATES = st.none() | st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=40))


@given(
    dues=st.lists(DATES, min_size=1, max_size=6),
    own=st.dictionaries(st.integers(0, 5), DATES.filter(bool), max_size=3),
    done=st.sets(st.integers(0, 5)),
    marks=st.dictionaries(st.integers(0, 5), st.sampled_from(["returned", "waiting", "begun"])),
    enrolled_on=DATES.filter(bool),
)
def test_rows_that_are_only_counted_are_late_like_their_cells(dues, own, done, marks, enrolled_on):
    columns = [replace(FIRST, lineage=uuid.UUID(int=place), due_on=day) for place, day in enumerate(dues)]
    somebody = trainee(
        enrolled_on=enrolled_on,
        done=dict.fromkeys(done, False),
        own_dates=own,
        marks=marks,
    )
    past = [column for column in columns if column.due_on is not None and column.due_on < TODAY]
    cells = row_of(somebody, columns, TODAY).cells
    late = [cell for cell in cells if cell.state == "late" or (cell.state == "returned" and is_due(cell, enrolled_on))]
    assert summary_of(somebody, columns, past, TODAY).late_topics == len(late)


def is_due(cell: Cell, enrolled_on: date) -> bool:
    return cell.due_on is not None and enrolled_on <= cell.due_on < TODAY
