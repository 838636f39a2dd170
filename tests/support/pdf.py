"""Reads text and metadata of a PDF, without another program."""

import io
import re
from collections.abc import Iterator

import pikepdf


def opened(pdf: bytes) -> pikepdf.Pdf:
    """Returns the file opened by pikepdf."""
    return pikepdf.open(io.BytesIO(pdf))


def _unicode_map(font: pikepdf.Object) -> dict[int, str]:
    """Returns glyph codes to text, from the font's ToUnicode map (bfchar and bfrange with hexadecimal strings)."""
    source = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.S):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.S):
        for first, last, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = bytes.fromhex(text).decode("utf-16-be")
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = start[:-1] + chr(ord(start[-1]) + step)
    return found


def _shown(operands: list[pikepdf.Object]) -> Iterator[bytes]:
    for operand in operands:
        parts = operand if isinstance(operand, pikepdf.Array) else [operand]
        yield from (bytes(part) for part in parts if isinstance(part, pikepdf.String))


def texts(pdf: bytes) -> list[str]:
    """Returns the text of each page in drawing order, without spaces between runs."""
    with opened(pdf) as document:
        return [_page_text(page) for page in document.pages]


def _page_text(page: pikepdf.Page) -> str:
    maps = {name: _unicode_map(font) for name, font in page.Resources.Font.items()}
    current: dict[int, str] = {}
    shown = []
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            current = maps[str(operands[0])]
        elif str(operator) in {"Tj", "TJ", "'", '"'}:
            for run in _shown(list(operands)):
                shown += [current.get(int.from_bytes(run[at : at + 2]), "\ufffd") for at in range(0, len(run), 2)]
    return "".join(shown)


def squeezed(text: str) -> str:
    """Returns the text without spaces, for comparison with `texts`."""
    return re.sub(r"[\s\u200b]+", "", text)
