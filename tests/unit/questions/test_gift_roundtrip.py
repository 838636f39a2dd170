"""Questions written as GIFT read back unchanged, whatever their texts."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.questions.gift.parser import read_gift
from assessment.questions.gift.writer import write_gift
from assessment.questions.model import Question, RichText
from assessment.questions.registry import question_type
from assessment.questions.validation import check_question
from tests.support.question_samples import PAYLOADS, question
from tests.support.thoroughness import examples

LETTERS = st.sampled_from("abвёя01 {}=~#%:\\/[]()<>&*\"'.,-—\n")
LINE = st.text(LETTERS.filter(lambda one: one != "\n"), min_size=1, max_size=20).map(lambda one: " ".join(one.split()))
SOURCE = st.text(LETTERS, min_size=1, max_size=40).map(str.strip).filter(bool)
RICH = st.builds(RichText, SOURCE, st.sampled_from(["html", "markdown", "plain", "moodle"]))
FEEDBACK = st.none() | RICH.map(RichText.as_json)
WEIGHT = st.sampled_from(["100", "50", "33.33333", "0", "-25"])
POSITIVE = st.sampled_from(["100", "50", "0"])

OPTION = st.fixed_dictionaries({"text": RICH.map(RichText.as_json), "weight": WEIGHT, "feedback": FEEDBACK})
KEY = st.fixed_dictionaries({"text": LINE.filter(bool), "weight": POSITIVE, "feedback": FEEDBACK})
NUMBER = st.decimals(min_value=-1000, max_value=1000, places=3).map(str)
VALUE = {"weight": POSITIVE, "feedback": FEEDBACK}
ROW = st.fixed_dictionaries({"value": NUMBER, "tolerance": st.sampled_from(["0", "0.5"]), **VALUE}) | (
    st.fixed_dictionaries({"low": st.just("-2.5"), "high": st.just("7"), **VALUE})
)
PAIR = st.fixed_dictionaries({"left": RICH.map(RichText.as_json) | st.just(None), "right": LINE.filter(bool)})
GAP = st.fixed_dictionaries({"typed": st.booleans(), "answers": st.lists(KEY, min_size=1, max_size=4)})

MADE = {
    "single_choice": st.fixed_dictionaries({"options": st.lists(OPTION, min_size=2, max_size=5)}),
    "multiple_choice": st.fixed_dictionaries({"options": st.lists(OPTION, min_size=2, max_size=5)}),
    "true_false": st.fixed_dictionaries(
        {"right": st.booleans(), "feedback_right": FEEDBACK, "feedback_wrong": FEEDBACK}
    ),
    "short_answer": st.fixed_dictionaries({"answers": st.lists(KEY, min_size=1, max_size=4)}),
    "numeric": st.fixed_dictionaries({"answers": st.lists(ROW, min_size=1, max_size=3), "otherwise": FEEDBACK}),
    "matching": st.fixed_dictionaries({"pairs": st.lists(PAIR, min_size=2, max_size=5)}),
    "missing_word": st.fixed_dictionaries({"gaps": st.lists(GAP, min_size=1, max_size=3)}),
    "essay": st.just({}),
    "description": st.just({}),
}


@pytest.mark.parametrize("kind", sorted(MADE))
@settings(max_examples=examples(80))
@given(data=st.data())
def test_written_question_reads_back(kind, data):
    payload = question_type(kind).normalise_payload(data.draw(MADE[kind]))
    text = data.draw(RICH)
    if kind == "missing_word":
        marks = " and ".join(f"[[{gap['id']}]]" for gap in payload["gaps"])
        text = RichText(f"{text.source} {marks}{data.draw(st.sampled_from(['', ' end', '!']))}", text.format)
    made = Question(
        kind,
        data.draw(LINE.filter(bool)),
        text,
        payload,
        feedback=data.draw(st.none() | RICH) if kind != "description" else None,
        mark=question(kind).mark,
        category=data.draw(LINE),
    )
    if check_question(made) or _ambiguous(made):
        return
    parsed = read_gift(write_gift([made]))
    assert (parsed.skipped, parsed.unreadable) == ((), None)
    assert list(parsed.questions) == [made]


def _ambiguous(made):
    """Returns whether GIFT itself is ambiguous here."""
    payload = made.payload
    if made.kind == "matching":
        return any(pair["left"] and "->" in pair["left"]["source"] for pair in payload["pairs"])
    return False


def test_samples_in_one_file_read_back():
    made = [replace(question(kind), category=f"Area {number // 3}") for number, kind in enumerate(sorted(PAYLOADS))]
    made = [replace(one, payload=question_type("essay").blank()) if one.kind == "essay" else one for one in made]
    assert list(read_gift(write_gift(made)).questions) == made


def test_inexpressible_question_is_named_in_comment(monkeypatch):
    monkeypatch.setattr(type(question_type("essay")), "write_gift", lambda self, question: None)
    assert write_gift([question("essay")]) == "// Q essay: essay\n"
