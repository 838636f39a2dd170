"""Shows a Word file as safe HTML: paragraphs, headings, lists and tables. Layout is not kept.

The file comes from a stranger, and the page waits for it. So it is read as an import is (``ooxml_package``, ``ooxml``):
sizes and the number of elements are limited before anything is built, each element is visited once, and what a cell
says of its width or of the cell above is ignored, since libraries build a cell for each column it names.
"""

from collections.abc import Iterator
from html import escape
from typing import Final
from xml.etree.ElementTree import Element

from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.ooxml import children, parse_part, related, val_at
from lms.core.documents.ooxml_package import MOST_CHARACTERS, Budget, Package
from lms.core.sentences import sentence

MAIN: Final = "word/document.xml"
MOST_BYTES: Final = 8 * 1024 * 1024
"""Bytes of the main part; text of some thousand pages."""
MOST_ELEMENTS: Final = 200_000
"""Elements and attributes of all parts that are read."""
MOST_BLOCKS: Final = 600
MOST_CELLS: Final = 5_000
MOST_SIGNS: Final = 300_000
"""Characters of the text that is shown."""
WRAPPERS: Final = ("sdt", "sdtContent", "ins", "smartTag", "hyperlink", "fldSimple", "customXml", "moveTo")
SIGNS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def preview_of(content: bytes) -> str | None:
    """Returns the document's text as HTML; empty for a document without text, ``None`` for one that is not shown."""
    try:
        package = Package(content, "docx", Budget(MOST_ELEMENTS, MOST_CHARACTERS))
        main = related(package, "", "officeDocument") or MAIN
        body = parse_part(package, main, MOST_BYTES).find("body")
        return "" if body is None else "".join(_Reading(_style_names(package, main)).blocks(body))
    except (UnreadableDocument, ArithmeticError, LookupError, ValueError, RecursionError):
        return None


def _style_names(package: Package, main: str) -> dict[str, str]:
    """Returns the names of the styles by id, as Word calls them in English."""
    part = related(package, main, "styles")
    if part is None:
        return {}
    styles = parse_part(package, part, MOST_BYTES).iter("style")
    return {style.get("styleId", ""): (val_at(style, "name") or "").lower() for style in styles}


class _Reading:
    """Writes one document and counts what was shown."""

    def __init__(self, styles: dict[str, str]) -> None:
        self._styles = styles
        self._cells = 0
        self._signs = 0

    def blocks(self, body: Element) -> Iterator[str]:
        """Yields the blocks as HTML, up to the limits."""
        for count, block in enumerate(children(body, *WRAPPERS)):
            if count == MOST_BLOCKS or self._is_full:
                rest = sentence("preview_cut", {})
                yield f"<p>{escape(rest)}</p>"
                return
            if block.tag == "p":
                yield self._paragraph(block)
            elif block.tag == "tbl":
                yield "".join(self._table(block))

    @property
    def _is_full(self) -> bool:
        return self._cells >= MOST_CELLS or self._signs >= MOST_SIGNS

    def _paragraph(self, paragraph: Element) -> str:
        text = self._text(paragraph)
        if not text:
            return ""
        style = self._styles.get(val_at(paragraph, "pPr", "pStyle") or "", "")
        if style.startswith(("heading", "title")):
            return f"<p><b>{text}</b></p>"
        return f"<p>{'• ' if style.startswith('list') else ''}{text}</p>"

    def _table(self, table: Element) -> Iterator[str]:
        yield "<table>"
        for row in children(table, *WRAPPERS):
            if row.tag == "tr" and not self._is_full:
                yield "<tr>"
                yield from self._row(row)
                yield "</tr>"
        yield "</table>"

    def _row(self, row: Element) -> Iterator[str]:
        for cell in children(row, *WRAPPERS):
            if cell.tag == "tc" and not self._is_full:
                self._cells += 1
                lines = [self._text(block) for block in children(cell, *WRAPPERS) if block.tag == "p"]
                yield f"<td>{'<br>'.join(filter(None, lines))}</td>"

    def _text(self, paragraph: Element) -> str:
        """Returns the paragraph's text, escaped; deleted text and field codes are left out."""
        if self._is_full:
            return ""
        runs = (run for run in children(paragraph, *WRAPPERS) if run.tag == "r")
        text = "".join(_signs(one) for run in runs for one in run).strip()[: MOST_SIGNS - self._signs]
        self._signs += len(text)
        return escape(text).replace("\n", "<br>")


def _signs(element: Element) -> str:
    return element.text or "" if element.tag == "t" else SIGNS.get(element.tag, "")
