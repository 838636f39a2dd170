"""What Word and Excel files come to before anything is recognised: paragraphs and tables, plain data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

Continuation = Literal["", "row", "column"]

SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u2060\ufeff]+")


def squeeze(text: str) -> str:
    """The text on one line, with single spaces and no invisible signs."""
    return SPACES.sub(" ", text.replace("\u00ad", "")).strip()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``text`` keeps its own line breaks as ``\\n``."""

    text: str
    level: int = 0
    """Level of a heading, 1 to 9; 0 for running text."""
    marker: str = ""
    """The bullet or number that Word itself puts before it."""
    bold: bool = False
    is_title: bool = False
    """Set in the style «Title»."""
    is_contents: bool = False
    """A line of the table of contents."""

    @property
    def line(self) -> str:
        """The text on one line."""
        return squeeze(self.text)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the text, without empty ones."""
        return tuple(line for line in map(squeeze, self.text.split("\n")) if line)


@dataclass(frozen=True)
class Cell:
    """A cell of the table's grid; the text of a merged cell stands in its first place only."""

    lines: tuple[str, ...] = ()
    marker: str = ""
    bold: bool = False
    continuation: Continuation = ""
    """``row``: belongs to the cell on the left; ``column``: to the cell above."""
    readings: tuple[str, ...] = ()
    """Other things that a spreadsheet's value may have been before Excel changed it (1.1 typed, a date kept)."""
    note: str = ""
    """What is to be said of this value: a formula that could not be computed, a date that was read as a number."""
    is_note_grave: bool = False
    """Whether the note is a problem and not a warning."""

    @property
    def is_date(self) -> bool:
        """Whether a spreadsheet keeps a date here; the likeliest thing typed is the first of its readings."""
        return len(self.readings) > 2

    @property
    def text(self) -> str:
        """The text on one line; paragraphs of a list are set apart by semicolons."""
        return join_lines(self.lines)


def join_lines(lines: Iterable[str]) -> str:
    """Lines of a cell as one: a word divided by hand is put together, a new sentence or item is set apart."""
    joined = ""
    for line in filter(None, map(squeeze, lines)):
        joined = _join(joined, line) if joined else line
    return joined


KEPT_HYPHEN = re.compile(r"(практико|учебно|научно|социально|личностно|системно|онлайн|кейс|мастер|веб)-$", re.I)


def _join(before: str, after: str) -> str:
    divided = re.search(r"\w-$", before) and after[0].islower()
    if divided:
        return (before if KEPT_HYPHEN.search(before) else before[:-1]) + after
    return f"{before}{after}" if before[-1] in "/(" else f"{before} {after}"


EMPTY = Cell()


@dataclass(frozen=True)
class Row:
    """A row of the grid. ``place`` names it for a person, where it has a name (the row of a sheet)."""

    cells: tuple[Cell, ...]
    hidden: bool = False
    place: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts of the cells that say something."""
        return tuple(cell.text for cell in self.cells if cell.text)

    @property
    def merged_to(self) -> int:
        """Columns that the row's first cell with a text spans."""
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
    """Name of the worksheet it comes from; empty for Word."""
    sheet_hidden: bool = False

    @property
    def width(self) -> int:
        """Number of columns."""
        return max((len(row.cells) for row in self.rows), default=0)

    def origin(self, row: int, column: int) -> Cell:
        """The cell, or the one above that it is merged with."""
        while row > 0 and self.rows[row].cells[column].continuation == "column":
            row -= 1
        return self.rows[row].cells[column]

    def spread(self, row: int, column: int) -> Cell:
        """The cell, or the one above or on the left that it is merged with: for headings of columns."""
        while (row or column) and self.rows[row].cells[column].continuation:
            if self.rows[row].cells[column].continuation == "column" and row:
                row -= 1
            else:
                column = max(column - 1, 0)
        return self.rows[row].cells[column]

    def visible(self, hidden_rows: bool = False, hidden_columns: bool = False) -> "Table":
        """The table without hidden rows and columns, or with either; a merged cell moves to the first place seen."""
        left_out: frozenset[int] = frozenset() if hidden_columns else self.hidden_columns
        rows: list[Row] = []
        moved = dict.fromkeys(range(self.width), EMPTY)
        for row in self.rows:
            cells = [self._or_moved(cell, moved[column]) for column, cell in enumerate(row.cells)]
            is_out = row.hidden and not hidden_rows
            moved = {column: cell if is_out and cell.lines else EMPTY for column, cell in enumerate(cells)}
            if not is_out:
                rows.append(replace(row, cells=_shown(cells, left_out), hidden=False))
        return replace(self, rows=tuple(rows), hidden_columns=frozenset())

    @staticmethod
    def _or_moved(cell: Cell, moved: Cell) -> Cell:
        return moved if cell.continuation == "column" and moved.lines else cell

    def lines(self) -> list[str]:
        """All that it says, row by row."""
        return [line for row in self.rows for cell in row.cells for line in cell.lines if line]


def _shown(cells: list[Cell], hidden: frozenset[int]) -> tuple[Cell, ...]:
    """Cells of the columns that are seen."""
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
