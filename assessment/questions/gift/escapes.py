r"""Escapes of GIFT: after a backslash ``~ = # { } : \`` are ordinary characters, and ``n`` is a line break."""

import re
from typing import Final

from assessment.questions.model import RichText
from lms.core.richtext import TextFormat, to_plain

_ESCAPE: Final = re.compile(r"\\([~=#{}:n\\])")
_SPECIAL: Final = re.compile(r"[~=#{}:\\\n]")
_FORMAT: Final = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)


def unescape(raw: str) -> str:
    """Returns the unescaped text; a backslash before any other character stays (as in formulas)."""
    return _ESCAPE.sub(lambda hit: "\n" if hit[1] == "n" else hit[1], raw)


def escape(text: str) -> str:
    """Returns the escaped text: the inverse of ``unescape``."""
    return _SPECIAL.sub(lambda hit: "\\n" if hit[0] == "\n" else "\\" + hit[0], text)


def read_text(raw: str, fmt: TextFormat) -> RichText:
    """Returns a text with the format in square brackets before it, or else with the given format."""
    named = _FORMAT.match(raw)
    if named:
        raw, fmt = raw[named.end() :], _named(named[1])
    return RichText(unescape(raw).strip(), fmt)


def read_line(raw: str) -> str:
    """Returns a raw text as one line of plain text, as typed answers are compared; a format before it is applied."""
    text = read_text(raw, "moodle")
    plain = to_plain(text.source, "html") if text.format == "html" else text.source
    return " ".join(plain.split())


def write_line(text: str) -> str:
    """Returns the escaped line: the inverse of ``read_line``."""
    return ("[plain]" if _FORMAT.match(text) else "") + escape(text)


def _named(name: str) -> TextFormat:
    known: dict[str, TextFormat] = {"html": "html", "markdown": "markdown", "plain": "plain"}
    return known.get(name.lower(), "moodle")


def write_text(text: RichText, around: TextFormat) -> str:
    """Returns the escaped text, with its format if it differs from ``around`` or the text begins like a format or
    weight.
    """
    plain = text.format == around and not _FORMAT.match(text.source) and not text.source.startswith("%")
    return ("" if plain else f"[{text.format}]") + escape(text.source)


def write_question_text(text: RichText) -> str:
    """Returns a question's text with its format, which is always written: the text may begin with what looks like
    one.
    """
    return f"[{text.format}]{escape(text.source)}"
