"""Form values to payloads, texts to HTML, the command line."""

import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from assessment.questions.model import Question, RichText
from assessment.questions.normalise import nest
from assessment.questions.registry import question_type
from assessment.questions.sanitise import around_gaps, inline_html, plain, safe_html
from assessment.questions.validation import check_question
from lms.cli.questions import command
from tests.support.question_samples import question


def test_form_values_become_payload():
    values = {
        "options-0-text": ["Right"],
        "options-0-weight": ["100"],
        "options-2-text": ["Wrong"],
        "options-2-weight": [""],
        "options-10-text": [""],
        "shuffle": ["on"],
    }
    payload = question_type("single_choice").normalise_payload(nest(values), "markdown")
    assert [(row["text"], row["weight"]) for row in payload["options"]] == [
        ({"source": "Right", "format": "markdown"}, "100"),
        ({"source": "Wrong", "format": "markdown"}, "0"),
    ]
    assert question_type("single_choice").validate(payload) == []


def test_nest_builds_rows_from_names():
    assert nest({"gaps-0-answers-1-text": ["a"], "gaps-0-typed": ["on"], "x": []}) == {
        "gaps": [{"answers": [{"text": "a"}], "typed": "on"}],
        "x": "",
    }


@given(st.dictionaries(st.text(alphabet="ab01-", max_size=12), st.lists(st.text(max_size=3), max_size=2)))
def test_nest_never_raises(values):
    nested = nest(values)
    assert json.loads(json.dumps(nested)) == nested


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"text": RichText("")}, "text"),
        ({"text": RichText("t" * 30_001)}, "text"),
        ({"feedback": RichText("f" * 8_001)}, "feedback"),
        ({"mark": Decimal(0)}, "mark"),
        ({"mark": Decimal("0.001")}, "mark"),
        ({"mark": Decimal(1001)}, "mark"),
        ({"mark": Decimal("NaN")}, "mark"),
        ({"kind": "hotspot"}, "kind"),
        ({"payload": {}}, "payload.options"),
    ],
)
def test_check_question_reports_errors_at_fields(changes, field):
    made = question("single_choice")
    parts = {name: getattr(made, name) for name in ("kind", "name", "text", "payload", "feedback", "mark")}
    assert field in [error.field for error in check_question(Question(**{**parts, **changes}))]


@pytest.mark.parametrize("data", [{}, {"kind": "essay"}, {**question("essay").as_json(), "mark": "x"}, None, []])
def test_question_from_json_rejects_other_data(data):
    with pytest.raises((ValueError, TypeError)):
        Question.from_json(data)


def test_html_of_texts_is_safe_inline_and_block():
    text = RichText("# Title\n\n**bold**<script>x</script>", "markdown")
    assert safe_html(text) == "<h3>Title</h3>\n<p><strong>bold</strong></p>"
    assert inline_html(RichText("**one**", "markdown")) == "<strong>one</strong>"
    assert inline_html(RichText("one\n\ntwo", "markdown")).count("<p>") == 2
    assert plain(text) == "Title bold"


def test_gap_marks_inside_tags_are_ignored():
    text = RichText('<p>A <img src="/a.png" alt="[[2]]"> [[1]] and [[2]]</p>', "html")
    pieces = around_gaps(text)
    assert pieces[1::2] == ("1", "2")
    assert 'alt="[[2]]"' in pieces[0]
    assert "".join(f"[[{piece}]]" if at % 2 else piece for at, piece in enumerate(pieces)) == safe_html(text)


class TestCommand:
    @pytest.fixture
    def run(self, tmp_path: Path):
        def run(content: bytes | str, *options: str):
            path = tmp_path / "questions.gift"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            result = CliRunner().invoke(command, ["check", str(path), *options])
            return result.exit_code, result.output

        return run

    def test_succeeds_when_all_questions_are_read(self, run):
        code, output = run("::A::One? {=a ~b}\n\n::B::Two? {#2}", "--json")
        found = json.loads(output)
        assert code == 0
        assert found["questions"][0] == {
            "name": "A",
            "kind": "single_choice",
            "text": "One?",
            "mark": 1.0,
            "category": "",
            "right": ["a"],
        }
        assert found["skipped"] == []

    def test_reports_skipped_questions(self, run):
        code, output = run("::A::One? {=a ~b}\n\n::B::Two? {#two}", "--json", "--lang", "ru")
        (skipped,) = json.loads(output)["skipped"]
        assert code == 1
        assert skipped["where"] == "строка 3, «B»"
        assert "не\N{NO-BREAK SPACE}число" in skipped["message"]

    def test_fails_for_unreadable_file(self, run):
        code, output = run(b"PK\x03\x04\x00\x00", "--json", "--lang", "en")
        found = json.loads(output)
        assert (code, found["questions"], found["skipped"][0]["where"]) == (2, [], "questions.gift")
        code, output = run("", "--lang", "en")
        assert (code, "no questions" in output) == (2, True)

    def test_prints_summary_for_people(self, run):
        code, output = run("::A::One? {=a ~b}\n\n::B::Two? {#two}\n\n::C::Three? {~%50%a ~b}", "--lang", "en")
        assert code == 1
        assert "1. A — Single choice" in output
        assert "taken: 2, skipped: 1" in output
        assert "! line 5, «C»" in output

    def test_fails_for_missing_file(self):
        result = CliRunner().invoke(command, ["check", "no-such-file.gift", "--json", "--lang", "en"])
        assert result.exit_code == 2
        assert "cannot be opened" in json.loads(result.output)["skipped"][0]["message"]


def test_command_imports_no_framework():
    """Checks in a new process, because other tests import everything."""
    import subprocess

    code = "import sys, lms.cli.questions; print([m for m in ('flask', 'sqlalchemy', 'celery') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
