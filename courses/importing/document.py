"""Content of a Word or Excel file before recognition: paragraphs and tables as plain data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from lms.core.sentences import ErrorDetail

Continuation = Literal["", "row", "column"]

SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u2060\ufeff]+")


def collapse_spaces(text: str) -> str:
    """Returns the text on one line, with single spaces and without invisible characters."""
    return SPACES.sub(" ", text.replace("\u00ad", "")).strip()


@dataclass(frozen=True)
class Paragraph:
    r"""A paragraph; ``text`` keeps its line breaks as ``\n``."""

    text: str
    level: int = 0
    """Heading level, 1 to 9; 0 for running text."""
    marker: str = ""
    """The bullet or number that Word's list numbering puts before the text."""
    bold: bool = False
    is_title: bool = False
    """True if the paragraph has the style «Title»."""
    is_contents: bool = False
    """True for a line of the table of contents."""

    @cached_property
    def line(self) -> str:
        """The text on one line."""
        return collapse_spaces(self.text)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Lines of the text, without empty ones."""
        return tuple(line for line in map(collapse_spaces, self.text.split("\n")) if line)


@dataclass(frozen=True)
class Cell:
    """A cell of a table's grid; the text of a merged cell is kept in its first position only."""

    lines: tuple[str, ...] = ()
    marker: str = ""
    bold: bool = False
    continuation: Continuation = ""
    """``row``: continues the cell on the left; ``column``: continues the cell above."""
    readings: tuple[str, ...] = ()
    """Texts that may have been typed before Excel converted the value (a typed 1.1 becomes a date), most likely
    first.
    """
    note: ErrorDetail | None = None
    """A remark on the value: its formula could not be computed, or a date was read as a number."""
    is_note_grave: bool = False
    """True if the note is a problem, false if it is a warning."""

    @property
    def is_date(self) -> bool:
        """True if a spreadsheet stores a date here; the first of its readings is the most likely typed text."""
        return len(self.readings) > 2

    @cached_property
    def text(self) -> str:
        """The text on one line; list items are separated by semicolons."""
        return join_lines(self.lines)


def join_lines(lines: Iterable[str]) -> str:
    """Joins the lines of a cell: rejoins hyphenated words and separates sentences and items."""
    pieces: list[str] = []
    tail = ""
    for line in filter(None, map(collapse_spaces, lines)):
        if tail and _is_divided(tail, line):
            if not KEPT_HYPHEN.search(tail):
                pieces[-1], tail = pieces[-1][:-1], tail[:-1]
        elif tail and tail[-1] not in "/(":
            pieces.append(" ")
        pieces.append(line)
        tail = (tail + line)[-LONGEST_ENDING:]
    return "".join(pieces)


KEPT_HYPHEN = re.compile(r"(практико|учебно|научно|социально|личностно|системно|онлайн|кейс|мастер|веб)-$", re.I)
LONGEST_ENDING = 30
"""Most characters at the end of a line that are looked at for a hyphenated word."""


def _is_divided(before: str, after: str) -> bool:
    """Returns whether a word is divided between two lines, so that no space belongs between them."""
    return before[-1] == "-" and after[0].islower() and bool(re.search(r"\w-$", before[-2:]))


EMPTY = Cell()


@dataclass(frozen=True)
class Row:
    """A row of the grid; ``sheet_row``: its number in the sheet, None in a document without row numbers."""

    cells: tuple[Cell, ...]
    hidden: bool = False
    sheet_row: int | None = None

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Texts of the cells that are not empty."""
        return tuple(cell.text for cell in self.cells if cell.text)

    @property
    def merged_to(self) -> int:
        """Number of columns that the first cell with text spans; 0 for an empty row."""
        start = next((i for i, cell in enumerate(self.cells) if cell.text), None)
        if start is None:
            return 0
        span = 1
        while start + span < len(self.cells) and self.cells[start + span].continuation == "row":
            span += 1
        return span


@dataclass(frozen=True)
class Table:
    """A table as a rectangle of cells."""

    rows: tuple[Row, ...]
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    sheet: str = ""
    """Name of the worksheet; empty for a table from Word."""
    sheet_hidden: bool = False

    @cached_property
    def width(self) -> int:
        """Number of columns."""
        return max((len(row.cells) for row in self.rows), default=0)

    def origin(self, row: int, column: int) -> Cell:
        """Returns the cell, or the first cell of its vertical merge."""
        if column not in self._origins:
            self._origins[column] = self._origins_of(column)
        return self._origins[column][row]

    @cached_property
    def _origins(self) -> dict[int, list[Cell]]:
        """First cells of the vertical merges by column and row, as far as they were asked for."""
        return {}

    def _origins_of(self, column: int) -> list[Cell]:
        found: list[Cell] = []
        for row in self.rows:
            cell = row.cells[column]
            found.append(found[-1] if cell.continuation == "column" and found else cell)
        return found

    def spread(self, row: int, column: int) -> Cell:
        """Returns the cell, or the first cell of its merge in either direction; used for column headings."""
        while (row or column) and self.rows[row].cells[column].continuation:
            if self.rows[row].cells[column].continuation == "column" and row:
                row -= 1
            else:
                column = max(column - 1, 0)
        return self.rows[row].cells[column]

    def visible(self, hidden_rows: bool = False, hidden_columns: bool = False) -> "Table":
        """Returns the table without its hidden rows and columns, or with either. The text of a merged cell moves to
        the merge's first visible position.
        """
        left_out: frozenset[int] = frozenset() if hidden_columns else self.hidden_columns
        rows: list[Row] = []
        moved = dict.fromkeys(range(self.width), EMPTY)
        for row in self.rows:
            cells = [self._with_moved_text(cell, moved[column]) for column, cell in enumerate(row.cells)]
            is_out = row.hidden and not hidden_rows
            moved = {column: cell if is_out and cell.lines else EMPTY for column, cell in enumerate(cells)}
            if not is_out:
                rows.append(replace(row, cells=_visible_cells(cells, left_out), hidden=False))
        return replace(self, rows=tuple(rows), hidden_columns=frozenset())

    @staticmethod
    def _with_moved_text(cell: Cell, moved: Cell) -> Cell:
        return moved if cell.continuation == "column" and moved.lines else cell

    def lines(self) -> list[str]:
        """Returns the lines of all cells, row by row."""
        return [line for row in self.rows for cell in row.cells for line in cell.lines if line]


def _visible_cells(cells: list[Cell], hidden: frozenset[int]) -> tuple[Cell, ...]:
    """Returns the cells of visible columns."""
    shown: list[Cell] = []
    carried = EMPTY
    for column, cell in enumerate(cells):
        current = carried if cell.continuation == "row" and carried.lines else cell
        carried = current if column in hidden and current.lines else EMPTY
        if column not in hidden:
            shown.append(current)
    return tuple(shown)


Block = Paragraph | Table


@dataclass(frozen=True)
class Document:
    """A file as blocks in reading order."""

    blocks: tuple[Block, ...]
    is_workbook: bool = False
