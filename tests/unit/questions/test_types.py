"""What each type of question does with answers: grading, cleaning, showing without the key."""

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
    """Texts of the options → their identifiers."""
    return {one["text"]["source"]: one["id"] for one in question(kind).payload["options"]}


def test_every_type_is_found_through_its_entry_point():
    assert sorted(question_types()) == KINDS
    with pytest.raises(UnknownKind):
        question_type("hotspot")


@pytest.mark.parametrize("kind", KINDS)
class TestEveryType:
    def test_its_sample_is_valid_and_survives_json(self, kind):
        made = question(kind)
        assert check_question(made) == []
        assert Question.from_json(json.loads(json.dumps(made.as_json()))) == made

    def test_tidying_is_settled(self, kind):
        payload = question(kind).payload
        assert question_type(kind).tidy(json.loads(json.dumps(payload))) == payload

    def test_nothing_answered_is_nothing_earned(self, kind):
        grade = graded(kind, cleaned(kind))
        assert grade.fraction == 0
        assert grade.state == ("information" if kind == "description" else "unanswered")

    def test_what_is_shown_does_not_tell_the_key(self, kind):
        made = question(kind)
        shown = json.dumps(question_type(kind).shuffle_view(made.payload, 7), ensure_ascii=False)
        for secret in ("weight", "feedback", "right", "tolerance", "Look for", "рефлексия", "шесть", "3.14"):
            assert secret not in shown

    def test_the_order_is_the_seeds(self, kind):
        made, type_ = question(kind), question_type(kind)
        assert type_.shuffle_view(made.payload, 7) == type_.shuffle_view(made.payload, 7)
        assert isinstance(type_.describe_right(made.payload), list)

    def test_what_the_editor_begins_with_can_be_judged(self, kind):
        type_ = question_type(kind)
        for error in type_.validate(type_.blank()):
            assert error.message
        assert str(type_.label)
        assert str(type_.help)


def test_the_right_option_first_stays_unknown():
    """Identifiers say nothing about the place in which the author wrote an option, and the order varies by seed."""
    made, type_ = question("single_choice"), question_type("single_choice")
    firsts = {type_.shuffle_view(made.payload, seed)["options"][0]["id"] for seed in range(40)}
    assert firsts == set(ids("single_choice").values())
    assert all(re.fullmatch("[0-9a-f]{10}", one) for one in firsts)


def test_options_may_keep_their_order():
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
    def test_an_option_is_worth_its_weight(self, text, worth, state):
        grade = graded("single_choice", cleaned("single_choice", choice=ids("single_choice")[text]))
        assert (grade.fraction, grade.state) == (worth, state)

    def test_feedback_is_that_of_the_chosen_option(self):
        grade = graded("single_choice", {"choice": ids("single_choice")["a goal of the teacher"]})
        assert grade.parts[0].feedback.source == "This is the teacher's work."
        assert grade.parts[0].right is False

    @pytest.mark.parametrize("raw", [[], ["nothing"], ["a", "b"], [""]])
    def test_only_known_options_are_taken(self, raw):
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
    def test_what_cannot_be_saved(self, weights, field):
        type_ = question_type("single_choice")
        rows = [{"text": f"o{n}", "weight": weight} for n, weight in enumerate(weights)]
        assert field in [error.field for error in type_.validate(type_.tidy({"options": rows}))]

    def test_twins_are_pointed_out(self):
        type_ = question_type("single_choice")
        payload = type_.tidy({"options": [{"text": "a", "weight": "100"}, {"text": "a"}]})
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

    def test_an_option_said_twice_counts_once(self):
        one = ids("multiple_choice")["stages"]
        assert cleaned("multiple_choice", choice=[one, one, "?"]) == {"choices": [one]}
        assert graded("multiple_choice", {"choices": [one, one]}).fraction == Fraction(1, 3)

    def test_odd_weights_are_pointed_out(self):
        type_ = question_type("multiple_choice")
        short = type_.tidy({"options": [{"text": "a", "weight": "50"}, {"text": "b"}]})
        assert "full mark" in type_.warnings(short)[0].message
        easy = type_.tidy({"options": [{"text": "a", "weight": "50"}, {"text": "b", "weight": "50"}]})
        assert "ticking all" in type_.warnings(easy)[0].message
        none = type_.tidy({"options": [{"text": "a"}, {"text": "b"}]})
        assert type_.validate(none)


class TestTrueFalse:
    def test_both_answers(self):
        right, wrong = graded("true_false", {"value": False}), graded("true_false", {"value": True})
        assert (right.fraction, right.parts[0].feedback.source) == (1, "Right.")
        assert (wrong.fraction, wrong.parts[0].feedback.source) == (0, "No: it gives feedback.")

    @pytest.mark.parametrize(
        ("said", "expected"), [("true", {"value": True}), ("false", {"value": False}), ("on", {}), ("", {})]
    )
    def test_only_yes_and_no_are_taken(self, said, expected):
        assert cleaned("true_false", value=said) == expected


class TestShortAnswer:
    @pytest.mark.parametrize(
        ("typed", "worth"),
        [("Рефлексия", 1), (" рефлексия. ", 1), ("самоанализ", Fraction(1, 2)), ("контроль", 0), ("оценка", 0)],
    )
    def test_keys_are_compared_kindly(self, typed, worth):
        assert graded("short_answer", cleaned("short_answer", text=typed)).fraction == worth

    def test_the_better_of_two_keys_counts(self):
        type_ = question_type("short_answer")
        rows = [{"text": "*", "weight": "10"}, {"text": "да*", "weight": "50"}, {"text": "да"}]
        payload = type_.tidy({"answers": rows})
        found = [type_.grade(payload, {"text": text}).fraction for text in ("да", "давно", "нет")]
        assert found == [1, Fraction(1, 2), Fraction(1, 10)]

    def test_a_literal_key_below_a_wildcard_does_not_win(self):
        type_ = question_type("short_answer")
        payload = type_.tidy({"answers": [{"text": "д*"}, {"text": "да", "weight": "50"}]})
        assert type_.grade(payload, {"text": "да"}).fraction == 1

    def test_case_may_matter(self):
        type_ = question_type("short_answer")
        payload = type_.tidy({"answers": [{"text": "ФГОС"}], "case": "on"})
        assert [type_.grade(payload, {"text": text}).fraction for text in ("ФГОС", "фгос")] == [1, 0]

    def test_long_answers_are_cut_and_lines_joined(self):
        assert cleaned("short_answer", text="а\nб\r\n в") == {"text": "а б в"}
        assert len(cleaned("short_answer", text="я" * 9_000)["text"]) == 500

    def test_the_right_answer_in_words(self):
        type_ = question_type("short_answer")
        payload = type_.tidy({"answers": [{"text": "да"}, {"text": "Да"}, {"text": "*"}, {"text": "2\\*2"}]})
        assert [one.source for one in type_.describe_right(payload)] == ["да", "2*2"]

    def test_one_key_must_be_worth_everything(self):
        type_ = question_type("short_answer")
        assert type_.validate(type_.tidy({"answers": [{"text": "a", "weight": "50"}]}))
        assert type_.validate(type_.tidy({"answers": [{"text": "a", "weight": "-50"}]}))[0].field == "answers.0.weight"


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
    def test_tolerance_and_range(self, typed, worth):
        assert graded("numeric", cleaned("numeric", text=typed)).fraction == worth

    def test_feedback_to_any_other_number(self):
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
    def test_what_cannot_be_saved(self, row, field):
        type_ = question_type("numeric")
        assert field in [error.field for error in type_.validate(type_.tidy({"answers": [row]}))]

    def test_numbers_are_stored_plainly_and_told_in_the_readers_way(self):
        payload = question("numeric").payload
        assert payload["answers"][0]["value"] == "3.14"
        assert [one.source for one in question_type("numeric").describe_right(payload)] == ["3.14 ± 0.005"]


class TestMatching:
    def pairs(self):
        return {one["left"]["source"]: one for one in question("matching").payload["pairs"] if one["left"]}

    def test_every_pair_is_worth_the_same(self):
        pairs = self.pairs()
        raw = {f"pair-{one['id']}": [one["right_id"]] for one in pairs.values()}
        type_, payload = question_type("matching"), question("matching").payload
        assert type_.grade(payload, type_.clean_answer(payload, raw)).fraction == 1
        raw[f"pair-{pairs['goal']['id']}"] = [pairs["recall"]["right_id"]]
        grade = type_.grade(payload, type_.clean_answer(payload, raw))
        assert (grade.fraction, grade.state) == (Fraction(2, 3), "partly")
        assert [part.right for part in grade.parts] == [False, True, True]

    def test_equal_right_sides_are_one_choice_and_wrong_ones_may_be_added(self):
        shown = question_type("matching").shuffle_view(question("matching").payload, 1)
        assert sorted(one["text"] for one in shown["choices"]) == ["the bell", "what is known", "what will be learnt"]
        assert len(shown["items"]) == 3
        pairs = self.pairs()
        assert pairs["recall"]["right_id"] == pairs["practice"]["right_id"]

    def test_unknown_choices_are_not_taken(self):
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
    def test_what_cannot_be_saved(self, pairs):
        type_ = question_type("matching")
        assert type_.validate(type_.tidy({"pairs": pairs}))


class TestMissingWord:
    def test_gaps_share_the_mark(self):
        payload = question("missing_word").payload
        bloom = payload["gaps"][0]["answers"][0]["id"]
        assert graded("missing_word", cleaned("missing_word", gap_1=bloom, gap_2="Шесть")).fraction == 1
        assert graded("missing_word", cleaned("missing_word", gap_1=bloom)).fraction == Fraction(1, 2)
        assert graded("missing_word", cleaned("missing_word", gap_1=bloom, gap_2="пять")).fraction == Fraction(5, 8)

    def test_feedback_and_state_of_each_gap(self):
        other = question("missing_word").payload["gaps"][0]["answers"][1]["id"]
        grade = graded("missing_word", cleaned("missing_word", gap_1=other, gap_2="пять"))
        assert [(part.id, part.right) for part in grade.parts] == [("1", False), ("2", None)]
        assert grade.parts[0].feedback.source == "Нет."

    def test_only_offered_words_are_taken_from_a_list(self):
        assert cleaned("missing_word", gap_1="Блума") == {}
        assert cleaned("missing_word", gap_3="шесть") == {}

    @pytest.mark.parametrize("text", ["no marks", "[[1]] only", "[[1]] [[2]] [[2]]", "[[1]] [[2]] [[3]]"])
    def test_the_text_marks_every_gap_once(self, text):
        made = question("missing_word")
        changed = Question(made.kind, made.name, type(made.text)(text, "plain"), made.payload)
        assert [one.field for one in check_question(changed)] == ["payload.gaps"]

    def test_a_list_needs_a_wrong_word(self):
        type_ = question_type("missing_word")
        payload = type_.tidy({"gaps": [{"answers": [{"text": "a"}, {"text": "b"}]}]})
        assert type_.validate(payload)[0].field == "gaps.0.answers"


class TestEssay:
    def test_an_answer_waits_for_a_person_and_none_does_not(self):
        assert graded("essay", cleaned("essay", text="  Наблюдаю.\r\nСверяю. ")).state == "waiting"
        assert cleaned("essay", text="  Наблюдаю.\r\nСверяю. ") == {"text": "Наблюдаю.\nСверяю."}
        assert graded("essay", {}).fraction == 0

    def test_it_is_limited(self):
        assert len(cleaned("essay", text="я" * (MAX_TYPED + 5))["text"]) == MAX_TYPED

    @pytest.mark.parametrize("rows", [0, 1, 500, "many", None, "٣"])
    def test_rows_of_the_field(self, rows):
        type_ = question_type("essay")
        errors = type_.validate(type_.tidy({"rows": rows}))
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
def test_any_json_is_judged_and_tidied_without_a_crash(kind, data):
    type_ = question_type(kind)
    for error in type_.validate(data):
        assert error.message
    tidied = type_.tidy(data)
    assert type_.tidy(tidied) == tidied
    if not type_.validate(tidied):
        assert type_.grade(tidied, type_.clean_answer(tidied, {})).fraction == 0


@pytest.mark.parametrize("kind", KINDS)
@given(
    raw=st.dictionaries(
        st.sampled_from(["choice", "text", "value", "gap-1", "gap-2"]), st.lists(st.text(max_size=20), max_size=3)
    )
)
def test_any_form_values_are_cleaned_and_graded(kind, raw):
    type_, payload = question_type(kind), question(kind).payload
    answer = type_.clean_answer(payload, raw)
    grade = type_.grade(payload, json.loads(json.dumps(answer)))
    assert grade.fraction is None or 0 <= grade.fraction <= 1
    json.dumps(grade.as_json())
