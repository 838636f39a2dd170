"""Reads an .xlsx as one table per worksheet and computes its formulas anew.

The XML is read directly, for three reasons: the same limits apply as for Word, styles written by foreign programs
cannot cause failures, and both the formula and its stored value are available.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice
from xml.etree.ElementTree import Element

from courses.importing.document import EMPTY, Cell, Continuation, Document, Row, Table
from courses.importing.excel_dates import MOST_DAYS_OF_HOURS, Formats, date_readings, iso_readings, time_text
from courses.importing.formulas import (
    CellAddress,
    UnsupportedFormula,
    column_index,
    column_letters,
    evaluate,
    shift_formula,
)
from courses.importing.numbers import format_plain, parse_hours
from lms.core.documents.ooxml import is_raised, parse_int, parse_part, raise_digits, related, relations
from lms.core.documents.ooxml_package import Package, damaged_file, table_too_large
from lms.core.sentences import ErrorDetail

MOST_SHEETS = 40
MOST_ROWS = 5000
MOST_COLUMNS = 100
MOST_CELLS = 20_000
LONGEST_WHOLE = 6
"""Most digits of a number that needs no rounding."""
MOST_MERGES = 20_000
"""Most positions covered by merged cells of a sheet; further ones count as not merged."""
MOST_CALCULATION = 500_000
"""Most characters of formulas and cells that they refer to; formulas beyond give their stored values."""


@dataclass
class _Raw:
    """A cell as stored in the file."""

    text: str = ""
    number: Decimal | None = None
    formula: str = ""
    readings: tuple[str, ...] = ()
    bold: bool = False
    is_time: bool = False
    """True if the number is a part of a day."""


@dataclass
class _Sheet:
    name: str
    hidden: bool = False
    cells: dict[tuple[int, int], _Raw] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: dict[tuple[int, int], Continuation] = field(default_factory=dict)
    """Positions that a merged cell covers, except its first."""


def read_workbook(package: Package) -> Document:
    """Returns a document with a table for each worksheet, visible sheets first. Raises ``UnreadableDocument`` for a
    broken workbook.
    """
    main = related(package, "", "officeDocument") or "xl/workbook.xml"
    if not package.has(main):
        raise damaged_file()
    workbook = parse_part(package, main)
    sheets = _Reader(package, main, workbook).sheets()
    calculation = _Calculation(sheets, trusts_stored=not _is_stale(workbook))
    tables = [_table(sheet, calculation) for sheet in sorted(sheets, key=lambda sheet: sheet.hidden)]
    return Document(tuple(table for table in tables if table.rows), is_workbook=True)


def _is_stale(workbook: Element) -> bool:
    """Returns whether the program that wrote the file left the calculation to Excel."""
    properties = workbook.find("calcPr")
    return properties is not None and properties.get("fullCalcOnLoad") in ("1", "true")


class _Reader:
    """Reads the cells of worksheets."""

    def __init__(self, package: Package, main: str, workbook: Element) -> None:
        self._package = package
        self._cells = 0
        self._shifted = 0
        self._relations = relations(package, main)
        self._workbook = workbook
        self._strings = self._shared_strings(main)
        styles = related(package, main, "styles")
        properties = workbook.find("workbookPr")
        since_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._formats = Formats(parse_part(package, styles) if styles else None, since_1904)

    def _shared_strings(self, main: str) -> list[str]:
        part = related(self._package, main, "sharedStrings")
        return [_rich_text(item) for item in parse_part(self._package, part).iter("si")] if part else []

    def sheets(self) -> list[_Sheet]:
        """Returns all worksheets that the package contains."""
        found = []
        for element in list(self._workbook.iter("sheet"))[:MOST_SHEETS]:
            kind, path = self._relations.get(element.get("id", ""), ("", ""))
            if kind == "worksheet" and self._package.has(path):
                hidden = element.get("state", "visible") != "visible"
                found.append(self._sheet(element.get("name", ""), hidden, parse_part(self._package, path)))
        if not found:
            raise damaged_file()
        return found

    def _sheet(self, name: str, hidden: bool, root: Element) -> _Sheet:
        sheet = _Sheet(name, hidden)
        shared: dict[str, tuple[str, int, int]] = {}
        following = 0
        for element in root.iter("row"):
            index = parse_int(element.get("r"), following + 1) - 1
            following = index + 1
            if element.get("hidden") in ("1", "true") or element.get("ht") == "0":
                sheet.hidden_rows.add(index)
            self._row(sheet, element, index, shared)
        covered = (one for merge in root.iter("mergeCell") for one in _covered(merge.get("ref", "")))
        sheet.merges.update(islice(covered, MOST_MERGES))
        for column in root.iter("col"):
            if column.get("hidden") in ("1", "true") or column.get("width") == "0":
                first, last = parse_int(column.get("min"), 1), parse_int(column.get("max"), 1)
                sheet.hidden_columns.update(range(first - 1, min(last, MOST_COLUMNS)))
        return sheet

    def _row(self, sheet: _Sheet, row: Element, index: int, shared: dict[str, tuple[str, int, int]]) -> None:
        following = 0
        for element in row.findall("c"):
            letters = (element.get("r") or "").rstrip("0123456789")
            column = column_index(letters) if letters.isascii() and letters.isalpha() else following
            following = column + 1
            raw = self._raw(element)
            formula = element.find("f")
            if formula is not None:
                raw.formula = self._formula(formula, index, column, shared)
            if raw.text or raw.number is not None or raw.formula:
                self._demand_space(index, column)
                sheet.cells[index, column] = raw

    def _formula(self, element: Element, row: int, column: int, shared: dict[str, tuple[str, int, int]]) -> str:
        """Returns the formula of a cell; a shared formula is stored once and shifted to its other cells."""
        text, group = (element.text or "").strip(), element.get("si", "")
        if element.get("t") != "shared":
            return text
        if text:
            shared[group] = (text, row, column)
            return text
        master, from_row, from_column = shared.get(group, ("", 0, 0))
        self._shifted += len(master)
        if self._shifted > MOST_CALCULATION:
            return ""
        return shift_formula(master, row - from_row, column - from_column)

    def _demand_space(self, row: int, column: int) -> None:
        """Raises ``UnreadableDocument`` for a cell beyond the limits of a table or of the workbook."""
        self._cells += 1
        if row >= MOST_ROWS or column >= MOST_COLUMNS or self._cells > MOST_CELLS:
            raise table_too_large(rows=MOST_ROWS, columns=MOST_COLUMNS, cells=MOST_CELLS)

    def _raw(self, element: Element) -> _Raw:
        kind, style = element.get("t", "n"), parse_int(element.get("s"))
        stored = element.findtext("v") or ""
        bold = self._formats.is_bold(style)
        if kind == "s":
            index = parse_int(stored, -1)
            return _Raw(self._strings[index] if 0 <= index < len(self._strings) else "", bold=bold)
        if kind == "inlineStr":
            inline = element.find("is")
            return _Raw(_rich_text(inline) if inline is not None else "", bold=bold)
        if kind == "d":
            readings = iso_readings(stored)
            return _Raw(readings[0] if readings else stored, readings=readings, bold=bold)
        if kind in ("str", "b"):
            return _Raw(stored, bold=bold)
        return self._number(stored, style, bold) if kind == "n" else _Raw(bold=bold)

    def _number(self, stored: str, style: int, bold: bool) -> _Raw:
        """Returns a number, or a date with the texts that may have been typed."""
        is_date, is_time = self._formats.is_date(style), self._formats.is_time(style)
        if len(stored) <= LONGEST_WHOLE and stored.isascii() and stored.isdigit() and not (is_date or is_time):
            return _Raw(stored.lstrip("0") or "0", Decimal(stored), bold=bold)
        try:
            number = Decimal(stored.strip()) if stored.strip() else None
        except InvalidOperation:
            return _Raw(stored, bold=bold)
        if number is None or not number.is_finite() or abs(number) > 10**9:
            return _Raw("" if number is None else stored, bold=bold)
        if is_date:
            readings = date_readings(number, self._formats.code(style), self._formats.since_1904)
            if readings:
                return _Raw(readings[0], readings=readings, bold=bold)
        if is_time and 0 <= number < MOST_DAYS_OF_HOURS:
            return _Raw(time_text(number), number, bold=bold, is_time=True)
        number = Decimal(f"{number:.10g}")
        return _Raw(format_plain(number), number, readings=_zero_lost(number), bold=bold)


def _zero_lost(number: Decimal) -> tuple[str, ...]:
    """Returns the readings of a number with one decimal: a stored 1.1 may have been typed as 1.10."""
    text = format_plain(number)
    return (text, text + "0") if number != number.to_integral_value() and len(text.partition(".")[2]) == 1 else ()


def _rich_text(element: Element) -> str:
    """Returns the text of a string without phonetic marks."""
    parts = []
    for child in element:
        if child.tag == "t":
            parts.append(child.text or "")
        elif child.tag == "r":
            text = child.findtext("t") or ""
            parts.append(raise_digits(text) if is_raised(child.find("rPr")) else text)
    return "".join(parts).replace("_x000D_", "").replace("\r", "")


def _covered(reference: str) -> Iterator[tuple[tuple[int, int], Continuation]]:
    """Yields the positions that a merged cell covers, except its first."""
    ends = [part.replace("$", "") for part in reference.split(":")]
    corners = [
        (parse_int(p.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 1) - 1, column_index(p.rstrip("0123456789"))) for p in ends
    ]
    (top, left), (bottom, right) = corners[0], corners[-1]
    if left > right:
        return
    for row in range(top, min(bottom, top + MOST_ROWS) + 1):
        for column in range(left, min(right, MOST_COLUMNS - 1) + 1):
            if (row, column) != (top, left):
                yield (row, column), "row" if row == top else "column"


class _Calculation:
    """Computes formulas across all sheets, each cell once."""

    def __init__(self, sheets: list[_Sheet], trusts_stored: bool) -> None:
        self._sheets = {sheet.name.lower(): sheet for sheet in sheets}
        self._trusts_stored = trusts_stored
        self._known: dict[CellAddress, Decimal | None] = {}
        self._open: set[CellAddress] = set()
        self._left = MOST_CALCULATION

    def cell(self, sheet: _Sheet, row: int, column: int) -> Cell:
        """Returns the cell with its computed value and a note about it."""
        raw = sheet.cells[row, column]
        if not raw.formula:
            return Cell(tuple(raw.text.split("\n")), bold=raw.bold, readings=raw.readings)
        address = f"{column_letters(column)}{row + 1}"
        try:
            value = self._compute((sheet.name, row, column), raw)
        except UnsupportedFormula:
            note = None if raw.text else ErrorDetail("formula_without_value", params={"cell": address})
            return Cell(tuple(raw.text.split("\n")), bold=raw.bold, note=note, is_note_grave=True)
        note = self._difference(raw, value, address) if self._trusts_stored else None
        if raw.is_time and 0 <= value < MOST_DAYS_OF_HOURS:
            return Cell((time_text(value),), bold=raw.bold)
        return Cell((format_plain(value),), bold=raw.bold, readings=_zero_lost(value), note=note)

    @staticmethod
    def _difference(raw: _Raw, value: Decimal, address: str) -> ErrorDetail | None:
        """Returns a note if the stored value differs from the computed one. Zero is ignored: programs that do not
        calculate store it.
        """
        if not raw.number or raw.number == value:
            return None
        params = {"cell": address, "stored": format_plain(raw.number), "computed": format_plain(value)}
        return ErrorDetail("formula_value_differs", params=params)

    def _compute(self, place: CellAddress, raw: _Raw) -> Decimal:
        self._left -= len(raw.formula)
        if place in self._open or len(self._open) > 200 or self._left < 0:
            raise UnsupportedFormula
        self._open.add(place)
        try:
            value = evaluate(raw.formula, lambda other: self._lookup(other, place[0]))
        finally:
            self._open.discard(place)
        return Decimal(f"{value:.10g}")

    def _lookup(self, place: CellAddress, home: str) -> Decimal | None:
        name, row, column = place[0] or home, place[1], place[2]
        self._left -= 1
        if self._left < 0:
            raise UnsupportedFormula
        sheet = self._sheets.get(name.lower())
        if sheet is None:
            raise UnsupportedFormula
        raw = sheet.cells.get((row, column))
        if raw is None:
            return None
        key = (sheet.name, row, column)
        if key not in self._known:
            self._known[key] = self._value(key, raw)
        return self._known[key]

    def _value(self, place: CellAddress, raw: _Raw) -> Decimal | None:
        if not raw.formula:
            return raw.number if raw.number is not None else _hours(raw.text)
        try:
            return self._compute(place, raw)
        except UnsupportedFormula:
            if raw.number is None:
                raise
            return raw.number


def _hours(text: str) -> Decimal | None:
    """Returns hours that were typed as text; None if the text is no number of hours."""
    found = parse_hours(text)
    return found.value if found.is_clear and text.strip() else None


def _table(sheet: _Sheet, calculation: _Calculation) -> Table:
    """Returns the sheet as a table, without columns before the first text; a run of empty rows becomes one row."""
    places = set(sheet.cells)
    if not places:
        return Table((), sheet=sheet.name, sheet_hidden=sheet.hidden)
    first, last = min(column for _row, column in places), max(column for _row, column in places)
    rows: list[Row] = []
    previous = None
    for index in sorted({row for row, _column in places}):
        if previous is not None and index > previous + 1:
            rows.append(Row((EMPTY,) * (last - first + 1)))
        rows.append(_row(sheet, calculation, index, range(first, last + 1)))
        previous = index
    hidden = frozenset(column - first for column in sheet.hidden_columns if first <= column <= last)
    return Table(tuple(rows), hidden, sheet.name, sheet.hidden)


def _row(sheet: _Sheet, calculation: _Calculation, index: int, columns: range) -> Row:
    cells = []
    for column in columns:
        if (index, column) in sheet.merges:
            cells.append(Cell(continuation=sheet.merges[index, column]))
        elif (index, column) in sheet.cells:
            cells.append(calculation.cell(sheet, index, column))
        else:
            cells.append(EMPTY)
    return Row(tuple(cells), index in sheet.hidden_rows, sheet_row=index + 1)
