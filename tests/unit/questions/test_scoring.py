"""Scoring of attempts: exact at thresholds, and fast."""

import json
import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.attempts.scoring import exact_sum, percent, prepare, rounded, score
from assessment.questions.model import Question, RichText
from assessment.questions.registry import question_type
from tests.support.question_samples import PAYLOADS, question


def shares(*weights):
    """Returns a multiple choice question whose options have these weights."""
    rows = [{"text": f"option {number}", "weight": weight} for number, weight in enumerate(weights)]
    payload = question_type("multiple_choice").normalise_payload({"options": rows})
    return Question("multiple_choice", "Q", RichText("Which?"), payload)


def pick(made, *numbers):
    return {"choices": [made.payload["options"][number]["id"] for number in numbers]}


def test_three_thirds_give_full_mark():
    made = shares("33.33333", "33.33333", "33.33333")
    found = score([("1", made, Decimal(1))], {"1": pick(made, 0, 1, 2)})
    assert (found.points, found.percent, found.reaches(Decimal(100))) == (1, 100, True)


def test_percent_never_shows_threshold_that_was_not_reached():
    made = shares("66.66667", "33.33333")
    found = score([("1", made, Decimal(1))], {"1": pick(made, 0)})
    assert found.percent == Decimal("66.66")
    assert found.points == Decimal("0.67")
    assert not found.reaches(Decimal("66.67"))
    assert found.reaches(Decimal("66.66"))


def test_marks_count_and_descriptions_do_not():
    yes = question("true_false")
    items = [("1", yes, Decimal("2.5")), ("2", question("description"), Decimal(5)), ("3", yes, Decimal("0.5"))]
    found = score(items, {"1": {"value": False}, "3": {"value": True}})
    assert (found.points, found.max_points, found.percent) == (Decimal("2.50"), Decimal("3.0"), Decimal("83.33"))
    assert [line["state"] for line in found.breakdown] == ["right", "information", "wrong"]


def test_essay_delays_result_until_person_gives_points():
    items = [("1", question("true_false"), Decimal(1)), ("2", question("essay"), Decimal(3))]
    ready = prepare(items)
    answers = {"1": {"value": False}, "2": {"text": "I watch and compare."}}
    found = ready.score(answers)
    assert (found.needs_person, found.waiting_points, found.points) == (True, 3, 1)
    assert found.breakdown[1]["points"] is None
    given_ = ready.score(answers, {"2": Decimal("1.5")})
    assert (given_.needs_person, given_.points, given_.percent) == (False, Decimal("2.50"), Decimal("62.50"))
    assert given_.breakdown[1] == {
        "question": "2",
        "state": "partly",
        "points": "1.50",
        "max": "3",
        "fraction": "1/2",
        "parts": [],
        "feedback": [],
        "by_person": True,
    }
    assert ready.score(answers, {"2": Decimal(99)}).points == 4
    assert not ready.score({"1": {"value": False}}).needs_person


def test_breakdown_is_json_with_feedback():
    made = question("single_choice")
    wrong = made.payload["options"][1]["id"]
    found = score([("7", made, Decimal(1))], {"7": {"choice": wrong}})
    (line,) = json.loads(json.dumps(found.breakdown))
    assert line["question"] == "7"
    assert line["parts"] == [
        {"id": wrong, "right": False, "feedback": {"source": "This is the teacher's work.", "format": "moodle"}}
    ]


def test_empty_self_check_scores_hundred_percent():
    assert score([], {}).percent == 100


@given(st.lists(st.fractions(min_value=0, max_value=5, max_denominator=60), max_size=30))
def test_exact_sum_equals_sum(numbers):
    assert exact_sum(numbers) == sum(numbers, Fraction(0))


@given(st.fractions(min_value=0, max_value=1), st.decimals(min_value=0, max_value=100, places=2))
def test_cut_percent_decides_as_exact_share(share, threshold):
    assert (percent(share, Fraction(1)) >= threshold) == (share * 100 >= Fraction(threshold))


@given(st.fractions(min_value=0, max_value=1000))
def test_points_are_rounded_to_nearest_hundredth(points):
    assert abs(Fraction(rounded(points)) - points) <= Fraction(5001, 1_000_000)


@pytest.mark.parametrize("kind", sorted(PAYLOADS))
def test_repeated_scoring_gives_same_result(kind):
    ready = prepare([("1", question(kind), Decimal(2))])
    results = {json.dumps(ready.score({"1": {}}).breakdown) for _ in range(3)}
    assert len(results) == 1


def test_scores_twenty_answers_under_a_millisecond():
    kinds = [kind for kind in sorted(PAYLOADS) if kind not in {"description"}]
    items = [(str(number), question(kinds[number % len(kinds)]), Decimal(1)) for number in range(20)]
    right = {"value": False, "text": "рефлексия"}
    answers = {str(number): right for number in range(20)}
    ready = prepare(items)
    ready.score(answers)
    started = time.process_time()
    for _ in range(200):
        ready.score(answers)
    assert (time.process_time() - started) / 200 < 0.001
