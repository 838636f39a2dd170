"""Reading of GIFT as authors write it: each question is right, or skipped with its true cause."""

import pytest

from assessment.questions.gift.parser import read_gift
from assessment.questions.gift.writer import write_gift
from assessment.questions.registry import question_type
from lms.core.i18n import use_locale

RUSSIAN = "::Вопрос::Столица? {=Москва ~Париж}\n\n::Второй::Река? {=Волга ~Дон} "


def only(source):
    parsed = read_gift(source)
    assert (parsed.skipped, parsed.unreadable) == ((), None)
    (question,) = parsed.questions
    return question, [note.message for note in parsed.warnings]


def skipped(source):
    parsed = read_gift(source)
    assert parsed.questions == ()
    (note,) = parsed.skipped
    return note.message


def fraction(question, answer):
    return question_type(question.kind).grade(question.payload, answer).fraction


class TestDamagedBytes:
    @pytest.mark.parametrize("bad", [b"\xff", b"\xd0", b"\xff\xfe\x81"])
    def test_bad_byte_leaves_utf8_readable_with_warning(self, bad):
        parsed = read_gift(RUSSIAN.encode() + bad)
        assert parsed.questions == read_gift(RUSSIAN.encode()).questions
        assert [(note.line, note.name) for note in parsed.warnings] == [(3, "Второй")]
        assert "cannot be read" in parsed.warnings[0].message

    def test_bad_byte_within_a_word_is_shown_there(self):
        data = RUSSIAN.encode().replace("Волга".encode(), "Вол".encode() + b"\xd0" + "га".encode())
        option = read_gift(data).questions[1].payload["options"][0]
        assert option["text"]["source"] == "Вол\ufffdга"

    @pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r"])
    def test_old_code_pages_are_not_taken_for_damaged_utf8(self, encoding):
        question, warnings = only("Столица нашей страны и главный город? {=Москва ~Тверь}".encode(encoding))
        assert (question.payload["options"][0]["text"]["source"], warnings) == ("Москва", [])


class TestSeparation:
    @pytest.mark.parametrize(
        "source",
        [
            "1. Один?\n{\n=да\n~нет\n}\n2. Два?\n{\n=да\n~нет\n}\n3. Три?\n{\n=да\n~нет\n}",
            "Один? {=да ~нет}\nДва? {=да ~нет}\nТри? {T}",
            "1) Один {=да ~нет}\n2) Два {=да ~нет}\n3) Три\n{=да\n~нет}",
            "::А::Один? {\n=да\n~нет\n}\nДва? {\n=да\n~нет\n}\n// note\nТри?\n{#3}",
        ],
    )
    def test_separates_questions_without_blank_lines(self, source):
        parsed = read_gift(source)
        assert parsed.skipped == ()
        assert [one.text.source.split()[-1].rstrip("?") for one in parsed.questions] == ["Один", "Два", "Три"]

    def test_note_of_a_separated_question_has_its_own_line(self):
        parsed = read_gift("Один?\n{\n=да\n~нет\n}\nДва?\n{\n~да\n~нет\n}")
        assert [note.line for note in parsed.skipped] == [6]

    @pytest.mark.parametrize("source", ["Столица {=Москва}\nи река {=Волга}", "Год {=1961}\nи имя {=Юрий} космонавта"])
    def test_gaps_at_ends_of_lines_stay_one_question(self, source):
        question, _warnings = only(source)
        assert (question.kind, len(question.payload["gaps"])) == ("missing_word", 2)

    def test_text_after_answers_without_further_answers_stays(self):
        question, _warnings = only("Сколько будет?\n{#4}\nОтветьте цифрой.")
        assert question.text.source == "Сколько будет?\n_____\nОтветьте цифрой."

    def test_named_text_does_not_take_the_unnamed_question_after_it(self):
        parsed = read_gift("::Инструкция::Читайте.\n\nСтолица? {=Москва ~Париж}\n\n::b::Да? {T}")
        assert [one.kind for one in parsed.questions] == ["description", "single_choice", "true_false"]
        assert "stands alone" in parsed.warnings[0].message


class TestWeights:
    def test_two_right_options_are_read_as_moodle_does_with_warning(self):
        question, warnings = only("Что верно? {=первое =второе ~третье}")
        assert question.kind == "single_choice"
        assert len(question_type("single_choice").describe_right(question.payload)) == 2
        assert "2 options are right" in warnings[0]

    def test_right_options_with_shares_make_multiple_choice(self):
        question, warnings = only("Выберите {=%50%а =%50%б ~%-50%в}")
        a, b, c = (one["id"] for one in question.payload["options"])
        assert (question.kind, warnings) == ("multiple_choice", [])
        assert fraction(question, {"choices": [a, b]}) == 1
        assert fraction(question, {"choices": [a, b, c]}) == 0.5

    def test_single_choice_keeps_its_partly_right_option(self):
        assert only("Выберите {=а =%50%б ~в}")[0].kind == "single_choice"

    def test_shares_above_the_whole_are_named(self):
        assert "100 %" in only("Выберите {~%50%а ~%50%б ~%50%в ~%-50%г}")[1][0]

    @pytest.mark.parametrize("weight", ["150", "250", "1500", "-150"])
    def test_weight_out_of_range_is_the_cause(self, weight):
        assert "from −100 to 100" in skipped(f"Выберите {{~%{weight}%а ~%50%б ~в}}")


class TestPairs:
    @pytest.mark.parametrize("arrow", ["→", "⇒", "–>", "—>", "-&gt;"])
    def test_other_arrows_make_pairs_with_warning(self, arrow):
        question, warnings = only(f"Соотнесите {{=кот {arrow} мяу =пёс {arrow} гав}}")
        pairs = [(one["left"]["source"], one["right"]) for one in question.payload["pairs"]]
        assert pairs == [("кот", "мяу"), ("пёс", "гав")]
        assert f"{arrow} is taken" in warnings[0]

    def test_other_arrow_within_a_side_is_text(self):
        question, warnings = only("Соотнесите {=а → б -> 1 =в -> 2}")
        assert [one["right"] for one in question.payload["pairs"]] == ["1", "2"]
        assert (question.payload["pairs"][0]["left"]["source"], warnings) == ("а → б", [])

    def test_single_answer_with_an_arrow_is_a_short_answer(self):
        question, _warnings = only("Реакция? {=2H2 + O2 → 2H2O}")
        assert question.kind == "short_answer"


class TestKeys:
    @pytest.mark.parametrize("key", ["[html]<p>Москва</p>", "[plain]Москва", " [moodle] Москва", "[markdown]Москва"])
    def test_format_of_a_key_is_applied(self, key):
        question, _warnings = only(f"Столица? {{={key} =%50%{key}}}")
        assert [one["text"] for one in question.payload["answers"]] == ["Москва", "Москва"]
        assert only(f"Это {{={key} ~Тверь}} наша")[0].payload["gaps"][0]["answers"][0]["text"] == "Москва"
        assert only(f"Пары {{=а -> {key} =б -> в}}")[0].payload["pairs"][0]["right"] == "Москва"

    def test_key_that_looks_like_a_format_reads_back(self):
        question, _warnings = only("Знак? {=[plain][html] =%50%[plain]а → б =%50%[plain]в → г}")
        assert question.payload["answers"][0]["text"] == "[html]"
        assert read_gift(write_gift([question])).questions == (question,)

    def test_single_word_in_braces_is_a_short_answer_with_warning(self):
        question, warnings = only("Two minus one? {One}")
        assert (question.kind, question.payload["answers"][0]["text"]) == ("short_answer", "One")
        assert "«One» has no =" in warnings[0]

    def test_option_may_begin_with_a_hash(self):
        question, _warnings = only("Какой красный? {=#ff0000 ~#00ff00#Зелёный. ~%-50%#0000ff}")
        assert [(one["text"]["source"], one["weight"]) for one in question.payload["options"]] == [
            ("#ff0000", "100"),
            ("#00ff00", "0"),
            ("#0000ff", "-50"),
        ]
        assert question.payload["options"][1]["feedback"]["source"] == "Зелёный."
        assert fraction(only("Тег? {=#фгос}")[0], {"text": "#фгос"}) == 1


class TestNumbers:
    def test_answer_without_sign_goes_before_feedback_to_other_numbers(self):
        question, _warnings = only("Сколько? {#3:2~#wrong}")
        assert [(one["value"], one["tolerance"]) for one in question.payload["answers"]] == [("3", "2")]
        assert question.payload["otherwise"]["source"] == "wrong"
        assert fraction(question, {"text": "5"}) == 1

    def test_further_answers_follow_one_without_sign(self):
        question, _warnings = only("Сколько? {#3#да =%50%4#почти ~#нет}")
        assert [(one["value"], one["weight"]) for one in question.payload["answers"]] == [("3", "100"), ("4", "50")]
        assert only("Сколько? {#6#a = b}")[0].payload["answers"][0]["feedback"]["source"] == "a = b"

    @pytest.mark.parametrize("span", ["1…5", "1..5", "1...5", "1 … 5", "=1…5"])
    def test_ellipsis_is_a_range(self, span):
        (answer,) = only(f"Сколько? {{#{span}}}")[0].payload["answers"]
        assert (answer["low"], answer["high"]) == ("1", "5")

    def test_two_dots_before_a_fraction_are_read_as_moodle_does(self):
        assert only("Сколько? {#0...5}")[0].payload["answers"][0]["high"] == "0.5"


class TestBraces:
    @pytest.mark.parametrize(
        ("source", "shown"),
        [
            ("Чему равно $$\\frac{a}{b}$$? {=1 ~2}", "\\{a\\}"),
            ("Множество {1, 2} конечно? {T}", "\\{1, 2\\}"),
            ("Чему равен \\sqrt{2}?", "\\{2\\}"),
            ("Степень x^{10}", "\\{10\\}"),
            ("Пусто {} или нет? {=а ~б}", "\\{\\}"),
        ],
    )
    def test_asks_to_escape_brace_of_text(self, source, shown):
        message = skipped(source)
        assert "backslash" in message
        assert shown in message
        with use_locale("ru"):
            assert f"обратную косую черту: {shown}" in skipped(source)

    def test_escaped_braces_are_text(self):
        question, _warnings = only("Чему равно $$\\frac\\{a\\}\\{b\\}$$? {=1 ~2}")
        assert question.text.source == "Чему равно $$\\frac{a}{b}$$?"


class TestOtherFormats:
    @pytest.mark.parametrize(
        ("source", "named"),
        [
            ("Столица?\nA. Москва\nB. Тверь\nANSWER: A\n", "Aiken"),
            ("Множество {1}?\nA) да\nB) нет\n  answer : b", "Aiken"),
            ('<?xml version="1.0"?>\n<quiz>\n<question type="essay"><name/></question></quiz>', "Moodle XML"),
            ("\ufeff<quiz><question>{=a}</question></quiz>", "Moodle XML"),
        ],
    )
    def test_file_of_another_format_is_named(self, source, named):
        assert named in read_gift(source).unreadable.message
        assert named in read_gift(source.encode()).unreadable.message

    @pytest.mark.parametrize("gap", ["1:SHORTANSWER:=Москва", ":MC:=Волга~Дон", "2:NUMERICAL:=5:1", "1:MCVS:=а~б"])
    def test_cloze_question_is_named(self, gap):
        assert "Cloze" in skipped(f"::Пропуски::Столица {{{gap}}}, река {{1:MULTICHOICE:=Волга~Дон}}")
        assert "Cloze" in skipped(f"Столица {{{gap}}}")
