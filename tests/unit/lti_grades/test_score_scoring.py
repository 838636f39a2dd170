"""Scores: within the maximum, never lower for more progress."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lms.core.sentences import ErrorDetail
from lms.lti.grades.scoring import GRADING, TraineeResult, is_empty_score, same_result, score_of
from tests.support.platform.grades import ACTIVITY

POINTS = st.decimals(min_value=Decimal("-5"), max_value=Decimal(500), places=4)
MAXIMA = st.decimals(min_value=Decimal("0.25"), max_value=Decimal(500), places=2)
FACTS = st.builds(
    TraineeResult,
    maximum=MAXIMA,
    given=st.none() | POINTS,
    opened=st.booleans(),
    begun=st.booleans(),
    waiting=st.booleans(),
    by_person=st.booleans(),
    done=st.booleans(),
    comment=st.none() | st.text(max_size=700).map(lambda text: ErrorDetail("platform_message", params={"text": text})),
)


def rank(mark: dict[str, Any]) -> tuple[int, int]:
    return ACTIVITY.index(mark["activityProgress"]), GRADING.index(mark["gradingProgress"])


@given(FACTS)
def test_points_are_within_maximum(facts: TraineeResult):
    mark = score_of(facts)
    assert mark["activityProgress"] in ACTIVITY
    assert mark["gradingProgress"] in GRADING
    assert ("scoreGiven" in mark) == ("scoreMaximum" in mark) == (facts.given is not None)
    if "scoreGiven" in mark:
        assert 0 <= mark["scoreGiven"] <= mark["scoreMaximum"]
        assert mark["gradingProgress"] == "FullyGraded"
    assert len(mark.get("comment", "")) <= 500


@given(FACTS, st.sampled_from(["opened", "begun", "waiting", "done"]))
def test_progress_never_decreases(facts: TraineeResult, name: str):
    before, after = score_of(replace(facts, **{name: False})), score_of(replace(facts, **{name: True}))
    assert all(later >= earlier for earlier, later in zip(rank(before), rank(after), strict=True))
    assert before.get("scoreGiven") == after.get("scoreGiven")


@given(FACTS, POINTS, POINTS)
def test_score_grows_with_points(facts: TraineeResult, one: Decimal, other: Decimal):
    low, high = sorted((one, other))
    before, after = score_of(replace(facts, given=low)), score_of(replace(facts, given=high))
    assert before["scoreGiven"] <= after["scoreGiven"]
    assert rank(before) <= rank(after)


@given(FACTS)
def test_scaled_result_is_recognised(facts: TraineeResult):
    mark = score_of(facts)
    if "scoreGiven" not in mark:
        assert same_result(mark, None, None)
        assert not same_result(mark, 1.0, 2.0)
        return
    share = mark["scoreGiven"] / mark["scoreMaximum"]
    assert same_result(mark, round(share * 100, 2), 100.0)
    assert not same_result(mark, None, None)
    assert not same_result(mark, share + 0.02, 1.0)


def test_states_of_work_give_scores():
    nothing = TraineeResult(maximum=Decimal(20))
    assert is_empty_score(score_of(nothing))
    assert score_of(nothing) == {"activityProgress": "Initialized", "gradingProgress": "NotReady"}
    assert is_empty_score(score_of(replace(nothing, opened=True)))
    handed_in = replace(nothing, begun=True, waiting=True, by_person=True)
    assert score_of(handed_in) == {"activityProgress": "Submitted", "gradingProgress": "PendingManual"}
    accepted = replace(handed_in, waiting=False, done=True, given=Decimal("17.5"))
    assert score_of(accepted) == {
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 17.5,
        "scoreMaximum": 20,
    }
