"""Weights of answers: from per cent, as people and Moodle write them, to exact fractions of the mark.

A third is written 33.33333 %, 33.33 % or 33,3 %; three of them must make a full mark. So a weight is read as the
nearest simple fraction, and weights that add up to nearly the whole are scaled to the whole.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Final

FULL: Final = Fraction(1)
SIMPLE: Final = 20
"""Largest denominator of a simple fraction (Moodle offers up to twentieths)."""
_NEAR: Final = Fraction(4, 10_000)
"""Greatest distance of a weight from the simple fraction it stands for (simple fractions lie further apart)."""
_NEARLY_ALL: Final = Fraction(1, 100)
"""Greatest distance of a sum from the whole: 3 × 33 % is meant as all."""


def percent(text: object) -> Decimal | None:
    """Returns the number of a weight such as «33,33333», from -100 to 100; None if it is not one."""
    try:
        value = Decimal(str(text).strip().replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) <= 100 and -8 <= int(value.as_tuple().exponent) <= 2 else None


def share(weight: object) -> Fraction:
    """Returns the fraction that a weight stands for; 0 if it is not a number."""
    return _share(str(weight))


@lru_cache(1_000)
def _share(weight: str) -> Fraction:
    value = Fraction(percent(weight) or 0) / 100
    simple = value.limit_denominator(SIMPLE)
    return simple if abs(simple - value) <= _NEAR else value


def shares(weights: Iterable[object]) -> list[Fraction]:
    """Returns fractions of options chosen together; scales positive ones that add up to nearly the whole."""
    found = [share(weight) for weight in weights]
    total = sum((one for one in found if one > 0), Fraction(0))
    if total != FULL and abs(total - FULL) <= _NEARLY_ALL:
        return [one / total if one > 0 else one for one in found]
    return found


def format_weight(weight: object) -> str:
    """Returns the weight in its stored shape: a plain decimal without trailing zeros.

    Text that is not a weight stays as typed, so that the form can show it beside the error.
    """
    value = percent(weight)
    if value is None:
        return str(weight).strip()
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def total_above_full(weights: Sequence[object]) -> bool:
    """Returns whether the right options are worth more than the mark, so that some of them earn it all."""
    return total_positive(weights) > FULL


def total_positive(weights: Sequence[object]) -> Fraction:
    """Returns the fraction of the mark earned by choosing every right option."""
    return sum((one for one in shares(weights) if one > 0), Fraction(0))
