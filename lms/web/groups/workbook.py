"""Writes the grid as a workbook. Cells are written as text, so that a text that looks like a formula is never run."""

from collections.abc import Sequence
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from courses.groups.grid import Grid, Row
from lms.core.i18n import _, format_hours, local_day
from lms.web.groups.presenters import cell_word, state_word

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
IN_MEMORY = 2 * 1024 * 1024
WIDE, NARROW, MIDDLE = 34, 9, 14
"""Widths of columns, in characters."""


def write_grid(title: str, grid: Grid) -> IO[bytes]:
    """Returns the workbook, positioned at its start: one row per trainee, one column per topic.

    Rows go to disk as they are written.
    """
    stream: Any = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the caller reads and closes it)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet(_("Group"))
        styles = _Styles(book)
        _shape(sheet, grid)
        _write(sheet, 0, [title], styles, bold=True)
        _write(sheet, 2, _heads(grid), styles, bold=True)
        for place, row in enumerate(grid.rows, start=1):
            _write(sheet, 2 + place, _values(place, row), styles)
    stream.seek(0)
    opened: IO[bytes] = stream
    return opened


class _Styles:
    """Cell formats of text by (bold, looks like a formula), of hours and of days."""

    def __init__(self, book: Any) -> None:
        self.hours: Format = book.add_format({"num_format": "0.##", "valign": "top"})
        self.day: Format = book.add_format({"num_format": "dd.mm.yyyy", "align": "left", "valign": "top"})
        self.texts: dict[tuple[bool, bool], Format] = {
            (bold, quoted): book.add_format({"bold": bold, "quote_prefix": quoted, "text_wrap": bold, "valign": "top"})
            for bold in (False, True)
            for quoted in (False, True)
        }


def _shape(sheet: Worksheet, grid: Grid) -> None:
    topics = len(grid.columns)
    sheet.freeze_panes(3, 2)
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 2, WIDE)
    sheet.set_column(3, 3, MIDDLE)
    sheet.set_column(4, 3 + topics, MIDDLE)
    sheet.set_column(4 + topics, 6 + topics, NARROW + 3)


def _heads(grid: Grid) -> list[str]:
    topics = [f"{column.number}. {column.title}" for column in grid.columns]
    hours = _("Hours, of %(total)s", total=format_hours(grid.workload))
    return [_("No."), _("Trainee"), _("Place of work"), _("State"), *topics, hours, _("Hours late"), _("Last seen")]


def _values(place: int, row: Row) -> list[Any]:
    trainee = row.trainee
    return [
        place,
        trainee.name,
        trainee.workplace,
        state_word(trainee.state),
        *(cell_word(cell.state) if cell.state != "open" else "" for cell in row.cells),
        trainee.hours,
        row.late_hours,
        local_day(trainee.last_seen) if trainee.last_seen else "",
    ]


def _write(sheet: Worksheet, at: int, values: Sequence[Any], styles: _Styles, *, bold: bool = False) -> None:
    for column, value in enumerate(values):
        if isinstance(value, str):
            if value:
                sheet.write_string(at, column, value, styles.texts[bold, value.startswith(FORMULA_SIGNS)])
        elif isinstance(value, Decimal | int):
            sheet.write_number(at, column, float(value), styles.hours)
        else:
            sheet.write_datetime(at, column, value, styles.day)
