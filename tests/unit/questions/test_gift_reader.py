"""Reading of GIFT: the whole language, common mistakes; every question is read or its error reported."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.questions.gift.parser import MAX_BYTES, MAX_QUESTIONS, read_gift
from assessment.questions.registry import question_type
from assessment.questions.validation import check_question
from lms.core.i18n import use_locale
from tests.support.thoroughness import examples

FILE = """\
// Entry test, for the tests of this project
$CATEGORY: $course$/Lesson map

::Result::A result of a lesson is written… {
  =as what pupils will be able to do#Yes.
  ~as what the teacher does#That is the teacher's work.
  ~%50%as a topic
  ####See the standard.
}

::Parts::[html]<p>A lesson map holds:</p> {
  ~%33.33333%stages
  ~%33.33333%activity
  ~%33.33333%results
  ~%-100%bells
}

::Statement::Feedback is always a grade. {F#No.#Right.}
::Term::A look back at one's own work? {
  =reflection
  =%50%introspection#Nearly.
  =%0%control
}

::Levels::How many levels has the taxonomy? {#6:0}
::Length::How long is a lesson? {#40..45}
::Pi::Pi? {#
  =3.14:0.005#Good.
  =%50%3:1
  ~#Far off.
}

::Stages::Match them. {
  =Goal -> pupils say what they will learn

  =Recall -> pupils remember what they know
  = -> the bell rings
}

::Name::The taxonomy bears the name of {=Bloom ~Locke ~Dewey} and has six levels.
::Essay::Tell how you check a result. {}
::Signs::Which is exact? {=ax \\= b \\{3 of 4\\} ~about \\~ so ~known\\: much \\# \\n two lines}

::Thanks::[markdown]Now **rate** yourself.
"""

KINDS = [
    *("single_choice", "multiple_choice", "true_false", "short_answer", "numeric", "numeric", "numeric"),
    *("matching", "missing_word", "essay", "single_choice", "description"),
]


def only(source):
    parsed = read_gift(source)
    assert parsed.skipped == ()
    assert parsed.unreadable is None
    assert len(parsed.questions) == 1
    return parsed.questions[0]


def skipped(source):
    parsed = read_gift(source)
    assert parsed.questions == ()
    return [note.message for note in parsed.skipped]


class TestFile:
    @pytest.fixture
    def parsed(self):
        return read_gift(FILE)

    def test_reads_every_question_with_its_kind(self, parsed):
        assert [one.kind for one in parsed.questions] == KINDS
        assert (parsed.skipped, parsed.unreadable) == ((), None)

    def test_reads_categories_names_texts_and_formats(self, parsed):
        assert {one.category for one in parsed.questions} == {"$course$/Lesson map"}
        first, second, last = parsed.questions[0], parsed.questions[1], parsed.questions[-1]
        assert (first.name, first.text.source, first.text.format) == (
            "Result",
            "A result of a lesson is written…",
            "moodle",
        )
        assert (second.text.source, second.text.format) == ("<p>A lesson map holds:</p>", "html")
        assert (last.text.source, last.text.format, last.mark) == ("Now **rate** yourself.", "markdown", 0)

    def test_reads_feedback_of_answers_and_question(self, parsed):
        first = parsed.questions[0]
        assert first.feedback.source == "See the standard."
        assert [row["feedback"] and row["feedback"]["source"] for row in first.payload["options"]] == [
            "Yes.",
            "That is the teacher's work.",
            None,
        ]
        statement = parsed.questions[2].payload
        assert statement["feedback_wrong"]["source"] == "No."
        assert statement["feedback_right"]["source"] == "Right."

    def test_reads_weights(self, parsed):
        assert [row["weight"] for row in parsed.questions[0].payload["options"]] == ["100", "0", "50"]
        assert [row["weight"] for row in parsed.questions[3].payload["answers"]] == ["100", "50", "0"]
        full = [row["id"] for row in parsed.questions[1].payload["options"][:3]]
        assert question_type("multiple_choice").grade(parsed.questions[1].payload, {"choices": full}).fraction == 1

    def test_reads_numeric_answers(self, parsed):
        levels, length, pi = (one.payload for one in parsed.questions[4:7])
        assert (levels["answers"][0]["value"], levels["answers"][0]["tolerance"]) == ("6", "0")
        assert (length["answers"][0]["low"], length["answers"][0]["high"]) == ("40", "45")
        assert [row["weight"] for row in pi["answers"]] == ["100", "50"]
        assert pi["otherwise"]["source"] == "Far off."

    def test_blank_line_within_braces_does_not_split_question(self, parsed):
        pairs = parsed.questions[7].payload["pairs"]
        assert [bool(pair["left"]) for pair in pairs] == [True, True, False]

    def test_inline_block_leaves_gap_in_text(self, parsed):
        assert parsed.questions[8].text.source == "The taxonomy bears the name of [[1]] and has six levels."

    def test_reads_escapes(self, parsed):
        texts = [row["text"]["source"] for row in parsed.questions[10].payload["options"]]
        assert texts == ["ax = b {3 of 4}", "about ~ so", "known: much # \n two lines"]

    @pytest.mark.parametrize("change", ["crlf", "cr", "bom", "cp1251", "utf-16", "spaces", "tabs"])
    def test_encoding_and_line_ends_do_not_matter(self, parsed, change):
        cyrillic = FILE.replace("Lesson", "Урок").replace("…", "...")
        data = {
            "crlf": cyrillic.replace("\n", "\r\n").encode(),
            "cr": cyrillic.replace("\n", "\r").encode(),
            "bom": b"\xef\xbb\xbf" + cyrillic.encode(),
            "cp1251": cyrillic.encode("cp1251"),
            "utf-16": cyrillic.encode("utf-16"),
            "spaces": cyrillic.replace("\n", "  \n").encode(),
            "tabs": cyrillic.replace("\n  ", "\n\t").encode(),
        }[change]
        assert read_gift(data).questions == read_gift(cyrillic).questions
        assert len(read_gift(data).questions) == len(KINDS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "koi8-r"])
def test_decodes_russian_in_old_code_pages(encoding):
    question = only("::Вопрос::Столица нашей страны и какой она город? {=Москва ~Тверь}".encode(encoding))
    assert (question.name, question.payload["options"][0]["text"]["source"]) == ("Вопрос", "Москва")


class TestKinds:
    @pytest.mark.parametrize("word", ["T", "TRUE", "true", "Верно", " T "])
    def test_reads_forms_of_true(self, word):
        assert only(f"::Q::Text {{{word}}}").payload["right"] is True

    @pytest.mark.parametrize("word", ["F", "FALSE", "False", "неверно"])
    def test_reads_forms_of_false(self, word):
        assert only(f"Text {{{word}#a = b ~ c}}").payload["feedback_wrong"]["source"] == "a = b ~ c"

    def test_right_answers_only_make_short_answer(self):
        assert only("Capital? {=Moscow =Moskva}").kind == "short_answer"

    def test_single_answer_makes_short_answer(self):
        assert only("2+2\\=? {=4}").payload["answers"][0]["text"] == "4"

    def test_weights_only_make_multiple_choice(self):
        assert only("Which? {~%100%a ~b}").kind == "multiple_choice"

    def test_reads_decimal_commas_in_weights_and_numbers(self):
        assert only("Pi? {#=3,14:0,01 =%33,33333%3}").payload["answers"][1]["weight"] == "33.33333"

    def test_reads_negative_numbers_and_ranges(self):
        assert only("t? {#-5..-3}").payload["answers"][0]["low"] == "-5"
        assert only("t? {#-5:0.5}").payload["answers"][0]["value"] == "-5"
        assert only("t? {#1.5 .. 2.5}").payload["answers"][0]["high"] == "2.5"

    def test_text_after_numeric_block_leaves_placeholder(self):
        question = only("Two and two make {#4}.")
        assert (question.kind, question.text.source) == ("numeric", "Two and two make _____.")

    def test_reads_typed_gap(self):
        question = only("[html]<b>Capital</b> of Russia is {=Moscow =%50%Tver#Was.} since {=1918}.")
        assert question.kind == "missing_word"
        assert question.text.source == "<b>Capital</b> of Russia is [[1]] since [[2]]."
        assert [gap["typed"] for gap in question.payload["gaps"]] == [True, True]

    def test_text_like_gap_mark_is_not_gap(self):
        assert only("See [[1]]: it is {=a ~b}.").text.source == "See [ [1]]: it is [[1]]."

    def test_reads_formats_of_answers(self):
        options = only("[html]<i>Q</i> {=[markdown]**a**#[plain]<b> ~b}").payload["options"]
        assert options[0]["text"] == {"source": "**a**", "format": "markdown"}
        assert options[0]["feedback"] == {"source": "<b>", "format": "plain"}
        assert options[1]["text"] == {"source": "b", "format": "html"}

    def test_html_attributes_do_not_start_answers(self):
        options = only('Q {=<img src="/a.png" alt="x~y"> ~<span style=\'color:#fff\'>b</span> ~&#8212;}').payload[
            "options"
        ]
        assert [row["text"]["source"] for row in options] == [
            '<img src="/a.png" alt="x~y">',
            "<span style='color:#fff'>b</span>",
            "&#8212;",
        ]

    def test_paired_braces_within_answers_are_text(self):
        assert only("Set? {={1, 2} ~{3}}").payload["options"][0]["text"]["source"] == "{1, 2}"

    def test_reads_general_feedback(self):
        assert only("Tell. {####Thank you.}").feedback.source == "Thank you."
        assert only("Six? {#6####Bloom.}").feedback.source == "Bloom."
        assert only("Yes? {T####Sure.}").feedback.source == "Sure."

    def test_question_without_name_is_named_by_text(self):
        assert only("[html]<p>What is <b>this</b>?</p>{=a ~b}").name == "What is this?"

    def test_question_without_text_uses_name(self):
        assert only("::What is this?::{=a ~b}").text.source == "What is this?"

    def test_reads_escapes_in_names_and_keeps_formulas(self):
        question = only("::A \\:\\: B::Is \\\\(x\\) or \\frac one? {T}")
        assert question.name == "A :: B"
        assert question.text.source == "Is \\(x\\) or \\frac one?"

    def test_comments_within_question_are_removed(self):
        question = only("::Q::Text\n// note } ::not a name::\nmore {\n=a\n  // another {\n~b\n}")
        assert question.text.source == "Text\nmore"
        assert len(question.payload["options"]) == 2


class TestSlips:
    def names(self, source):
        parsed = read_gift(source)
        return [one.name for one in parsed.questions], [one.name for one in parsed.skipped]

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("::Q::Text {=a ~b", "closing brace"),
            ("::Q::Text =a ~b}", "without an opening"),
            ("::Q::Text {a\nb}", "not clear"),
            ("::Q::Text {=}", "not clear"),
            ("::Q::Text {#six}", "not a number"),
            ("::Q::Text {#}", "not a number"),
            ("::Q::Text {~a ~b}", "none adds"),
            ("::Q::Text {=a -> b}", "least 2 rows"),
            ("::Q::Text {=a -> b =c}", "arrow"),
            ("::Q::Text {what =a ~b}", "before the first"),
            ("::Q::Text {T} and {~a ~b}", "gap"),
            ("::Q::Text {=%100%a =%250%b}", "weight"),
            ("::Q::Text {#5..3}", "ends before"),
            ("::::{=a ~b}", "Write the text"),
        ],
    )
    def test_malformed_question_is_skipped_with_message(self, source, message):
        (said,) = skipped(source)
        assert message in said

    def test_note_gives_line_and_name(self):
        parsed = read_gift("// note\n\n::A::ok {T}\n\n::B::bad {\n\nNo name {what")
        assert [note.where for note in parsed.skipped] == ["line 5, «B»", "line 7, «No name»"]
        with use_locale("ru"):
            assert parsed.skipped[0].where == "строка 5, «B»"

    @pytest.mark.parametrize("gap", ["\n", "\n\n", "\n\n\n"])
    def test_missing_brace_skips_one_question(self, gap):
        source = gap.join(["::A::one {=a ~b}", "::B::two {=a\n~b", "::C::three {=a ~b}"])
        assert self.names(source) == (["A", "C"], ["B"])

    def test_missing_brace_without_names_skips_one_question(self):
        source = "one {=a ~b}\n\ntwo {=a\n\n~b\n\nthree {=a ~b}\n\nfour {T}"
        assert self.names(source) == (["one", "three", "four"], ["two"])

    def test_missing_brace_before_category_skips_one_question(self):
        source = "::A::one {=a ~b\n\n$CATEGORY: next\n\n::B::two {T}"
        parsed = read_gift(source)
        assert [one.category for one in parsed.questions] == ["next"]
        assert [one.name for one in parsed.skipped] == ["A"]

    def test_named_questions_need_no_blank_lines_between(self):
        assert self.names("::A::one {T}\n::B::two {F}\n::C::three {}") == (["A", "B", "C"], [])

    def test_blank_line_after_named_text_separates_it_from_unnamed_question(self):
        parsed = read_gift("::A::one {T}\n\n::B::Read this.\n\nIs it so? {T}\n\n::C::end")
        assert [(one.name, one.kind) for one in parsed.questions] == [
            ("A", "true_false"),
            ("B", "description"),
            ("Is it so?", "true_false"),
            ("C", "description"),
        ]
        assert [(note.line, "stands alone" in note.message) for note in parsed.warnings] == [(3, True)]

    def test_blank_line_separates_questions_without_names(self):
        parsed = read_gift("Read this.\n\nIs it so? {T}\n\nAnd this? {F}")
        assert [one.kind for one in parsed.questions] == ["description", "true_false", "true_false"]

    def test_odd_weights_are_read_with_warning(self):
        parsed = read_gift("::Q::Which? {~%50%a ~%20%b ~c}")
        assert len(parsed.questions) == 1
        assert "full mark" in parsed.warnings[0].message


class TestUnreadable:
    @pytest.mark.parametrize("data", [b"", b"   \n", b"PK\x03\x04\x00\x00", b"\xff\xfe\x00", "просто текст".encode()])
    def test_file_without_questions_is_unreadable(self, data):
        parsed = read_gift(data)
        assert parsed.unreadable
        assert (parsed.questions, parsed.skipped) == ((), ())

    def test_rejects_too_big_file_and_too_many_questions(self):
        assert "too big" in read_gift(b"x" * (MAX_BYTES + 1)).unreadable.message.lower()
        assert "many" in read_gift("::Q::a {T}\n" * (MAX_QUESTIONS + 1)).unreadable.message

    def test_too_long_question_is_skipped(self):
        assert "long" in skipped("::Q::" + "a" * 100_001 + "{T}")[0]
        assert "long" in skipped("::Q::" + "a" * 40_000 + "{T}")[0].lower()


SIGNS = st.text(alphabet=st.sampled_from("{}=~#%:\\->\n []ntTab15.,/$"), max_size=120)
PIECES = st.sampled_from(
    [
        *("::Q::", "\n::R::", "\n\n", "{", "}", "=a", "~b", "#", "####", "%50%", " -> ", "T", "[html]", "\n//", "\\"),
        *("\n$CATEGORY: x\n", "{}", "1..2"),
    ]
)
BODIES = st.lists(PIECES.filter(lambda one: "::" not in one and "$" not in one), max_size=12).map("".join)


@settings(max_examples=examples(500))
@given(SIGNS | st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200) | st.binary(max_size=200))
def test_never_raises_and_returns_valid_questions(source):
    parsed = read_gift(source)
    for question in parsed.questions:
        assert check_question(question) == []
        kind = question_type(question.kind)
        kind.grade(question.payload, kind.clean_answer(question.payload, {}))
    assert all(note.message for note in parsed.skipped)


@given(st.lists(BODIES, min_size=1, max_size=8))
def test_each_named_question_is_read_or_reported(bodies):
    """Checks that a name at the beginning of a line starts one question of the result, or several if it is split."""
    parsed = read_gift("".join(f"\n\n::N{number}::{body} " for number, body in enumerate(bodies)))
    told = {one.name for one in parsed.questions} | {note.name for note in parsed.skipped}
    assert {f"N{number}" for number in range(len(bodies))} <= told


@pytest.mark.parametrize(
    "piece",
    ["{", "}", "{\n\n", "=a{", "\\", "::a::", "\n::", "#", "%", "x {\n\ny {\n\n", "//\n", "{=a", "{=% ", "{=a\n\n   {"],
)
def test_long_malformed_files_are_read_quickly(piece):
    started = time.process_time()
    read_gift(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 5


BLANKS = " " * 40_000


@pytest.mark.parametrize(
    "source",
    [
        "{=%" + BLANKS,
        "{=%" + BLANKS + "5}",
        "{=% 5" + BLANKS + "}",
        "{=% -" + BLANKS + "a}",
        "{#1" + BLANKS + "..}",
        "{=a\n\n" + BLANKS + "=" + "{" * 40_000,
        "{=<a" + BLANKS + "}",
        "::" + BLANKS + "{T}",
        "{" + BLANKS + "1" + BLANKS + ":MC",
        "ANSWER" + BLANKS + "\nA. " + BLANKS,
        "a {=b}\n" * 6_000,
    ],
)
def test_long_question_is_read_in_linear_time(source):
    def seconds(text):
        started = time.thread_time()
        read_gift(text)
        return time.thread_time() - started

    seconds("a {T}")
    base = min(seconds(source) for _turn in range(2))
    doubled = source.replace(BLANKS, BLANKS * 2) if BLANKS in source else source * 2
    assert min(seconds(doubled) for _turn in range(2)) < 3.5 * base + 0.02
    assert base < 1
