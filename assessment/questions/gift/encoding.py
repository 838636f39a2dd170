"""Decoding of text files: UTF-8 (even if damaged), UTF-16 with a byte order mark, cp1251, cp866 or KOI8-R."""

import codecs
from collections.abc import Iterator
from typing import Final

_COMMON: Final = frozenset("оеаинтсрвл")
_OLD: Final = ("cp1251", "cp866", "koi8-r")
DAMAGED: Final = "\ufffd"
_BINARY: Final = frozenset(range(32)) - {9, 10, 11, 12, 13, 26}


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
    if any(byte in _BINARY for byte in data):
        return
    yield from _strictly(data, "utf-8")
    yield from _damaged_utf8(data)
    guesses = [text for name in _OLD for text in _strictly(data, name)]
    if guesses:
        yield max(guesses, key=lambda text: sum(1 for letter in text[:20_000] if letter in _COMMON))


def _damaged_utf8(data: bytes) -> Iterator[str]:
    """Yields the text if it is UTF-8 but for some bytes: in other code pages nearly every letter is damaged."""
    text = data.decode("utf-8", "replace")
    damaged = text.count(DAMAGED)
    letters = len(text) - len(text.encode("ascii", "ignore")) - damaged
    if damaged * 4 <= letters:
        yield text


def _strictly(data: bytes, name: str) -> Iterator[str]:
    try:
        yield data.decode(name)
    except UnicodeDecodeError:
        return
