"""Shows a Word file as safe HTML: paragraphs, headings, lists and tables. Layout is not kept."""

import io
import zipfile
from html import escape

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from lms.core.sentences import sentence

MOST_UNPACKED = 60 * 1024 * 1024
"""Bytes that a file may unpack to; a larger file gets no preview."""
MOST_BLOCKS = 600


def preview_of(content: bytes) -> str:
    """Returns the document's text as HTML; empty for a file that cannot be read safely."""
    if not _is_small(content):
        return ""
    try:
        document = Document(io.BytesIO(content))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError):
        return ""
    pieces = []
    for count, block in enumerate(document.iter_inner_content()):
        if count == MOST_BLOCKS:
            words = sentence("preview_cut", {})
            pieces.append(f"<p>{escape(words)}</p>")
            break
        pieces.append(_table(block) if isinstance(block, Table) else _paragraph(block))
    return "".join(pieces)


def _is_small(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(info.file_size for info in archive.infolist()) <= MOST_UNPACKED
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _paragraph(paragraph: Paragraph) -> str:
    text = escape(paragraph.text.strip()).replace("\n", "<br>")
    if not text:
        return ""
    style = (paragraph.style.name or "") if paragraph.style else ""
    if style.startswith(("Heading", "Title")):
        return f"<p><b>{text}</b></p>"
    return f"<p>{'• ' if style.startswith('List') else ''}{text}</p>"


def _table(table: Table) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell.text.strip())}</td>" for cell in _once(row.cells)) + "</tr>"
        for row in table.rows
    )
    return f"<table>{rows}</table>"


def _once(cells: tuple) -> list:  # type: ignore[type-arg]
    """Yields each merged cell once."""
    seen: list[object] = []
    found = []
    for cell in cells:
        if cell._tc not in seen:
            seen.append(cell._tc)
            found.append(cell)
    return found
