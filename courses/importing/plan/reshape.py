"""Converts tables that keep a plan in another way to one row a topic and one column a kind of hours.

Three ways are known: kinds of hours in rows below each other, weeks in columns, and the lines of a converted PDF.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from courses.importing.document import EMPTY, Cell, Row, Table, join_lines
from courses.importing.numbers import format_plain, parse_hours
from courses.importing.plan.columns import Columns, PlanHeading, find_heading
from courses.importing.plan.header import LEAST_WEEKS, Header
from courses.importing.plan.table_rows import Note
from courses.importing.plan.vocabulary import KIND_ONLY, SUBTOTAL_ROW, TOTAL_ROW, WEEK
from courses.thematic_plan.place import WHOLE_PLAN
from lms.core.sentences import ErrorDetail

LEAST_BROKEN: Final = 3
"""Fewest rows without hours and number that continue the row above in a converted PDF."""
MOST_KINDS: Final = 12
SHARE_OF_KINDS: Final = 0.8
"""Share of a column's cells that must name a kind of hours."""


@dataclass(frozen=True)
class Reshaped:
    """A table in the usual form, with a warning if it was kept in another way."""

    table: Table
    notes: tuple[Note, ...] = ()
    heading: PlanHeading | None = None
    """The heading of a table that was not converted."""


def reshape(table: Table) -> Reshaped:
    """Returns the table with a row for each topic and a column for each kind of hours."""
    heading = find_heading(table)
    if heading is None:
        return Reshaped(table)
    header, columns = heading.header, heading.columns
    if columns is None:
        found = _without_weeks(table, header)
    else:
        found = _joined_rows(table, header, columns) or _without_kind_rows(table, header, columns)
    return found or Reshaped(table, heading=heading)


def _note(detail: ErrorDetail) -> tuple[Note, ...]:
    return (Note(WHOLE_PLAN, detail),)


def _total_heading(header: Header) -> str:
    """Returns the heading of a column of totals in the language of the table."""
    is_russian = any(re.search(r"[а-яё]", text, re.IGNORECASE) for path in header.paths for text in path)
    return "Всего часов" if is_russian else "Total hours"


def _without_weeks(table: Table, header: Header) -> Reshaped | None:
    """Adds up the hours of weeks; for a table without other hours."""
    weeks = [column for column in range(table.width) if WEEK.search(header.full(column))]
    if len(weeks) < LEAST_WEEKS:
        return None
    rows = [*table.rows[: header.start], _heading(table, header, weeks, _total_heading(header))]
    for row in table.rows[header.end :]:
        hours = [parse_hours(row.cells[column].text) for column in weeks]
        total = sum((hour.value for hour in hours if hour.is_clear), Decimal(0))
        rows.append(_with_column(row, weeks, Cell((format_plain(total),)) if total else EMPTY))
    converted = replace(table, rows=tuple(rows), hidden_columns=frozenset())
    return Reshaped(converted, _note(ErrorDetail("plan_of_weeks", params={"count": len(weeks)})))


def _heading(table: Table, header: Header, removed: Sequence[int], added: str) -> Row:
    """Returns one row of headings with a column instead of the removed ones."""
    return _with_column(Row(tuple(Cell((header.leaf(c),)) for c in range(table.width))), removed, Cell((added,)))


def _with_column(row: Row, removed: Sequence[int], cell: Cell) -> Row:
    """Returns the row with a cell at the place of the first removed column."""
    kept = [
        (cell if column == removed[0] else one) for column, one in enumerate(row.cells) if column not in removed[1:]
    ]
    return replace(row, cells=tuple(kept))


def _joined_rows(table: Table, header: Header, columns: Columns) -> Reshaped | None:
    """Joins rows that continue the row above: a converted PDF has a row for each printed line."""
    rows: list[Row] = list(table.rows[: header.end])
    joined = 0
    for row in table.rows[header.end :]:
        if len(rows) > header.end and _continues(row, rows[-1], columns):
            rows[-1] = _joined(rows[-1], row)
            joined += 1
        else:
            rows.append(row)
    if joined < LEAST_BROKEN or joined * 5 < len(table.rows) - header.end:
        return None
    detail = ErrorDetail("plan_of_converted_pdf", params={"count": joined})
    return Reshaped(replace(table, rows=tuple(rows)), _note(detail))


def _continues(row: Row, above: Row, columns: Columns) -> bool:
    """Returns whether a row has only the rest of the texts above it: no number, no hours, no new sentence."""
    if not row.texts or not above.texts or any(cell.continuation for cell in row.cells):
        return False
    if any(row.cells[column].text for column in (columns.number, *columns.hours) if column is not None):
        return False
    title = row.cells[columns.title].text
    if any(words.search(title) for words in (TOTAL_ROW, SUBTOTAL_ROW)):
        return False
    if title:
        return title[0].islower() and bool(above.cells[columns.title].text)
    return all(above.cells[column].text for column, cell in enumerate(row.cells) if cell.text)


def _joined(above: Row, row: Row) -> Row:
    cells = [
        replace(first, lines=(join_lines((*first.lines, *second.lines)),)) if second.text else first
        for first, second in zip(above.cells, row.cells, strict=True)
    ]
    return replace(above, cells=tuple(cells))


@dataclass
class _Topic:
    """The rows of one topic: the first one, and hours by kind."""

    row: Row
    hours: dict[str, str]
    total: str = ""


@dataclass(frozen=True)
class _KindRows:
    """A plan with kinds of hours in rows: its topics, the column of the kinds (None: among the titles), their names."""

    topics: list[_Topic]
    column: int | None
    names: list[str]


def _without_kind_rows(table: Table, header: Header, columns: Columns) -> Reshaped | None:
    """Gives kinds of hours that stand in rows columns of their own."""
    if len(columns.hours) != 1:
        return None
    column = _kind_column(table, header, columns)
    topics = _topics(table.rows[header.end :], columns, column)
    kinds: dict[str, str] = {}
    for kind in (kind for topic in topics for kind in topic.hours):
        kinds.setdefault(_stem(kind), kind)
    if sum(1 for topic in topics if len(topic.hours) > 1) < 2 or not 1 < len(kinds) <= MOST_KINDS:
        return None
    converted = _pivoted(table, header, columns.hours[0], _KindRows(topics, column, list(kinds.values())))
    return Reshaped(converted, _note(ErrorDetail("plan_of_kind_rows", params={"count": len(kinds)})))


def _kind_column(table: Table, header: Header, columns: Columns) -> int | None:
    """Returns the column in which most rows name a kind of hours."""
    taken = {columns.title, columns.number, columns.section, *columns.hours}
    for column in range(table.width):
        texts = [text for row in table.rows[header.end :] if (text := row.cells[column].text)]
        named = sum(1 for text in texts if KIND_ONLY.fullmatch(text))
        if column not in taken and len(texts) > 2 and named >= SHARE_OF_KINDS * len(texts):
            return column
    return None


def _topics(rows: Sequence[Row], columns: Columns, kind_column: int | None) -> list[_Topic]:
    """Groups the rows below each other that belong to one topic: its title stands in the first of them."""
    found: list[_Topic] = []
    for row in filter(lambda row: row.texts, rows):
        title, hours = row.cells[columns.title], row.cells[columns.hours[0]].text
        kind = title.text if kind_column is None else row.cells[kind_column].text
        if kind_column is None and not KIND_ONLY.fullmatch(kind):
            kind = ""
        is_more = bool(found and kind) and (kind_column is None or not title.text)
        if not is_more:
            found.append(_Topic(row, {}, "" if kind else hours))
        if kind:
            _add(found[-1], kind, hours, row)
    return found


def _add(topic: _Topic, kind: str, hours: str, row: Row) -> None:
    """Adds the hours of a kind, and the other texts of its row, to a topic."""
    name = next((known for known in topic.hours if _stem(known) == _stem(kind)), kind)
    before, more = parse_hours(topic.hours.get(name, "")), parse_hours(hours)
    topic.hours[name] = format_plain(before.value + more.value) if before.value and more.is_clear else hours
    if row is not topic.row:
        cells = [
            one if one.text or new.continuation else new for one, new in zip(topic.row.cells, row.cells, strict=True)
        ]
        topic.row = replace(topic.row, cells=tuple(cells))


def _stem(kind: str) -> str:
    """Returns the beginning of a kind's name, so that «Лекция» and «Лекции» are one kind."""
    return kind.lower()[:5]


def _pivoted(table: Table, header: Header, hours: int, plan: _KindRows) -> Table:
    """Returns the table with a total and the kinds in place of the column of hours, and one row a topic."""
    width = table.width + len(plan.names)

    def wide(row: Row, cells: Sequence[Cell]) -> Row:
        own = [EMPTY if column == plan.column else cell for column, cell in enumerate(row.cells)]
        return replace(row, cells=(*own[:hours], *cells, *own[hours + 1 :]))

    heading = Row(tuple(Cell((header.leaf(column),)) for column in range(table.width)))
    rows = [replace(row, cells=(row.cells + (EMPTY,) * width)[:width]) for row in table.rows[: header.start]]
    rows.append(wide(heading, [Cell((_total_heading(header),)), *(Cell((name,)) for name in plan.names)]))
    rows += [wide(topic.row, _hours_cells(topic, plan.names)) for topic in plan.topics]
    return replace(table, rows=tuple(rows), hidden_columns=frozenset())


def _hours_cells(topic: _Topic, names: Sequence[str]) -> list[Cell]:
    """Returns the cells of a topic's total and of each kind."""
    by_stem = {_stem(kind): text for kind, text in topic.hours.items()}
    total = topic.total or format_plain(sum((parse_hours(text).value for text in by_stem.values()), Decimal(0)))
    texts = [total, *(by_stem.get(_stem(name), "") for name in names)]
    return [Cell((text,)) if text and text != "0" else EMPTY for text in texts]
