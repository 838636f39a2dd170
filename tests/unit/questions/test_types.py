"""Question types: grading, cleaning of answers, views without the key."""

import json
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.questions.model import Question
from assessment.questions.registry import UnknownKind, question_type, question_types
from assessment.questions.types.essay import MAX_TYPED
from assessment.questions.validation import check_question
from tests.support.question_samples import PAYLOADS, question

KINDS = sorted(PAYLOADS)


def graded(kind, answer):
    return question_type(kind).grade(question(kind).payload, answer)


def cleaned(kind, **raw):
    values = {name.replace("_", "-"): [value] if isinstance(value, str) else value for name, value in raw.items()}
    return question_type(kind).clean_answer(question(kind).payload, values)


def ids(kind):
    """Returns texts of options → their identifiers."""
    return {one["text"]["source"]: one["id"] for one in question(kind).payload["options"]}


def test_entry_points_provide_every_type():
    assert sorted(question_types()) == KINDS
    with pytest.raises(UnknownKind):
        question_type("hotspot")


@pytest.mark.parametrize("kind", KINDS)
class TestEveryType:
    def test_sample_is_valid_and_survives_json(self, kind):
        made = question(kind)
        assert check_question(made) == []
        assert Question.from_json(json.loads(json.dumps(made.as_json()))) == made

    def test_normalise_payload_is_idempotent(self, kind):
        payload = question(kind).payload
        assert question_type(kind).normalise_payload(json.loads(json.dumps(payload))) == payload

    def test_empty_answer_earns_nothing(self, kind):
        grade = graded(kind, cleaned(kind))
        assert grade.fraction == 0
        assert grade.state == ("information" if kind == "description" else "unanswered")

    def test_view_does_not_reveal_key(self, kind):
        made = question(kind)
        shown = json.dumps(question_type(kind).shuffle_view(made.payload, 7), ensure_ascii=False)
        for secret in ("weight", "feedback", "right", "tolerance", "Look for", "рефлексия", "шесть", "3.14"):
            assert secret not in shown

    def test_order_depends_on_seed_only(self, kind):
        made, type_ = question(kind), question_type(kind)
        assert type_.shuffle_view(made.payload, 7) == type_.shuffle_view(made.payload, 7)
        assert isinstance(type_.describe_right(made.payload), list)

    def test_blank_payload_can_be_validated(self, kind):
        type_ = question_type(kind)
        for error in type_.validate(type_.blank()):
            assert error.message
        assert str(type_.label)
        assert str(type_.help)


def test_option_ids_do_not_reveal_authors_order():
    """Checks that identifiers do not depend on the author's order and that the order varies by seed."""
    made, type_ = question("single_choice"), question_type("single_choice")
    firsts = {type_.shuffle_view(made.payload, seed)["options"][0]["id"] for seed in range(40)}
    assert firsts == set(ids("single_choice").values())
    assert all(re.fullmatch("[0-9a-f]{10}", one) for one in firsts)


def test_options_keep_order_without_shuffle():
    payload = {**question("single_choice").payload, "shuffle": False}
    shown = question_type("single_choice").shuffle_view(payload, 3)["options"]
    assert [one["id"] for one in shown] == list(ids("single_choice").values())


class TestSingleChoice:
    @pytest.mark.parametrize(
        ("text", "worth", "state"),
        [
            ("a goal of the pupil", 1, "right"),
            ("something of both", Fraction(1, 2), "partly"),
            ("a goal of the teacher", 0, "wrong"),
        ],
    )
    def test_option_earns_its_weight(self, text, worth, state):
        grade = graded("single_choice", cleaned("single_choice", choice=ids("single_choice")[text]))
        assert (grade.fraction, grade.state) == (worth, state)

    def test_feedback_is_of_chosen_option(self):
        grade = graded("single_choice", {"choice": ids("single_choice")["a goal of the teacher"]})
        assert grade.parts[0].feedback.source == "This is the teacher's work."
        assert grade.parts[0].right is False

    @pytest.mark.parametrize("raw", [[], ["nothing"], ["a", "b"], [""]])
    def test_unknown_options_are_ignored(self, raw):
        assert cleaned("single_choice", choice=raw) == {}

    @pytest.mark.parametrize(
        ("weights", "field"),
        [
            (["0", "0"], "options"),
            (["100", "100"], "options"),
            (["100", "x"], "options.1.weight"),
            (["100"], "options"),
        ],
    )
    def test_validate_rejects_malformed_payload(self, weights, field):
        type_ = question_type("single_choice")
        rows = [{"text": f"o{n}", "weight": weight} for n, weight in enumerate(weights)]
        assert field in [error.field for error in type_.validate(type_.normalise_payload({"options": rows}))]

    def test_warns_of_equal_options(self):
        type_ = question_type("single_choice")
        payload = type_.normalise_payload({"options": [{"text": "a", "weight": "100"}, {"text": "a"}]})
        assert type_.validate(payload) == []
        assert [one.field for one in type_.warnings(payload)] == ["options.1.text"]
        assert payload["options"][0]["id"] != payload["options"][1]["id"]


class TestMultipleChoice:
    @pytest.mark.parametrize(
        ("picked", "worth"),
        [
            (["stages", "activity", "results"], Fraction(1)),
            (["stages", "activity"], Fraction(2, 3)),
            (["stages", "bells"], Fraction(0)),
            (["stages", "activity", "results", "bells"], Fraction(1, 2)),
            (["bells"], Fraction(0)),
        ],
    )
    def test_weights_add_up(self, picked, worth):
        known = ids("multiple_choice")
        answer = cleaned("multiple_choice", choice=[known[one] for one in picked])
        assert graded("multiple_choice", answer).fraction == worth

    def test_repeated_option_counts_once(self):
        one = ids("multiple_choice")["stages"]
        assert cleaned("multiple_choice", choice=[one, one, "?"]) == {"choices": [one]}
        assert graded("multiple_choice", {"choices": [one, one]}).fraction == Fraction(1, 3)

    def test_warns_of_odd_weights(self):
        type_ = question_type("multiple_choice")
        short = type_.normalise_payload({"options": [{"text": "a", "weight": "50"}, {"text": "b"}]})
        assert "full mark" in type_.warnings(short)[0].message
        easy = type_.normalise_payload({"options": [{"text": "a", "weight": "50"}, {"text": "b", "weight": "50"}]})
        assert "ticking all" in type_.warnings(easy)[0].message
        none = type_.normalise_payload({"options": [{"text": "a"}, {"text": "b"}]})
        assert type_.validate(none)


class TestTrueFalse:
    def test_grades_both_answers(self):
        right, wrong = graded("true_false", {"value": False}), graded("true_false", {"value": True})
        assert (right.fraction, right.parts[0].feedback.source) == (1, "Right.")
        assert (wrong.fraction, wrong.parts[0].feedback.source) == (0, "No: it gives feedback.")

    @pytest.mark.parametrize(
        ("said", "expected"), [("true", {"value": True}), ("false", {"value": False}), ("on", {}), ("", {})]
    )
    def test_other_values_are_ignored(self, said, expected):
        assert cleaned("true_false", value=said) == expected


class TestShortAnswer:
    @pytest.mark.parametrize(
        ("typed", "worth"),
        [("Рефлексия", 1), (" рефлексия. ", 1), ("самоанализ", Fraction(1, 2)), ("контроль", 0), ("оценка", 0)],
    )
    def test_comparison_ignores_case_and_spaces(self, typed, worth):
        assert graded("short_answer", cleaned("short_answer", text=typed)).fraction == worth

    def test_matching_key_with_greater_weight_counts(self):
        type_ = question_type("short_answer")
        rows = [{"text": "*", "weight": "10"}, {"text": "да*", "weight": "50"}, {"text": "да"}]
        payload = type_.normalise_payload({"answers": rows})
        found = [type_.grade(payload, {"text": text}).fraction for text in ("да", "давно", "нет")]
        assert found == [1, Fraction(1, 2), Fraction(1, 10)]

    def test_literal_key_with_less_weight_than_wildcard_does_not_count(self):
        type_ = question_type("short_answer")
        payload = type_.normalise_payload({"answers": [{"text": "д*"}, {"text": "да", "weight": "50"}]})
        assert type_.grade(payload, {"text": "да"}).fraction == 1

    def test_case_matters_if_set(self):
        type_ = question_type("short_answer")
        payload = type_.normalise_payload({"answers": [{"text": "ФГОС"}], "case": "on"})
        assert [type_.grade(payload, {"text": text}).fraction for text in ("ФГОС", "фгос")] == [1, 0]

    def test_long_answer_is_cut_and_lines_are_joined(self):
        assert cleaned("short_answer", text="а\nб\r\n в") == {"text": "а б в"}
        assert len(cleaned("short_answer", text="я" * 9_000)["text"]) == 500

    def test_describes_right_answer(self):
        type_ = question_type("short_answer")
        payload = type_.normalise_payload(
            {"answers": [{"text": "да"}, {"text": "Да"}, {"text": "*"}, {"text": "2\\*2"}]}
        )
        assert [one.source for one in type_.describe_right(payload)] == ["да", "2*2"]

    def test_validate_demands_key_worth_full_mark(self):
        type_ = question_type("short_answer")
        assert type_.validate(type_.normalise_payload({"answers": [{"text": "a", "weight": "50"}]}))
        assert (
            type_.validate(type_.normalise_payload({"answers": [{"text": "a", "weight": "-50"}]}))[0].field
            == "answers.0.weight"
        )


class TestNumeric:
    @pytest.mark.parametrize(
        ("typed", "worth"),
        [
            ("3,14", 1),
            ("3.145", 1),
            ("3,1351", 1),
            ("3,1349", Fraction(1, 2)),
            ("4", Fraction(1, 2)),
            ("4,0001", 0),
            ("около трёх", 0),
            ("−3,14", 0),
        ],
    )
    def test_grades_tolerance_and_range(self, typed, worth):
        assert graded("numeric", cleaned("numeric", text=typed)).fraction == worth

    def test_other_number_gets_its_feedback(self):
        assert graded("numeric", {"text": "9"}).feedback[0].source == "Не похоже на π."

    @pytest.mark.parametrize(
        ("row", "field"),
        [
            ({"value": "six"}, "answers.0.value"),
            ({"value": "6", "tolerance": "-1"}, "answers.0.tolerance"),
            ({"low": "5", "high": "4"}, "answers.0.high"),
            ({"low": "5"}, "answers.0.high"),
            ({"value": "6", "weight": "0"}, "answers"),
        ],
    )
    def test_validate_rejects_malformed_payload(self, row, field):
        type_ = question_type("numeric")
        assert field in [error.field for error in type_.validate(type_.normalise_payload({"answers": [row]}))]

    def test_numbers_are_stored_plain_and_shown_in_readers_format(self):
        payload = question("numeric").payload
        assert payload["answers"][0]["value"] == "3.14"
        assert [one.source for one in question_type("numeric").describe_right(payload)] == ["3.14 ± 0.005"]


class TestMatching:
    def pairs(self):
        return {one["left"]["source"]: one for one in question("matching").payload["pairs"] if one["left"]}

    def test_pairs_have_equal_weight(self):
        pairs = self.pairs()
        raw = {f"pair-{one['id']}": [one["right_id"]] for one in pairs.values()}
        type_, payload = question_type("matching"), question("matching").payload
        assert type_.grade(payload, type_.clean_answer(payload, raw)).fraction == 1
        raw[f"pair-{pairs['goal']['id']}"] = [pairs["recall"]["right_id"]]
        grade = type_.grade(payload, type_.clean_answer(payload, raw))
        assert (grade.fraction, grade.state) == (Fraction(2, 3), "partly")
        assert [part.right for part in grade.parts] == [False, True, True]

    def test_equal_right_sides_are_one_choice_and_distractors_are_allowed(self):
        shown = question_type("matching").shuffle_view(question("matching").payload, 1)
        assert sorted(one["text"] for one in shown["choices"]) == ["the bell", "what is known", "what will be learnt"]
        assert len(shown["items"]) == 3
        pairs = self.pairs()
        assert pairs["recall"]["right_id"] == pairs["practice"]["right_id"]

    def test_unknown_choices_are_ignored(self):
        one = self.pairs()["goal"]
        assert cleaned("matching", **{f"pair-{one['id']}": "?"}) == {}

    @pytest.mark.parametrize(
        "pairs",
        [
            [],
            [{"left": "a", "right": "b"}],
            [{"left": "a", "right": "x"}, {"left": "b", "right": "x"}],
            [{"right": "x"}, {"right": "y"}],
            [{"left": "a", "right": ""}, {"left": "b", "right": "y"}],
        ],
    )
    def test_validate_rejects_malformed_payload(self, pairs):
        type_ = question_type("matching")
        assert type_.validate(type_.normalise_payload({"pairs": pairs}))


class TestMissingWord:
    def test_gaps_share_the_mark(self):
        payload = question("missing_word").payload
        bloom = payload["gaps"][0]["answers"][0]["id"]
        assert graded("missing_word", cleaned("missing_word", gap_1=bloom, gap_2="Шесть")).fraction == 1
        assert graded("missing_word", cleaned("missing_word", gap_1=bloom)).fraction == Fraction(1, 2)
        assert graded("missing_word", cleaned("missing_word", gap_1=bloom, gap_2="пять")).fraction == Fraction(5, 8)

    def test_each_gap_has_state_and_feedback(self):
        other = question("missing_word").payload["gaps"][0]["answers"][1]["id"]
        grade = graded("missing_word", cleaned("missing_word", gap_1=other, gap_2="пять"))
        assert [(part.id, part.right) for part in grade.parts] == [("1", False), ("2", None)]
        assert grade.parts[0].feedback.source == "Нет."

    def test_list_gap_ignores_words_not_offered(self):
        assert cleaned("missing_word", gap_1="Блума") == {}
        assert cleaned("missing_word", gap_3="шесть") == {}

    @pytest.mark.parametrize("text", ["no marks", "[[1]] only", "[[1]] [[2]] [[2]]", "[[1]] [[2]] [[3]]"])
    def test_validate_demands_each_gap_marked_once(self, text):
        made = question("missing_word")
        changed = Question(made.kind, made.name, type(made.text)(text, "plain"), made.payload)
        assert [one.field for one in check_question(changed)] == ["payload.gaps"]

    def test_validate_demands_wrong_word_in_list(self):
        type_ = question_type("missing_word")
        payload = type_.normalise_payload({"gaps": [{"answers": [{"text": "a"}, {"text": "b"}]}]})
        assert type_.validate(payload)[0].field == "gaps.0.answers"


class TestEssay:
    def test_answer_waits_for_person_and_empty_one_does_not(self):
        assert graded("essay", cleaned("essay", text="  Наблюдаю.\r\nСверяю. ")).state == "waiting"
        assert cleaned("essay", text="  Наблюдаю.\r\nСверяю. ") == {"text": "Наблюдаю.\nСверяю."}
        assert graded("essay", {}).fraction == 0

    def test_answer_is_limited(self):
        assert len(cleaned("essay", text="я" * (MAX_TYPED + 5))["text"]) == MAX_TYPED

    @pytest.mark.parametrize("rows", [0, 1, 500, "many", None, "٣"])
    def test_validate_limits_rows_of_field(self, rows):
        type_ = question_type("essay")
        errors = type_.validate(type_.normalise_payload({"rows": rows}))
        assert [one.field for one in errors] == (["rows"] if rows else [])


NAMES = (
    *("options", "answers", "pairs", "gaps", "text", "weight", "feedback", "left", "right", "right_id", "value"),
    *("tolerance", "low", "high", "id", "source", "format", "rows", "typed", "case", "shuffle", "otherwise"),
    *("for_grader", "feedback_right", "feedback_wrong"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(NAMES) | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("kind", KINDS)
@given(data=JSON)
def test_normalise_payload_and_validate_never_raise_for_any_json(kind, data):
    type_ = question_type(kind)
    for error in type_.validate(data):
        assert error.message
    normalised = type_.normalise_payload(data)
    assert type_.normalise_payload(normalised) == normalised
    if not type_.validate(normalised):
        assert type_.grade(normalised, type_.clean_answer(normalised, {})).fraction == 0


@pytest.mark.parametrize("kind", KINDS)
@given(
    raw=st.dictionaries(
        st.sampled_from(["choice", "text", "value", "gap-1", "gap-2"]), st.lists(st.text(max_size=20), max_size=3)
    )
)
def test_any_form_values_can_be_cleaned_and_graded(kind, raw):
    type_, payload = question_type(kind), question(kind).payload
    answer = type_.clean_answer(payload, raw)
    grade = type_.grade(payload, json.loads(json.dumps(answer)))
    assert grade.fraction is None or 0 <= grade.fraction <= 1
    json.dumps(grade.as_json())
