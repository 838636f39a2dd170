"""Points against criteria: reasons against acceptance."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.attestation.rubric import points_errors, score_rubric
from courses.models.programmes import RubricCriterion

CRITERIA = [
    RubricCriterion(id=key, name=name, max_points=Decimal(most), min_points=Decimal(least))
    for key, name, most, least in ((1, "Полнота", 5, 1), (2, "Вывод", 3, 0))
]
POINTS = st.one_of(st.none(), st.integers(0, 12).map(lambda quarters: Decimal(quarters) / 4))


@given(POINTS, POINTS, st.integers(0, 8).map(Decimal))
def test_acceptance_needs_all_points_and_pass_mark(first, second, mark):
    found = score_rubric(CRITERIA, {1: first, 2: second}, mark)
    given_all = first is not None and second is not None
    assert found.may_accept == (given_all and first >= 1 and first + second >= mark)
    assert found.total == (first or 0) + (second or 0)


def test_lists_each_reason_against_acceptance():
    assert "Полнота" in score_rubric(CRITERIA, {2: Decimal(3)}, Decimal(0)).reasons[0].message
    low = score_rubric(CRITERIA, {1: Decimal("0.5"), 2: Decimal(3)}, Decimal(8))
    assert (low.below, len(low.reasons)) == ((1,), 2)


def test_task_without_criteria_allows_acceptance():
    assert score_rubric([], {}, Decimal(5)).may_accept


@pytest.mark.parametrize("points", ["-1", "5.25", "1.1"])
def test_rejects_points_out_of_range_or_not_in_quarters(points):
    assert [error.field for error in points_errors(CRITERIA, {1: Decimal(points), 2: Decimal(3)})] == ["points-1"]


@pytest.mark.parametrize("points", ["0", "5", "1.25"])
def test_allows_quarter_points_in_range(points):
    assert points_errors(CRITERIA, {1: Decimal(points), 2: None}) == []
