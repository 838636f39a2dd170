"""No regular expression takes long on any text: nested and adjacent repetitions are written possessively."""

import re

import pytest

from tests.support.patterns import Use, attacks, uses, worst

LIMIT = 0.05
"""Seconds of CPU for a text of 800 characters. A linear pattern needs a thousandth of it, a cubic one 5 seconds."""


def slowest(use: Use) -> str:
    return next(filter(None, (worst(use.run, start, pump, limit=LIMIT) for start, pump in attacks(use.pattern))), "")


def test_every_pattern_takes_bounded_time_on_long_texts():
    found = uses()
    assert len(found) > 200
    slow = [f"{use.place} .{use.method}: {text}" for use in found if (text := slowest(use))]
    assert not slow, "Make a separator mandatory, or a repetition possessive (*+):\n" + "\n".join(slow)


@pytest.mark.parametrize(
    "pattern", [r"[^\W\d_]+(?:[\s',]*[^\W\d_]+)*", r"(?:\s+(?:pedagog\w*|pedagogic\w+))*", r"\s*a?\s*-?\s*b?\s*c"]
)
def test_attacks_find_careless_pattern(pattern):
    assert slowest(Use("here", re.compile(pattern), "fullmatch"))


def test_attacks_spare_careful_pattern():
    assert not slowest(Use("here", re.compile(r"[^\W\d_]+(?:[\s',]+[^\W\d_]+)*"), "fullmatch"))
