"""Reads a .docx as paragraphs and tables in reading order, as the printed page shows them.

The XML is read directly and not by python-docx, which does not support tracked changes, content controls, text boxes
and list numbers, refuses «strict» files, and does not limit the zip.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from courses.importing.document import EMPTY, Block, Cell, Document, Paragraph, Row, Table
from courses.importing.word_numbering import Numbering
from courses.importing.word_text import ParagraphReader, Styles, text_boxes
from lms.core.documents.ooxml import children, is_enabled, parse_int, parse_part, related, val_at
from lms.core.documents.ooxml_package import Package, damaged_file, table_too_large, too_long

WRAPPERS = ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "AlternateContent", "Choice")
MOST_COLUMNS = 60
MOST_ROWS = 2000
MOST_CELLS = 10_000
"""Most cells of all tables of the document."""
MOST_PARAGRAPHS = 20_000
"""Most paragraphs of the document, those in cells included."""
SAME_EDGE = 170
"""Cell edges closer than this, in twentieths of a point (3 mm), count as one."""


def read_word(package: Package) -> Document:
    """Returns the document's blocks. Raises ``UnreadableDocument`` if the text part is missing or its XML is broken."""
    main = related(package, "", "officeDocument") or "word/document.xml"
    if not package.has(main):
        raise damaged_file()
    body = parse_part(package, main).find("body")
    if body is None:
        raise damaged_file()
    styles, numbering = (_side_part(package, main, kind) for kind in ("styles", "numbering"))
    reader = _Reader(ParagraphReader(Styles(styles), Numbering(numbering)))
    return Document(tuple(reader.blocks(body)))


def _side_part(package: Package, main: str, kind: str) -> Element | None:
    part = related(package, main, kind)
    return parse_part(package, part) if part else None


class _Reader:
    """Walks the body; numbered lists are counted on the way."""

    def __init__(self, words: ParagraphReader) -> None:
        self._words = words
        self._cells = 0
        self._paragraphs = 0

    def blocks(self, parent: Element) -> Iterator[Block]:
        """Yields paragraphs and tables; text boxes come before the paragraph they are anchored to."""
        for child in children(parent, *WRAPPERS):
            if child.tag == "p":
                for box in text_boxes(child):
                    yield from self.blocks(box)
                self._paragraphs += 1
                if self._paragraphs > MOST_PARAGRAPHS:
                    raise too_long()
                yield self._words.paragraph(child)
            elif child.tag == "tbl":
                yield from self._table(child)

    def _table(self, element: Element) -> Iterator[Block]:
        """Yields the table, or the content of a table that only serves page layout."""
        rows = list(_rows(element))
        if _is_layout(rows):
            for cell in (cell for row in rows for cell in _cells(row)):
                yield from self.blocks(cell)
            return
        drawn = [self._row(row) for row in rows]
        self._demand_space(len(rows), 0, 0)
        edges = _edges(_widths(element), drawn)
        yield Table(tuple(_grid_row(row, edges) for row in drawn))

    def _row(self, element: Element) -> list[tuple[int, Cell]]:
        """Returns cells with the number of grid columns that each takes; gaps before the first are empty cells."""
        before = parse_int(val_at(element.find("trPr"), "gridBefore"))
        drawn = [(min(before, MOST_COLUMNS), EMPTY)] if before > 0 else []
        for cell in _cells(element):
            props = cell.find("tcPr")
            span = min(max(parse_int(val_at(props, "gridSpan"), 1), 1), MOST_COLUMNS)
            drawn.append((span, self._cell(cell, props)))
        self._demand_space(0, sum(span for span, _cell in drawn), len(drawn))
        return drawn

    def _demand_space(self, rows: int, columns: int, cells: int) -> None:
        """Raises ``UnreadableDocument`` for a table with more rows or columns, or a document with more cells, than a
        programme has.
        """
        self._cells += cells
        if rows > MOST_ROWS or columns > MOST_COLUMNS or self._cells > MOST_CELLS:
            raise table_too_large(rows=MOST_ROWS, columns=MOST_COLUMNS, cells=MOST_CELLS)

    def _cell(self, element: Element, props: Element | None) -> Cell:
        blocks = list(self.blocks(element))
        paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
        lines: list[str] = []
        for block in blocks:
            lines += block.lines if isinstance(block, Paragraph) else block.lines()
        merge = props.find("vMerge") if props is not None else None
        below = merge is not None and merge.get("val", "continue") == "continue"
        beside = val_at(props, "hMerge") == "continue" or (
            props is not None and props.find("hMerge") is not None and val_at(props, "hMerge") is None
        )
        if below or beside:
            return Cell(continuation="column" if below else "row")
        full = [p for p in paragraphs if p.line]
        marker = next((p.marker for p in paragraphs if p.marker and p.marker != "•"), "")
        return Cell(tuple(lines), marker, bold=bool(full) and all(p.bold for p in full))


def _rows(table: Element) -> Iterator[Element]:
    """Yields rows that are neither deleted nor hidden."""
    for row in children(table, *WRAPPERS):
        props = row.find("trPr")
        if row.tag == "tr" and not (
            props is not None and (props.find("del") is not None or is_enabled(props, "hidden"))
        ):
            yield row


def _cells(row: Element) -> Iterator[Element]:
    return (cell for cell in children(row, *WRAPPERS) if cell.tag == "tc")


def _is_layout(rows: list[Element]) -> bool:
    """Returns whether the table has one column, or only frames another table."""
    if all(len(list(_cells(row))) <= 1 for row in rows):
        return True
    inner = (table for row in rows for cell in _cells(row) for table in cell.findall("tbl"))
    return any(len(list(_rows(table))) >= 3 and len(list(_widths(table))) >= 3 for table in inner)


def _widths(table: Element) -> list[int]:
    grid = table.find("tblGrid")
    columns = grid.findall("gridCol") if grid is not None else []
    return [parse_int(column.get("w")) or SAME_EDGE * 2 for column in columns[:MOST_COLUMNS]]


def _edges(widths: list[int], rows: list[list[tuple[int, Cell]]]) -> list[int]:
    """Returns, for each edge of the drawn grid, the index of the column that starts there, with near edges merged.

    Edges of tables drawn by hand differ by some twips from row to row; edges that no row uses are left out too.
    """
    most = max([sum(span for span, _cell in row) for row in rows] + [len(widths)], default=0)
    widths = widths + [SAME_EDGE * 2] * (most - len(widths))
    used = set()
    for row in rows:
        place = 0
        for span, _cell in row:
            used.add(place)
            place += span
    edges, column, since = [], -1, 0
    ends_alone = set(_ends_alone(rows))
    for place in range(most):
        since += widths[place - 1] if place else SAME_EDGE
        narrow = since < SAME_EDGE and place not in ends_alone
        if place in used and not narrow:
            column += 1
            since = 0
        edges.append(max(column, 0))
    return [*edges, column + 1]


def _ends_alone(rows: list[list[tuple[int, Cell]]]) -> Iterator[int]:
    """Yields the edges at which a one-column cell with text ends."""
    for row in rows:
        place = 0
        for span, cell in row:
            if span == 1 and cell.lines:
                yield place + 1
            place += span


def _grid_row(row: list[tuple[int, Cell]], edges: list[int]) -> Row:
    """Returns one cell for each column; a cell over several columns is followed by continuations."""
    width = edges[-1]
    cells: list[Cell] = []
    place = 0
    for span, cell in row:
        start, end = edges[min(place, len(edges) - 1)], edges[min(place + span, len(edges) - 1)]
        place += span
        start = max(start, len(cells))
        if start >= width:
            continue
        cells += [EMPTY] * (start - len(cells))
        follower = Cell(continuation="column" if cell.continuation == "column" else "row")
        cells += [cell, *[follower] * (max(end, start + 1) - start - 1)]
    return Row(tuple((cells + [EMPTY] * width)[:width]))
