"""Worksheets of an .xlsx as rows of typed values: text, number or date.

The XML is read within the limits of ``courses.importing``: styles written by foreign programs cannot cause failures,
and long numbers (identity numbers, telephones) keep all their digits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.etree.ElementTree import Element

from courses.importing.document import collapse_spaces
from courses.importing.excel_dates import EPOCH, EPOCH_1904, MOST_DAYS, Formats
from courses.importing.formulas import column_index
from lms.core.documents.ooxml import parse_int, parse_part, related, relations
from lms.core.documents.ooxml_package import Package, damaged_file

MOST_SHEETS: Final = 20
MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 60
MOST_TEXT: Final = 2_000
MOST_MERGED: Final = 20_000

Value = str | Decimal | date


@dataclass(slots=True)
class SheetRow:
    """A row that is not empty: its number in Excel, its values by column (from 0)."""

    number: int
    values: dict[int, Value] = field(default_factory=dict)
    hidden: bool = False

    def text(self, column: int) -> str:
        """Returns the value as one line of text."""
        return cell_text(self.values.get(column, ""))

    def lines(self, column: int) -> list[str]:
        """Returns the lines of the value."""
        value = self.values.get(column, "")
        return value.split("\n") if isinstance(value, str) else [cell_text(value)]

    @property
    def texts(self) -> list[str]:
        return [cell_text(self.values[column]) for column in sorted(self.values)]


@dataclass(slots=True)
class Sheet:
    """A worksheet. ``cut``: it has more rows than were read."""

    name: str
    rows: list[SheetRow] = field(default_factory=list)
    hidden: bool = False
    cut: bool = False


def cell_text(value: Value) -> str:
    """Returns the value on one line: numbers in plain digits, dates with the day first."""
    if isinstance(value, str):
        return value.replace("\n", " ")
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return value.strftime("%d.%m.%Y")


def read_sheets(package: Package) -> list[Sheet]:
    """Returns the worksheets, visible ones first. Raises ``UnreadableDocument`` for a broken workbook."""
    main = related(package, "", "officeDocument") or "xl/workbook.xml"
    if not package.has(main):
        raise damaged_file()
    workbook = parse_part(package, main)
    reader = _Cells(package, main, workbook)
    targets = relations(package, main)
    found = []
    for element in list(workbook.iter("sheet"))[:MOST_SHEETS]:
        kind, path = targets.get(element.get("id", ""), ("", ""))
        if kind == "worksheet" and package.has(path):
            hidden = element.get("state", "visible") != "visible"
            found.append(_sheet(element.get("name", ""), hidden, parse_part(package, path), reader))
    if not found:
        raise damaged_file()
    return sorted(found, key=lambda sheet: sheet.hidden)


def _sheet(name: str, hidden: bool, root: Element, cells: "_Cells") -> Sheet:
    sheet = Sheet(name, hidden=hidden)
    following = 1
    for element in root.iter("row"):
        number = parse_int(element.get("r"), following)
        following = number + 1
        values = dict(cells.of_row(element))
        if values and len(sheet.rows) == MOST_ROWS:
            sheet.cut = True
            break
        if values:
            sheet.rows.append(SheetRow(number, values, hidden=element.get("hidden") in {"1", "true"}))
    _fill_merged(sheet, root)
    return sheet


def _fill_merged(sheet: Sheet, root: Element) -> None:
    """Repeats a vertically merged value (one school for five people) in each of its rows."""
    rows = {row.number: row for row in sheet.rows}
    left = MOST_MERGED
    for merge in root.iter("mergeCell"):
        (top, column), (bottom, _last) = _corners(merge.get("ref", ""))
        value = rows[top].values.get(column) if top in rows else None
        for number in range(top + 1, min(bottom, top + MOST_ROWS) + 1):
            left -= 1
            if left < 0:
                return
            if value is not None and number in rows:
                rows[number].values.setdefault(column, value)


def _corners(reference: str) -> tuple[tuple[int, int], tuple[int, int]]:
    ends = [_place(part) for part in reference.replace("$", "").split(":")]
    return ends[0], ends[-1]


def _place(reference: str) -> tuple[int, int]:
    """Returns row (from 1) and column (from 0) of a reference such as B7."""
    letters = reference.rstrip("0123456789")
    column = column_index(letters) if letters.isascii() and letters.isalpha() else 0
    return parse_int(reference[len(letters) :], 1), column


class _Cells:
    """Reads cell values, with the workbook's shared strings and formats."""

    def __init__(self, package: Package, main: str, workbook: Element) -> None:
        strings, styles = related(package, main, "sharedStrings"), related(package, main, "styles")
        self._strings = [_string(item) for item in parse_part(package, strings).iter("si")] if strings else []
        properties = workbook.find("workbookPr")
        since_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        self._formats = Formats(parse_part(package, styles) if styles else None, since_1904)
        self._epoch = EPOCH_1904 if since_1904 else EPOCH

    def of_row(self, row: Element) -> Iterator[tuple[int, Value]]:
        """Yields column and value of the cells that are not empty."""
        following = 0
        for element in row.findall("c"):
            letters = (element.get("r") or "").rstrip("0123456789")
            column = column_index(letters) if letters.isascii() and letters.isalpha() else following
            following = column + 1
            value = self._value(element)
            if column < MOST_COLUMNS and value != "":
                yield column, value

    def _value(self, element: Element) -> Value:
        kind, stored = element.get("t", "n"), element.findtext("v") or ""
        if kind == "s":
            index = parse_int(stored, -1)
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if kind == "inlineStr":
            inline = element.find("is")
            return _string(inline) if inline is not None else ""
        if kind == "d":
            return _iso(stored)
        if kind == "n":
            return self._number(stored.strip(), parse_int(element.get("s")))
        return lines_of_cell(stored) if kind == "str" else ""

    def _number(self, stored: str, style: int) -> Value:
        try:
            number = Decimal(stored)
        except InvalidOperation:
            return lines_of_cell(stored)
        if not number.is_finite() or (number and not -18 <= number.adjusted() < 18):
            return lines_of_cell(stored)
        if self._formats.is_date(style) and 0 < number < MOST_DAYS:
            return self._epoch + timedelta(days=int(number))
        return number


def _iso(stored: str) -> Value:
    try:
        return datetime.fromisoformat(stored).date()
    except ValueError:
        return lines_of_cell(stored)


def _string(element: Element) -> str:
    """Returns the text of a string, without phonetic marks."""
    parts = [child.text or "" for child in element if child.tag == "t"]
    parts += [child.findtext("t") or "" for child in element if child.tag == "r"]
    return lines_of_cell("".join(parts))


def lines_of_cell(text: str) -> str:
    """Returns the text with single spaces, without empty lines."""
    lines = map(collapse_spaces, re.split(r"_x000D_|[\r\n]", text[: 2 * MOST_TEXT]))
    return "\n".join(filter(None, lines))[:MOST_TEXT]
