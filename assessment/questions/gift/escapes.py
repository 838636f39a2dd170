"""Escapes of GIFT: after a backslash ``~ = # { } : \\`` are ordinary characters, and ``n`` is a line break."""

import re
from typing import Final

from assessment.questions.model import RichText
from lms.core.richtext import TextFormat

_ESCAPE: Final = re.compile(r"\\([~=#{}:n\\])")
_SPECIAL: Final = re.compile(r"[~=#{}:\\\n]")
_FORMAT: Final = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)


def unescape(raw: str) -> str:
    """The text that was meant; a backslash before anything else stays (as in formulas)."""
    return _ESCAPE.sub(lambda hit: "\n" if hit[1] == "n" else hit[1], raw)


def escape(text: str) -> str:
    """The text so that ``unescape`` gives it back and no character has a meaning of its own."""
    return _SPECIAL.sub(lambda hit: "\\n" if hit[0] == "\n" else "\\" + hit[0], text)


def read_text(raw: str, fmt: TextFormat) -> RichText:
    """A text with its format in square brackets before it, or else in the format given."""
    named = _FORMAT.match(raw)
    if named:
        raw, fmt = raw[named.end() :], _named(named[1])
    return RichText(unescape(raw).strip(), fmt)


def _named(name: str) -> TextFormat:
    known: dict[str, TextFormat] = {"html": "html", "markdown": "markdown", "plain": "plain"}
    return known.get(name.lower(), "moodle")


def write_text(text: RichText, around: TextFormat) -> str:
    """The text, with its format where a reader would not guess it, or would take its beginning for a weight."""
    plain = text.format == around and not _FORMAT.match(text.source) and not text.source.startswith("%")
    return ("" if plain else f"[{text.format}]") + escape(text.source)


def stem(text: RichText) -> str:
    """A question's text: its format is always written, for the text may begin with what looks like one."""
    return f"[{text.format}]{escape(text.source)}"
