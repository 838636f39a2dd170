"""Finds the heading rows of a thematic plan in a table."""

import re
from dataclasses import dataclass

from courses.importing.document import Table
from courses.importing.numbers import parse_hours
from courses.importing.plan.vocabulary import HOURS_GROUP, KIND_WORD, TOTAL_HEADING, WEEK, title_rank

MOST_ROWS = 5
"""Most rows of a heading."""
MOST_ABOVE = 80
"""Number of rows that are searched for a heading."""
LEAST_WEEKS = 3
"""Fewest columns of weeks that hold the hours of a plan."""
LONGEST = 160
"""Most characters of one column's heading."""


@dataclass(frozen=True)
class Header:
    """Rows ``start`` to ``end`` (exclusive), and the texts of each column from top to bottom."""

    start: int
    end: int
    paths: tuple[tuple[str, ...], ...]

    def path(self, column: int) -> tuple[str, ...]:
        """Returns the headings of the column, the widest first."""
        return self.paths[column]

    def leaf(self, column: int) -> str:
        """Returns the heading next to the body."""
        return self.paths[column][-1] if self.paths[column] else ""

    def full(self, column: int) -> str:
        """Returns all headings of the column as one text."""
        return " ".join(self.paths[column])

    def parent(self, column: int) -> str:
        """Returns the heading above the leaf; empty if there is none."""
        return self.paths[column][-2] if len(self.paths[column]) > 1 else ""


def find_header(table: Table, since: int = 0) -> Header | None:
    """Returns the first heading of a plan from row ``since`` on; None if there is none."""
    for start in range(since, min(len(table.rows), since + MOST_ABOVE)):
        if _may_start(table, start):
            header = _header_at(table, start)
            if header is not None:
                return header
    return None


def is_index_row(table: Table, row: int) -> bool:
    """Returns whether the row only numbers the columns: 1, 2, 3…"""
    texts = [text.strip(".()") for text in table.rows[row].texts]
    if len(texts) < 3 or not all(text.isdigit() for text in texts):
        return False
    numbers = [int(text) for text in texts]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (0, 1)


def _may_start(table: Table, row: int) -> bool:
    """Returns whether the row has at least two column headings, one of titles or hours, and no number."""
    cells = [cell.text for cell in table.rows[row].cells if cell.text]
    if len(cells) < 2 or any(len(text) > LONGEST for text in cells):
        return False
    if any(_is_number(text) for text in cells):
        return False
    return any(title_rank(text) or _is_hours_heading(text) for text in cells)


def _is_number(text: str) -> bool:
    hours = parse_hours(text)
    return hours.is_clear and not hours.is_blank


def _is_hours_heading(text: str) -> bool:
    return bool(HOURS_GROUP.search(text) or KIND_WORD.search(text) or TOTAL_HEADING.search(text))


def _header_at(table: Table, start: int) -> Header | None:
    """Returns the heading that starts in this row, if it names titles and hours."""
    end = start + 1
    while end < min(len(table.rows) - 1, start + MOST_ROWS) and _continues(table, start, end):
        end += 1
    paths = tuple(_path(table, start, end, column) for column in range(table.width))
    titles = [c for c, path in enumerate(paths) if title_rank(" ".join(path))]
    hours = [c for c, path in enumerate(paths) if any(map(_is_hours_heading, path)) and c not in titles]
    weeks = [path for path in paths if WEEK.search(" ".join(path))]
    if len(weeks) >= LEAST_WEEKS and titles:
        return _without_index(table, start, end, paths)
    if not hours or (not titles and len(hours) < 2):
        return None
    return _without_index(table, start, end, paths)


def _without_index(table: Table, start: int, end: int, paths: tuple[tuple[str, ...], ...]) -> Header:
    """Returns the heading with the empty rows, and the row of column numbers, below it."""
    while end < len(table.rows) and (is_index_row(table, end) or not table.rows[end].texts):
        end += 1
    return Header(start, end, paths)


def _path(table: Table, start: int, end: int, column: int) -> tuple[str, ...]:
    """Returns the texts above the column, without repetitions."""
    texts: list[str] = []
    for row in range(start, end):
        text = _heading_text(table, start, row, column)
        if text and (not texts or texts[-1] != text):
            texts.append(text)
    return tuple(texts)


def _heading_text(table: Table, start: int, row: int, column: int) -> str:
    """Returns the heading text at a position. A cell merged across counts for all its columns; one merged from above
    the heading does not.
    """
    while table.rows[row].cells[column].continuation == "column" and row > start:
        row -= 1
    while table.rows[row].cells[column].continuation == "row" and column > 0:
        column -= 1
    return table.rows[row].cells[column].text


def _continues(table: Table, start: int, row: int) -> bool:
    """Returns whether the row still belongs to the heading above it."""
    cells = table.rows[row].cells
    texts = [(c, cell.text) for c, cell in enumerate(cells) if cell.text]
    if is_index_row(table, row) or any(_is_number(text) or len(text) > LONGEST for _c, text in texts):
        return False
    if not texts:
        return any(cell.continuation == "column" for cell in cells)
    above = {c: _path(table, start, row, c) for c in range(len(cells))}
    titled = [c for c, path in above.items() if title_rank(" ".join(path))]
    first = min(titled, default=-1)
    in_hours = [t for c, t in texts if c > first and (not above[c] or _is_hours_heading(" ".join(above[c])))]
    in_hours = [t for t in in_hours if t not in [cells[c].text for c in titled]]
    covered = [c for c in titled if cells[c].continuation == "column" or not cells[c].text]
    words = [text for text in in_hours if not re.fullmatch(r"[-–—]+", text)]
    if titled and all(cells[c].continuation == "column" for c in titled):
        return True
    if titled and len(covered) == len(titled):
        return bool(words)
    return len(words) >= 2 or (bool(words) and not titled and table.rows[row].merged_to < 3)
