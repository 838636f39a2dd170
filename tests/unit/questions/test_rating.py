"""Competency self-assessment: means, growth, empty rows."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.ratings.scoring import RatedDescriptor, Scale, mean, summarise, summarise_group

SHEET = [
    RatedDescriptor("a", "C1", "knowledge"),
    RatedDescriptor("b", "C1", "skill"),
    RatedDescriptor("c", "C1", "practice"),
    RatedDescriptor("d", "C2", "knowledge"),
]


def test_summary_has_means_and_growth_by_competency_and_kind():
    found = summarise(SHEET, {"a": 2, "b": 3, "c": 1, "d": 4}, {"a": 4, "b": 4, "c": 3, "d": 4})
    first = found.competencies["C1"]
    assert (first.before, first.after, first.growth) == (Decimal("2.00"), Decimal("3.67"), Decimal("1.67"))
    assert found.competencies["C2"].growth == 0
    assert found.kinds["knowledge"].after == 4
    assert (found.overall.before, found.overall.after, found.overall.growth) == (
        Decimal("2.50"),
        Decimal("3.75"),
        Decimal("1.25"),
    )
    assert (found.complete_before, found.complete_after) == (True, True)


def test_growth_compares_only_descriptors_rated_twice():
    found = summarise(SHEET, {"a": 1, "b": 5}, {"a": 3, "c": 5, "b": None})
    one = found.competencies["C1"]
    assert (one.before, one.after, one.growth) == (Decimal("3.00"), Decimal("4.00"), Decimal("2.00"))
    assert (one.asked, one.rated_before, one.rated_after, one.rated_twice) == (3, 2, 2, 1)
    assert found.competencies["C2"].growth is None
    assert not found.complete_before


def test_empty_sheets_have_no_means():
    found = summarise(SHEET, {}, {})
    assert found.overall.before is found.overall.growth is None
    assert json.loads(json.dumps(found.as_json()))["overall"]["before"] is None
    assert not summarise([], {}, {}).complete_after


@pytest.mark.parametrize("said", [0, 6, "x", "", None, True, "3.5", [], "٣"])
def test_level_off_scale_is_no_answer(said):
    assert Scale().level(said) is None


def test_scale_is_configurable():
    ten = Scale(0, 10)
    assert [ten.level(one) for one in (0, "10", " 7 ", 11)] == [0, 10, 7, None]
    assert list(Scale(1, 3).levels) == [1, 2, 3]
    with pytest.raises(ValueError, match="no scale"):
        Scale(5, 1)


def test_group_mean_weighs_every_answer_equally():
    found = summarise_group(SHEET, [({"a": 1}, {"a": 5}), ({"a": 3, "b": 3}, {"a": 4, "b": 4})], Scale())
    assert (found.overall.before, found.overall.growth) == (Decimal("2.33"), Decimal("2.00"))
    assert found.overall.asked == 8


LEVELS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5) | st.none())


@given(LEVELS, LEVELS)
def test_means_and_growth_stay_within_scale(before, after):
    found = summarise(SHEET, before, after)
    for one in (found.overall, *found.competencies.values(), *found.kinds.values()):
        assert one.before is None or 1 <= one.before <= 5
        assert one.growth is None or -4 <= one.growth <= 4
        assert one.rated_twice <= min(one.rated_before, one.rated_after) <= one.asked


def test_mean_rounds_half_up():
    assert mean([1, 2, 2, 2, 2, 2, 2, 2]) == Decimal("1.88")
    assert mean([]) is None
