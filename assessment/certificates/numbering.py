"""Format of a document's number in the issuer's register.

The pattern is the organisation's setting: ``{year}-{kind}-{number:04d}`` gives «2026-С-0048». Without side effects: the
next number comes from the series (``assessment.models.certificates.NumberSeries``).
"""

import re
from dataclasses import dataclass
from string import Formatter

from assessment.certificates.kinds import KIND_LETTERS, DocumentKind
from lms.core.errors import Invalid

LONGEST_PATTERN = 60  # characters, as typed
LARGEST_NUMBER = 9_999_999
_SPECS = {"year": "", "yy": "", "kind": "", "number": None}
_NUMBER_SPEC = re.compile(r"0[1-7]d")
_LITERAL = re.compile(r"[\w .,:()/№-]*")


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A valid pattern: literals and fields in order, fields as (name, width)."""

    pieces: tuple[tuple[str, str, int], ...]

    def text(self, *, year: int, number: int, kind: DocumentKind) -> str:
        """Returns the number as printed, without «№». The sequence number is its last group of digits."""
        values = {"year": f"{year:04d}", "yy": f"{year % 100:02d}", "kind": KIND_LETTERS[kind], "": ""}
        return "".join(
            literal + (f"{number:0{width}d}" if name == "number" else values[name])
            for literal, name, width in self.pieces
        )


def _parts(pattern: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(Formatter().parse(pattern))
    except ValueError:
        raise _invalid(code="number_pattern_brace_open") from None


def _invalid(code: str, **params: str | int) -> Invalid:
    return Invalid(code=code, field="number_pattern", params=params)


def _checked_field(name: str | None, spec: str | None, conversion: str | None) -> tuple[str, int]:
    """Returns the field's name and width. Raises ``Invalid`` for an unknown field or format."""
    if name is None:
        return "", 0
    if name not in _SPECS or conversion:
        raise _invalid(code="number_pattern_field_unknown", name=name)
    if name != "number" and spec:
        raise _invalid(code="number_pattern_width_misplaced")
    if name == "number" and spec and not _NUMBER_SPEC.fullmatch(spec):
        raise _invalid(code="number_pattern_width_malformed")
    return name, int(spec[1]) if name == "number" and spec else 1


def _checked_literal(literal: str) -> str:
    if not _LITERAL.fullmatch(literal):
        raise _invalid(code="number_pattern_character_unknown")
    return literal


def _check_order(pieces: tuple[tuple[str, str, int], ...]) -> None:
    """Demands the year and the number as the last digits, so that the register can be restored from the papers."""
    names = [name for _literal, name, _width in pieces]
    if names.count("number") != 1:
        raise _invalid(code="number_pattern_number_missing")
    if not {"year", "yy"} & set(names):
        raise _invalid(code="number_pattern_year_missing")
    at = names.index("number")
    before = "".join(literal + ("0" if name in {"year", "yy"} else name) for literal, name, _width in pieces[:at])
    before += pieces[at][0]
    after = "".join(literal + name for literal, name, _width in pieces[at + 1 :])
    if before[-1:].isdigit():
        raise _invalid(code="number_pattern_digits_joined")
    if re.search(r"\d", after) or {"year", "yy"} & set(names[at:]):
        raise _invalid(code="number_pattern_number_not_last")


def parse_pattern(pattern: str) -> NumberPattern:
    """Returns the parsed pattern. Raises ``Invalid`` at the field ``number_pattern``."""
    if len(pattern) > LONGEST_PATTERN:
        raise _invalid(code="number_pattern_too_long", limit=LONGEST_PATTERN)
    pieces = tuple(
        (_checked_literal(literal), *_checked_field(name, spec, conversion))
        for literal, name, spec, conversion in _parts(pattern.strip())
    )
    _check_order(pieces)
    return NumberPattern(pieces)


def number_text(pattern: str, *, year: int, number: int, kind: DocumentKind) -> str:
    """Returns the number as printed: «2026-С-0048».

    Raises ``Invalid`` for a malformed pattern, ``ValueError`` for a number out of range.
    """
    if not 1 <= number <= LARGEST_NUMBER:
        raise ValueError(f"a document's number lies between 1 and {LARGEST_NUMBER}")
    return parse_pattern(pattern).text(year=year, number=number, kind=kind)
