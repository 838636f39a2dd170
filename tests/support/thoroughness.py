"""The number of examples and documents that tests try: few by default, all with ``TESTS_FULL=1`` (``make test-full``).

The few are the same ones at every run; the full run draws new ones.
"""

import os

import hypothesis

FULL = os.environ.get("TESTS_FULL") == "1"
DAILY_EXAMPLES = 15
DAILY_SHARE = 6
"""One document of so many is tried by default."""


def register_profiles() -> None:
    """Registers both Hypothesis profiles and loads the one of this run; without deadlines, for machines are shared."""
    hypothesis.settings.register_profile("daily", max_examples=DAILY_EXAMPLES, derandomize=True, deadline=None)
    hypothesis.settings.register_profile("full", max_examples=100, deadline=None)
    hypothesis.settings.load_profile("full" if FULL else "daily")


def examples(full: int) -> int:
    """The ``max_examples`` of a test that tries ``full`` of them in the full run."""
    return full if FULL else min(full, DAILY_EXAMPLES)


def seeds(full: int) -> range:
    """The seeds of a corpus of ``full`` documents: all of them in the full run, else every sixth."""
    return range(0, full, 1 if FULL else DAILY_SHARE)
