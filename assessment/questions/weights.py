"""Weights of answers: percents as people and Moodle write them → exact shares of the mark.

A third is written 33.33333 %, 33.33 % or 33,3 %; three of them must make a full mark. So a percent is read as the
simple fraction that it stands for, and weights that add up to nearly the whole are scaled to the whole.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

FULL: Final = Fraction(1)
SIMPLE: Final = 20
"""Largest denominator of a simple fraction (Moodle offers up to twentieths)."""
_NEAR: Final = Fraction(4, 10_000)
"""How far a percent may be from the fraction that it stands for (simple fractions lie further apart)."""
_NEARLY_ALL: Final = Fraction(1, 100)
"""3 × 33 % is meant as all."""


def percent(text: object) -> Decimal | None:
    """The number of a weight such as «33,33333», from -100 to 100; None when it is none."""
    try:
        value = Decimal(str(text).strip().replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) <= 100 and -8 <= int(value.as_tuple().exponent) <= 2 else None


def share(weight: object) -> Fraction:
    """The share that a percent stands for; 0 for what is no percent."""
    value = Fraction(percent(weight) or 0) / 100
    simple = value.limit_denominator(SIMPLE)
    return simple if abs(simple - value) <= _NEAR else value


def shares(weights: Iterable[object]) -> list[Fraction]:
    """Shares of options that are chosen together: positive ones that add up to nearly all are scaled to all."""
    found = [share(weight) for weight in weights]
    total = sum((one for one in found if one > 0), Fraction(0))
    if total != FULL and abs(total - FULL) <= _NEARLY_ALL:
        return [one / total if one > 0 else one for one in found]
    return found


def written(weight: object) -> str:
    """The percent as it is stored: a plain decimal, no idle zeros; what is no percent stays as typed, for the error."""
    value = percent(weight)
    if value is None:
        return str(weight).strip()
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def total_positive(weights: Sequence[object]) -> Fraction:
    """What ticking every right option is worth."""
    return sum((one for one in shares(weights) if one > 0), Fraction(0))
