"""The encoding of a text file, from its beginning."""

import codecs
from typing import Final

BEGINNING: Final = 64 * 1024
"""Bytes that are looked at."""
MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))
CYRILLIC: Final = ("windows-1251", "koi8-r", "ibm866")
"""Names by which browsers know them."""
FREQUENT: Final = frozenset("оеаинтсрвлкмдпу")


def text_encoding(beginning: bytes) -> str:
    """Returns the encoding's name for a header: by its mark, UTF-8 where valid, else the likeliest Cyrillic one."""
    for mark, name in MARKS:
        if beginning.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)  # the last character may be cut
    except UnicodeDecodeError:
        return max(CYRILLIC, key=lambda name: _likeness(beginning, name))
    return "utf-8"


def _likeness(content: bytes, encoding: str) -> int:
    """Returns the number of frequent Russian letters in this reading: small ones, as most letters of a text are."""
    return sum(sign in FREQUENT for sign in content.decode(encoding, "replace"))
