"""The default run tries a small sample everywhere; no test sets its own number of examples."""

import re

from tests.support import thoroughness
from tests.support.processes import ROOT

OWN_NUMBER = re.compile(r"max_examples=\s*\d|deadline=")


def test_hypothesis_tests_take_their_number_of_examples_from_the_profile():
    own = {thoroughness.__file__, __file__}
    found = [str(path) for path in (ROOT / "tests").rglob("*.py") if OWN_NUMBER.search(path.read_text("utf-8"))]
    assert set(found) <= own


def test_small_sample_is_a_part_of_the_full_one(monkeypatch):
    monkeypatch.setattr(thoroughness, "FULL", False)
    few, some = thoroughness.examples(500), thoroughness.seeds(300)
    monkeypatch.setattr(thoroughness, "FULL", True)
    assert few < thoroughness.examples(500) == 500
    assert set(some) < set(thoroughness.seeds(300)) == set(range(300))
