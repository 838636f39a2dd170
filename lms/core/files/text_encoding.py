"""The encoding of a text file, and its text: UTF-8 even if damaged, UTF-16 with a byte order mark, or cp1251, cp866,
KOI8-R.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

BEGINNING: Final = 64 * 1024
"""Bytes that are looked at."""
MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))
CYRILLIC: Final = ("windows-1251", "koi8-r", "ibm866")
"""Names by which browsers know them."""
FREQUENT: Final = frozenset("оеаинтсрвлкмдпу")
DAMAGED: Final = "\ufffd"
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")


def text_encoding(beginning: bytes) -> str:
    """Returns the encoding's name for a header: by its mark, UTF-8 where valid, else the likeliest Cyrillic one."""
    for mark, name in MARKS:
        if beginning.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)  # the last character may be cut
    except UnicodeDecodeError:
        return _likeliest(beginning)
    return "utf-8"


def decode(data: bytes) -> str | None:
    r"""Returns the text with ``\n`` line ends and without a byte order mark; None if the bytes are not text.

    A damaged byte of UTF-8 becomes ``DAMAGED``.
    """
    for text in _readings(data):
        return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    return None


def _readings(data: bytes) -> Iterator[str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from _strictly(data, "utf-16")
        return
    if _BINARY.search(data):
        return
    yield from _strictly(data, "utf-8")
    yield from _damaged_utf8(data)
    yield data.decode(_likeliest(data[:BEGINNING]), "replace")


def _strictly(data: bytes, name: str) -> Iterator[str]:
    try:
        yield data.decode(name)
    except UnicodeDecodeError:
        return


def _damaged_utf8(data: bytes) -> Iterator[str]:
    """Yields the text if it is UTF-8 but for some bytes: in other code pages nearly every letter is damaged."""
    text = data.decode("utf-8", "replace")
    damaged = text.count(DAMAGED)
    letters = len(text) - len(text.encode("ascii", "ignore")) - damaged
    if damaged * 4 <= letters:
        yield text


def _likeliest(content: bytes) -> str:
    """Returns the code page in which the text has most frequent Russian letters, small or capital."""
    return max(CYRILLIC, key=lambda name: _likeness(content, name))


def _likeness(content: bytes, encoding: str) -> int:
    return sum(sign in FREQUENT for sign in content.decode(encoding, "replace").casefold())
