"""Rows of a plan's table as lines: number, title, hours, forms. Totals and repeated headings are recognised."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from courses.importing.document import Cell, Row, Table, collapse_spaces, join_lines
from courses.importing.numbers import (
    NO_NUMBER,
    NOTHING,
    HourText,
    RowNumber,
    parse_decimal,
    parse_hours,
    parse_number,
    split_number,
)
from courses.importing.plan.columns import Columns
from courses.importing.plan.header import Header, is_index_row
from courses.importing.plan.vocabulary import OF_WHICH_ROW, SUBTOTAL_ROW, TOTAL_ROW
from courses.thematic_plan.place import named_place
from lms.core.sentences import ErrorDetail

LONGEST_TOTAL = 200
"""Most characters of a row's name that are searched for «Итого»."""
Role = Literal["row", "total", "subtotal"]


@dataclass(frozen=True)
class Note:
    """A message about a row: a problem if ``is_grave``, else a warning."""

    where: ErrorDetail
    detail: ErrorDetail
    is_grave: bool = False


@dataclass(frozen=True)
class Line:
    """A row of the plan."""

    title: str
    number: RowNumber = NO_NUMBER
    readings: tuple[str, ...] = ()
    """Other texts that the number may have been before Excel converted it."""
    hours: dict[str, Decimal] = field(default_factory=dict)
    """Hours in the columns of kinds, without blank cells."""
    total: Decimal | None = None
    form: str = ""
    control: str = ""
    role: Role = "row"
    is_merged: bool = False
    """True if the title's cell covers columns of hours."""
    bold: bool = False
    section: str = ""
    """Name from a separate column of sections."""
    notes: tuple[Note, ...] = ()
    sheet_row: int | None = None

    @property
    def has_hours(self) -> bool:
        """True if the row holds any number of hours."""
        return self.total is not None or bool(self.hours)

    @property
    def label(self) -> str:
        """Number and title."""
        return f"{self.number.text} {self.title}".strip()

    @property
    def where(self) -> ErrorDetail:
        """The place by which a person finds the row: number and title, else its number in the sheet."""
        if self.label:
            return named_place(self.label)
        if self.sheet_row is not None:
            return ErrorDetail("place_sheet_row", params={"number": self.sheet_row})
        return ErrorDetail("place_untitled_row")

    def sum(self) -> Decimal:
        """Returns the hours over all kinds, or the row's total if its kinds are blank."""
        return sum(self.hours.values(), Decimal(0)) if self.hours else self.total or Decimal(0)


def read_lines(table: Table, header: Header, columns: Columns) -> list[Line]:
    """Returns the lines below the heading."""
    reader = _Reader(table, header, columns)
    lines: list[Line] = []
    for index in range(header.end, len(table.rows)):
        line = reader.line(index)
        if line is None:
            continue
        if reader.is_second_row_of_topic(index) and lines and line.role == "row":
            lines[-1] = _joined(lines[-1], line)
        else:
            lines.append(line)
    return _numbers_in_titles(lines, columns)


class _Reader:
    """Reads one row at a time."""

    def __init__(self, table: Table, header: Header, columns: Columns) -> None:
        self._table = table
        self._columns = columns
        self._headings = {table.rows[i].texts for i in range(header.start, header.end)}
        self._first_hours = min(columns.hours)
        self._by_column = {kind.column: kind for kind in columns.kinds}

    def is_second_row_of_topic(self, index: int) -> bool:
        """Returns whether the title is merged with the one above, so that the topic takes two rows."""
        column = self._columns.title
        cell = self._table.rows[index].cells[column]
        return cell.continuation == "column" and bool(self._table.origin(index, column).text)

    def line(self, index: int) -> Line | None:
        """Returns the row as a line; None for empty rows, repeated headings and rows that number the columns."""
        row = self._table.rows[index]
        if not row.texts or row.texts in self._headings or is_index_row(self._table, index):
            return None
        cell, title, is_merged = self._title(row)
        says_nothing = OF_WHICH_ROW.match(title) or (not title and not self._has_hours(row))
        if says_nothing and not self.is_second_row_of_topic(index):
            return None
        number, title, readings = self._number(row, cell, title, is_merged)
        line = Line(
            title=title,
            number=number,
            readings=readings,
            form=self._text(index, self._columns.form),
            control="; ".join(filter(None, dict.fromkeys(self._text(index, c) for c in self._columns.controls))),
            role=self._role(row, title) if title or number.parts or self._section(index) else "total",
            is_merged=is_merged,
            bold=cell.bold,
            section=self._section(index),
            sheet_row=row.sheet_row,
        )
        return self._with_hours(row, line)

    def _title(self, row: Row) -> tuple[Cell, str, bool]:
        """Returns the title's cell, its text, and whether it is merged with columns of hours."""
        column = self._columns.title
        while row.cells[column].continuation == "row" and column > 0:
            column -= 1
        cell = row.cells[column]
        if not cell.text:
            first = next((i for i in range(min(self._first_hours, len(row.cells))) if row.cells[i].text), None)
            if first is None or (first == self._columns.number and parse_number(row.cells[first].text)):
                return cell, "", False
            if first != self._columns.section:
                column, cell = first, row.cells[first]
        span = 1
        while column + span < len(row.cells) and row.cells[column + span].continuation == "row":
            span += 1
        reaches = column + span > self._first_hours if column < self._first_hours else span > 2
        return cell, join_lines(_name_lines(cell.lines)), reaches

    def _number(self, row: Row, cell: Cell, title: str, is_merged: bool) -> tuple[RowNumber, str, tuple[str, ...]]:
        """Returns the row's number from its own column, else from Word's numbering or the start of the title."""
        column = self._columns.number
        own = row.cells[column] if column is not None and column != self._columns.title else None
        found = NO_NUMBER
        readings: tuple[str, ...] = ()
        if own is not None and own is not cell:
            found = parse_number(own.text or own.marker) or split_number(own.text)[0]
            readings = own.readings
        in_title, rest = split_number(title)
        if found.parts:
            same = in_title.parts == found.parts and in_title.is_marked
            if in_title.keyword and not found.keyword:
                found = replace(found, keyword=in_title.keyword)
            return found, (rest if same or in_title.keyword else title) or title, readings
        if in_title.keyword or (in_title.is_marked and in_title.parts):
            return in_title, rest or title, ()
        marker = parse_number(cell.marker) if cell.marker else None
        return (marker or NO_NUMBER), title, ()

    def _role(self, row: Row, title: str) -> Role:
        """Recognises totals by the first word of any cell before the hours."""
        texts = [collapse_spaces(c.text) for c in row.cells[: self._first_hours + 1] if c.text]
        texts = [text[:LONGEST_TOTAL] for text in [title, *texts] if text]
        if any(SUBTOTAL_ROW.search(text) for text in texts):
            return "subtotal"
        return "total" if any(TOTAL_ROW.match(text) for text in texts) else "row"

    def _section(self, index: int) -> str:
        """Returns the name in the column of sections, if there is one."""
        column = self._columns.section
        return self._table.origin(index, column).text if column is not None else ""

    def _text(self, index: int, column: int | None) -> str:
        """Returns a cell's words; a vertically merged cell applies to all its rows, a dash is empty."""
        if column is None:
            return ""
        lines = [line.strip(" ;•·*▪–-") if len(line) > 1 else line for line in self._table.origin(index, column).lines]
        text = _list_text([line for line in map(collapse_spaces, lines) if line])
        return "" if text.lower() in NOTHING else text

    def _has_hours(self, row: Row) -> bool:
        return any(not parse_hours(row.cells[c].text).is_blank for c in self._columns.hours)

    def _with_hours(self, row: Row, line: Line) -> Line:
        """Returns the line with its hours and notes on cells that hold no number of hours."""
        hours: dict[str, Decimal] = {}
        notes: list[Note] = []
        where = line.where
        for kind in self._columns.kinds:
            cell = row.cells[kind.column]
            value = _hours(cell)
            notes += _notes(cell, value, where, kind.name)
            if value.is_blank or not value.is_clear:
                continue
            if kind.part is None:
                hours[kind.name] = value.value
            elif kind.part < len(value.parts or (value.value,)):
                hours[kind.name] = (value.parts or (value.value,))[kind.part]
        total = None
        if self._columns.total is not None and self._columns.total not in self._by_column:
            cell = row.cells[self._columns.total]
            value = _hours(cell)
            notes += _notes(cell, value, where, None)
            total = None if value.is_blank or not value.is_clear else value.value
        return _hours_in_title(replace(line, hours=hours, total=total, notes=tuple(notes)))


ABOUT = re.compile(
    r"^(?:(?:краткое\s+)?содержание|(?:основные\s+)?вопросы|план\s+занятия|лекци[яи]|практическ\w+\s+(?:работа|занятие)|"
    r"самостоятельная\s+работа)\s*(?:\([^)]*\))?\s*[:.–—]",
    re.IGNORECASE,
)


def _name_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the lines of a cell that name the topic, without those that describe its contents."""
    about = next((i for i, line in enumerate(lines) if i and ABOUT.match(line.strip())), len(lines))
    return lines[:about]


HOURS_IN_TITLE = re.compile(
    r"\s*[(,–—-]\s*(?P<hours>\d{1,3}(?:[.,]\d{1,2})?)\s*(?:ак\w*\.?\s*|уч\w*\.?\s*)?(?:ч|час|часа|часов)\.?\s*\)?\.?$",
    re.IGNORECASE,
)


def _hours_in_title(line: Line) -> Line:
    """Takes the total out of a title such as «Раздел 1. Основы (7 ч.)»."""
    match = HOURS_IN_TITLE.search(line.title)
    if match is None or line.has_hours or line.role != "row" or match.start() == 0:
        return line
    return replace(line, title=line.title[: match.start()].strip(), total=parse_decimal(match["hours"]))


def _hours(cell: Cell) -> HourText:
    """Returns the hours in the cell; a date that Excel made of them is converted back."""
    if cell.is_date:
        return HourText(parse_decimal(cell.readings[0]))
    return parse_hours(cell.text)


def _notes(cell: Cell, value: HourText, where: ErrorDetail, kind: str | None) -> Iterator[Note]:
    """Yields the notes on a cell of hours; ``kind`` is None in the column of totals."""
    if cell.note:
        yield Note(where, cell.note, cell.is_note_grave)
    elif not value.is_clear:
        yield Note(where, ErrorDetail("hours_not_a_number", params={"kind": kind, "text": cell.text[:80]}), True)
    elif cell.is_date:
        yield Note(where, ErrorDetail("hours_read_from_date", params={"kind": kind, "text": cell.readings[0]}))
    elif value.is_time:
        params = {"kind": kind, "text": cell.text, "hours": value.value}
        yield Note(where, ErrorDetail("hours_read_from_time", params=params))


def _list_text(lines: list[str]) -> str:
    """Joins paragraphs of a cell; a paragraph that starts a new item is separated by a semicolon."""
    text = ""
    for line in lines:
        if text and line[0].isupper() and text[-1] not in ".;,:":
            text += "; " + line
        else:
            text = f"{text} {line}".strip()
    return text


def _joined(first: Line, second: Line) -> Line:
    """Merges the two rows of one topic."""
    hours = {kind: first.hours.get(kind, Decimal(0)) + second.hours.get(kind, Decimal(0)) for kind in
             dict.fromkeys([*first.hours, *second.hours])}  # fmt: skip
    total = first.total if second.total is None else (first.total or Decimal(0)) + second.total
    return replace(
        first,
        hours=hours,
        total=total,
        form="; ".join(dict.fromkeys(filter(None, (first.form, second.form)))),
        control="; ".join(dict.fromkeys(filter(None, (first.control, second.control)))),
        notes=first.notes + second.notes,
    )


def _numbers_in_titles(lines: list[Line], columns: Columns) -> list[Line]:
    """Takes «1 Название» without a full stop as a number if it continues the numbering and several titles start so."""
    bare = [line for line in lines if not line.number.parts and re.match(r"^\d{1,2}\s", line.title)]
    if columns.number is not None or not bare:
        return lines
    has_steps = any(line.number.depth > 1 for line in lines)
    if not has_steps and len(bare) < 2:
        return lines
    result = []
    last = 0
    for line in lines:
        number, rest = split_number(line.title)
        is_next = number.depth == 1 and number.parts[0] in (last + 1, 1)
        if line.role == "row" and not line.number.parts and is_next and rest:
            line = replace(line, number=number, title=rest)  # noqa: PLW2901 - the same line, read further
        last = line.number.parts[0] if line.number.depth == 1 else last
        result.append(line)
    return result
