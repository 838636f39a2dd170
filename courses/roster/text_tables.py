"""Lists saved as text: cells divided by semicolons, commas or tabs, in any encoding that schools use."""

import csv
import io
import re
from decimal import Decimal
from itertools import islice
from typing import Final

from courses.roster.headings import find_layouts
from courses.roster.sheets import MOST_COLUMNS, MOST_ROWS, Sheet, SheetRow, Value, lines_of_cell
from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.ooxml_package import (
    MOST_CHARACTERS,
    OLE,
    damaged_file,
    refuse_other_formats,
    too_long,
)
from lms.core.files.text_encoding import decode

ENDINGS: Final = (".csv", ".tsv", ".txt")
SIGNS: Final = (";", "\t", ",")
MOST_BYTES: Final = 4 * MOST_CHARACTERS
MOST_LINES: Final = 20_000
COMPARED_ROWS: Final = 60
"""Most rows by which the sign between cells is found."""
_SIGN_NAMED: Final = re.compile(r"sep=([;,|\t])\n", re.IGNORECASE)
"""A line that Excel reads and does not show."""
_WHOLE: Final = re.compile(r"[1-9][0-9]{0,17}")


def read_text_table(content: bytes) -> Sheet:
    """Returns the list as a sheet without a name. Raises ``UnreadableDocument`` for a file that is no text."""
    _refuse_documents(content)
    text = decode(content) if len(content) <= MOST_BYTES else ""
    if text is None:
        raise damaged_file()
    if len(text) > MOST_CHARACTERS or len(content) > MOST_BYTES:
        raise too_long()
    named = _SIGN_NAMED.match(text)
    try:
        return _sheet(text[named.end() :] if named else text, named[1] if named else _sign(text), MOST_ROWS)
    except csv.Error as error:
        raise damaged_file() from error


def _refuse_documents(content: bytes) -> None:
    """Raises ``UnreadableDocument`` for a document that was given the name of a text."""
    if content.startswith(b"PK"):
        raise UnreadableDocument(code="document_extension_wrong", params={"named": "csv", "found": "xlsx"})
    if content.startswith((OLE, b"%PDF", b"{\\rtf")):
        refuse_other_formats(content)


def _sign(text: str) -> str:
    """Returns the sign between cells: commas also stand inside of them, so they are considered last."""
    fitting = {sign: _fitness(text, sign) for sign in SIGNS}
    return next((sign for sign in SIGNS if fitting[sign][0] > 1), max(SIGNS, key=lambda sign: fitting[sign]))


def _fitness(text: str, sign: str) -> tuple[int, int]:
    """Returns how well a sign divides the text: by the fields that headings name, then by rows of equal width."""
    try:
        sheet = _sheet(text, sign, COMPARED_ROWS)
    except csv.Error:
        return -1, -1
    fields = max((len(layout.columns) for layout in find_layouts(sheet)), default=0)
    widths = [len(row.values) for row in sheet.rows]
    usual = max(widths, key=widths.count, default=0)
    return fields, widths.count(usual) * (usual - 1)


def _sheet(text: str, sign: str, most: int) -> Sheet:
    """Returns the rows as a sheet; lines without text count in the numbers of rows. Raises ``csv.Error``."""
    sheet = Sheet("")
    records = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    for number, cells in enumerate(islice(records, MOST_LINES), 1):
        values = {column: value for column, cell in enumerate(cells[:MOST_COLUMNS]) if (value := _value(cell)) != ""}
        if values and len(sheet.rows) == most:
            sheet.cut = True
            break
        if values:
            sheet.rows.append(SheetRow(number, values))
    return sheet


def _value(text: str) -> Value:
    """Returns a whole number as a number: Excel drops leading zeros in text files as well."""
    line = lines_of_cell(text)
    return Decimal(line) if _WHOLE.fullmatch(line) else line
