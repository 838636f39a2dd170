"""Characters that the shipped fonts can print, and how a text is made printable.

PDF/A and PDF/UA forbid a missing glyph, so a document with one could not be produced. A text is therefore composed,
stripped of control and direction marks, its compatibility characters replaced (``ﬁ`` → ``fi``), and what is still
missing becomes ``?``. A caller that must not alter a text (a name on a certificate) calls `unprintable` first and
reports the characters at the field.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
"""Fonts of the documents."""
MORE_FONTS = Path(__file__).parents[2] / "static" / "dist" / "fonts"
"""Fonts for letters that those lack (other Latin alphabets, Vietnamese, Cyrillic, Greek), put here by the build."""
SUBSTITUTE = "?"
ZERO_WIDTH_SPACE = "\u200b"
# A longer word may be broken anywhere: only a typing error is as long.
LONGEST_WORD = 40


def open_font(face: str) -> TTFont:
    """Returns a font by its file's name without the ending; its tables are read when they are used."""
    folder = FONTS if (FONTS / f"{face}.ttf").exists() else MORE_FONTS
    return TTFont(folder / f"{face}.ttf", lazy=True)


def character_map(face: str) -> dict[int, str]:
    """Returns the name of the glyph of each code point that the font can print (OpenType specification, «cmap»)."""
    with open_font(face) as font:
        return dict(font.getBestCmap())


def _common(folder: Path) -> frozenset[str]:
    """Returns the characters that every font of the folder can print."""
    fonts = [frozenset(character_map(path.stem)) for path in sorted(folder.glob("*.ttf"))]
    common = frozenset.intersection(*fonts) if fonts else frozenset()
    return frozenset(chr(code) for code in common if unicodedata.category(chr(code))[0] != "C")


@lru_cache(maxsize=1)
def usual() -> frozenset[str]:
    """Returns the characters that every font of the documents can print."""
    return _common(FONTS)


@lru_cache(maxsize=1)
def covered() -> frozenset[str]:
    """Returns the characters that can be printed: by the fonts of the documents, or by those for further letters."""
    return usual() | _common(MORE_FONTS)


def needs_more_fonts(text: str) -> bool:
    """Returns whether the text, as it is printed, has letters that the fonts of the documents lack."""
    return not set(printable(text)) <= usual() | {ZERO_WIDTH_SPACE}


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
