"""Office files made to do harm: small to send, large or slow to read."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache

MEGA = 1024 * 1024
TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
    b'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
    b'Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="word/document.xml"/></Relationships>'
)
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def packed(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def word(body: str, head: str = "", **more: bytes) -> bytes:
    """Returns a .docx with this XML inside its body."""
    text = f"<?xml version='1.0'?>{head}<w:document {SPACE}><w:body>{body}</w:body></w:document>"
    parts = {"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, "word/document.xml": text.encode()}
    return packed(parts | {name.replace("__", "/"): content for name, content in more.items()})


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str = "", properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def _doubling_entities() -> str:
    lines = ['<!ENTITY a0 "ha">', *(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 30))]
    return f"<!DOCTYPE x [{''.join(lines)}]>"


def empty_files(names: Sequence[str]) -> bytes:
    """Returns a package of empty files, written without ``zipfile``, which takes seconds for a hundred thousand."""
    local = struct.Struct("<4s5H3L2H")
    central = struct.Struct("<4s6H3L5H2L")
    files, directory, at = [], [], 0
    for name in (name.encode() for name in names):
        files.append(local.pack(b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name)
        directory.append(central.pack(b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, at) + name)
        at += len(files[-1])
    size, number = sum(map(len, directory)), len(directory)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, number, number, size, at)
    where = struct.pack("<4sLQL", b"PK\6\7", 0, at + size, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return b"".join([*files, *directory, wide, where, end])


def _many_entries() -> bytes:
    return empty_files(["word/document.xml", *(f"word/{number}.xml" for number in range(100_000))])


BOMBS: dict[str, Callable[[], bytes]] = {
    "one cell of 100 million columns": lambda: word(table(cell("a", '<w:gridSpan w:val="100000000"/>'))),
    "a row of 20,000 cells": lambda: word(table(cell("a") * 20_000)),
    "50,000 rows": lambda: word(table(*[cell("a")] * 50_000)),
    "300,000 empty paragraphs": lambda: word("<w:p/>" * 300_000),
    "90,000 paragraphs": lambda: word("<w:p/>" * 90_000),
    "tables in tables, 10,000 deep": lambda: word("<w:tbl><w:tr><w:tc>" * 10_000 + "</w:tc></w:tr></w:tbl>" * 10_000),
    "wrappers, 190 deep and wide": lambda: word("<w:ins>" * 190 + paragraph("a") * 20_000 + "</w:ins>" * 190),
    "entities that double": lambda: word(paragraph("&a29;"), _doubling_entities()),
    "one text of 8 million signs": lambda: word(paragraph("a" * (8 * MEGA - 2_000))),
    "one part of 90 MB": lambda: word(paragraph("a" * 90 * MEGA)),
    "a part of 90 MB that nobody asks for": lambda: word(paragraph("a"), word__media__1=bytes(90 * MEGA)),
    "an element of a million attributes": lambda: word(
        "<w:p " + " ".join(f'a{number}="1"' for number in range(500_000)) + "/>"
    ),
    "100,000 files in the package": _many_entries,
    "styles of 300,000 elements": lambda: word(paragraph("a"), word__styles=b"<a/>" * 300_000),
    "packed by LZMA": lambda: packed({"word/document.xml": bytes(50 * MEGA)}, zipfile.ZIP_LZMA),
}


BOMBS = {name: cache(make) for name, make in BOMBS.items()}


def bombs() -> Iterator[tuple[str, bytes]]:
    for name, make in BOMBS.items():
        yield name, make()
