"""Writes .docx and .xlsx for the tests: bare parts, so that cells, numbering and markup are exactly what is meant."""

# ruff: noqa: E501 - data

import io
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STRICT = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass
class Cell:
    """A cell of a table to be written; ``value`` replaces the text in a workbook."""

    text: str = ""
    across: int = 1
    down: int = 1
    bold: bool = False
    level: int | None = None
    """Level of Word's list numbering."""
    value: float | int | str | datetime | None = None
    format: str = ""


@dataclass
class Grid:
    rows: list[list[Cell]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    repeated_header: int = 0

    def placed(self) -> list[dict[int, tuple[Cell, bool]]]:
        """Returns for each row: column → (cell, whether it only continues one above)."""
        rows: list[dict[int, tuple[Cell, bool]]] = [{} for _ in self.rows]
        for r, row in enumerate(self.rows):
            column = 0
            for cell in row:
                while column in rows[r]:
                    column += rows[r][column][0].across
                for below in range(cell.down):
                    if r + below < len(rows):
                        rows[r + below][column] = (cell, below > 0)
                column += cell.across
        return rows


def paragraph(text: str, style: str = "", bold: bool = False, numbering: tuple[int, int] | None = None) -> str:
    props = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbering is not None:
        props += f'<w:numPr><w:ilvl w:val="{numbering[1]}"/><w:numId w:val="{numbering[0]}"/></w:numPr>'
    run_props = "<w:rPr><w:b/></w:rPr>" if bold else ""
    runs = []
    for i, line in enumerate(text.split("\n")):
        runs.append(("<w:br/>" if i else "") + f'<w:t xml:space="preserve">{escape(line)}</w:t>')
    return f"<w:p><w:pPr>{props}</w:pPr><w:r>{run_props}{''.join(runs)}</w:r></w:p>"


def table(grid: Grid, start: int = 0, end: int | None = None) -> str:
    width = max(sum(cell.across for cell in row) for row in grid.rows)
    placed = grid.placed()[start:end]
    columns = "".join('<w:gridCol w:w="1200"/>' for _ in range(width))
    body = "".join(_row(row) for row in placed)
    return f"<w:tbl><w:tblGrid>{columns}</w:tblGrid>{body}</w:tbl>"


def _row(row: dict[int, tuple[Cell, bool]]) -> str:
    cells = []
    for column in sorted(row):
        cell, below = row[column]
        props = f'<w:gridSpan w:val="{cell.across}"/>' if cell.across > 1 else ""
        if cell.down > 1:
            props += "<w:vMerge/>" if below else '<w:vMerge w:val="restart"/>'
        numbering = (1, cell.level) if cell.level is not None and not below else None
        inner = paragraph("" if below else cell.text, bold=cell.bold, numbering=numbering)
        cells.append(f"<w:tc><w:tcPr>{props}</w:tcPr>{inner}</w:tc>")
    return f"<w:tr>{''.join(cells)}</w:tr>"


NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2."/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2.%3."/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="·"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num></w:numbering>"""
BULLET = (2, 0)
NUMBERED = (3, 0)
STYLES = f"""<w:styles {W}>
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="toc1"><w:name w:val="toc 1"/></w:style></w:styles>"""
CONTENT_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""


def relationships(*targets: tuple[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'
    )


def docx(body: str, extra: dict[str, bytes | str] | None = None, namespace: str = W) -> bytes:
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relationships(("officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": relationships(("styles", "styles.xml"), ("numbering", "numbering.xml")),
        "word/document.xml": f"<w:document {namespace}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": STYLES,
        "word/numbering.xml": NUMBERING,
        **(extra or {}),
    }
    return zipped(parts)


def zipped(parts: dict[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


@dataclass
class Sheet:
    name: str
    grid: Grid
    top: int = 0
    """Empty rows before the grid, or rows of ``above``."""
    left: int = 0
    above: tuple[str, ...] = ()
    state: str = "visible"


def xlsx(sheets: list[Sheet]) -> bytes:
    """Writes a workbook; formulas have no stored values, as openpyxl writes them."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        ws = book.create_sheet(sheet.name)
        ws.sheet_state = sheet.state
        for i, text in enumerate(sheet.above):
            ws.cell(1 + i, 1 + sheet.left, text)
        _fill(ws, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(ws, sheet: Sheet) -> None:
    top = sheet.top + len(sheet.above)
    for r, row in enumerate(sheet.grid.placed()):
        for column, (cell, below) in row.items():
            if below:
                continue
            place = ws.cell(top + r + 1, sheet.left + column + 1)
            place.value = cell.value if cell.value is not None else (cell.text or None)
            if cell.format:
                place.number_format = cell.format
            if cell.bold:
                place.font = Font(bold=True)
            if cell.across > 1 or cell.down > 1:
                ws.merge_cells(
                    start_row=place.row,
                    start_column=place.column,
                    end_row=place.row + cell.down - 1,
                    end_column=place.column + cell.across - 1,
                )
    for r in sheet.grid.hidden_rows:
        ws.row_dimensions[top + r + 1].hidden = True
    for c in sheet.grid.hidden_columns:
        ws.column_dimensions[get_column_letter(sheet.left + c + 1)].hidden = True
