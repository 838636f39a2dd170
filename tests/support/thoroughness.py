"""The number of examples and documents that tests try: a sample by default, all with ``TESTS_FULL=1`` (``make
test-full``).

The sample is the same at every run; the full run draws new examples.
"""

import os
from collections.abc import Mapping
from typing import TypeVar

import hypothesis

Case = TypeVar("Case")
FULL = os.environ.get("TESTS_FULL") == "1"
DAILY_EXAMPLES = 15
DAILY_SHARE = 6
"""One document in so many is tried by default."""


def register_profiles() -> None:
    """Registers both Hypothesis profiles and loads the one of this run; without deadlines, because machines are
    shared.
    """
    hypothesis.settings.register_profile("daily", max_examples=DAILY_EXAMPLES, derandomize=True, deadline=None)
    hypothesis.settings.register_profile("full", max_examples=100, deadline=None)
    hypothesis.settings.load_profile("full" if FULL else "daily")


def examples(full: int) -> int:
    """Returns the ``max_examples`` of a test that tries ``full`` of them in the full run."""
    return full if FULL else min(full, DAILY_EXAMPLES)


def share(cases: Mapping[str, Case]) -> dict[str, Case]:
    """Returns the cases by name: all in the full run, else every sixth."""
    names = list(cases)
    return {names[place]: cases[names[place]] for place in seeds(len(names))}


def seeds(full: int) -> range:
    """Returns the seeds of a corpus of ``full`` documents: all in the full run, else every sixth."""
    return range(0, full, 1 if FULL else DAILY_SHARE)
