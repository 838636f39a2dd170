"""Characters that the shipped fonts can print, and how a text is made printable.

PDF/A and PDF/UA forbid a missing glyph, so a document with one could not be produced. A text is therefore composed,
stripped of control and direction marks, its compatibility characters replaced (``ﬁ`` → ``fi``), and what is still
missing becomes ``?``. A caller that must not alter a text (a name on a certificate) calls `unprintable` first and
reports the characters at the field.
"""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
SUBSTITUTE = "?"
ZERO_WIDTH_SPACE = "\u200b"
# A longer word may be broken anywhere: only a typing error is as long.
LONGEST_WORD = 40


def tables(font: bytes) -> dict[str, int]:
    """Returns the offset of each table of the font (OpenType specification, «Table directory»)."""
    count = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(count))
    return {tag.decode("ascii"): offset for tag, _checksum, offset, _length in records}


def _character_map(font: bytes) -> bytes:
    """Returns the offset of the font's Unicode character map in format 4 (OpenType specification, «cmap»)."""
    start = tables(font)["cmap"]
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        offset = start + struct.unpack_from(">I", font, start + 4 + 8 * index + 4)[0]
        form, length = struct.unpack_from(">HH", font, offset)
        if form == 4:
            return font[offset : offset + length]
    raise ValueError("the font has no character map in format 4")


def _segments(table: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Segments of the map: first and last code, number to add, and offset of their glyphs (0: none)."""
    count = struct.unpack_from(">H", table, 6)[0] // 2
    words = struct.unpack_from(f">{8 + 4 * count}H", table, 0)
    for index in range(count):
        offset = words[8 + 3 * count + index]
        place = 2 * (8 + 3 * count + index) + offset if offset else 0
        yield words[8 + count + index], words[7 + index], words[8 + 2 * count + index], place


def glyphs(font: bytes) -> dict[int, int]:
    """Returns the glyph of each code point that the font can print."""
    table, found = _character_map(font), {}
    for first, last, delta, place in _segments(table):
        for code in range(first, min(last, 0xFFFE) + 1):
            listed = struct.unpack_from(">H", table, place + 2 * (code - first))[0] if place else code
            if listed and (listed + delta) & 0xFFFF:
                found[code] = (listed + delta) & 0xFFFF
    return found


@lru_cache(maxsize=1)
def covered() -> frozenset[str]:
    """Returns the characters that every shipped font can print."""
    fonts = [frozenset(glyphs(path.read_bytes())) for path in sorted(FONTS.glob("*.ttf"))]
    return frozenset(chr(code) for code in frozenset.intersection(*fonts) if unicodedata.category(chr(code))[0] != "C")


def _unfolded(character: str) -> str:
    """Returns the character in characters of the fonts, without an accent that they lack; else the substitute."""
    if unicodedata.category(character)[0] == "M":
        return ""
    parts = unicodedata.normalize("NFKD", character)
    plain = "".join(part for part in parts if unicodedata.category(part)[0] != "M")
    return plain if plain and all(part in covered() for part in plain) else SUBSTITUTE


def _is_dropped(character: str) -> bool:
    """Returns whether the character never prints: joiners, direction marks, soft hyphens."""
    return unicodedata.category(character) in {"Cc", "Cf"}


def unprintable(text: str) -> str:
    """Returns the characters of the text that would become ``?``, each once, in order of appearance."""
    known = covered()
    missing = (
        sign
        for sign in unicodedata.normalize("NFC", text)
        if sign not in known and not sign.isspace() and not _is_dropped(sign) and _unfolded(sign) == SUBSTITUTE
    )
    return "".join(dict.fromkeys(missing))


def _printable_sign(character: str) -> str:
    if character in covered():
        return character
    if character.isspace():
        return " "
    return "" if _is_dropped(character) else _unfolded(character)


def _breakable(word: str) -> str:
    if max(map(len, re.split("[-–—/]", word))) <= LONGEST_WORD:
        return word
    return ZERO_WIDTH_SPACE.join(word[at : at + 8] for at in range(0, len(word), 8))


def printable(text: str) -> str:
    """Returns the text as the fonts can print it, on one line, with single spaces; very long words may break."""
    signs = "".join(_printable_sign(sign) for sign in unicodedata.normalize("NFC", text))
    words = [word for word in signs.replace("\t", " ").split(" ") if word]
    return " ".join(_breakable(word) for word in words)
