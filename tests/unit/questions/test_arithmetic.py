"""Weights, numbers and texts as people write them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.questions.numbers import format_plain, number
from assessment.questions.text_match import Pattern, fold_text
from assessment.questions.weights import format_weight as written_weight
from assessment.questions.weights import percent, share, shares, total_positive


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("33.33333", Fraction(1, 3)),
        ("33,33", Fraction(1, 3)),
        ("66.66667", Fraction(2, 3)),
        ("14.28571", Fraction(1, 7)),
        ("12.5", Fraction(1, 8)),
        ("-50", Fraction(-1, 2)),
        ("−16.67", Fraction(-1, 6)),
        ("37", Fraction(37, 100)),
        ("100", Fraction(1)),
        ("0", Fraction(0)),
        ("much", Fraction(0)),
    ],
)
def test_share_is_nearest_simple_fraction(text, expected):
    assert share(text) == expected


@pytest.mark.parametrize("count", range(1, 21))
@pytest.mark.parametrize("digits", [2, 5])
def test_equal_shares_sum_to_full_mark(count, digits):
    each = str(round(Decimal(100) / count, digits))
    assert total_positive([each] * count) == 1


def test_shares_close_to_whole_are_scaled():
    assert shares(["33", "33", "33", "-50"]) == [Fraction(1, 3)] * 3 + [Fraction(-1, 2)]
    assert total_positive(["50", "30"]) == Fraction(4, 5)


@pytest.mark.parametrize("text", ["", "a", "101", "-100.5", "NaN", "Infinity", "1e5", "0.1234567891", "%5", "5%"])
def test_percent_rejects_other_text(text):
    assert percent(text) is None


def test_weights_are_stored_without_trailing_zeros():
    assert [written_weight(one) for one in ("100", "50,00", "1E+2", "-0", "abc", "33.33333")] == [
        "100",
        "50",
        "100",
        "0",
        "abc",
        "33.33333",
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("3,5", "3.5"),
        (" 3.5 ", "3.5"),
        ("−5", "-5"),
        ("– 5", "-5"),
        ("+7", "7"),
        ("1 250", "1250"),
        ("1\u00a0250,5", "1250.5"),
        ("1\u202f000\u202f000", "1000000"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e3", "1000"),
        ("2,5E-1", "0.25"),
    ],
)
def test_reads_numbers_with_commas_spaces_and_minus_signs(typed, expected):
    assert number(typed) == Decimal(expected)
    assert format_plain(number(typed)) == expected


@pytest.mark.parametrize(
    "typed", ["", "abc", "1,234.5", "1.2.3", "12 34", "1e999", "NaN", "--5", "5 cm", "1" * 40, "٣"]
)
def test_number_rejects_other_text(typed):
    assert number(typed) is None


@given(st.text(max_size=60))
def test_number_never_raises(text):
    assert number(text) is None or number(text).is_finite()


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_written_number_reads_back(value):
    assert number(format_plain(value)) == value


@pytest.mark.parametrize(
    "typed", ["Ещё  раз", " еще раз ", "ЕЩЁ РАЗ.", "ещё\u00a0раз", "е\u0449\u0435 р\u0430\u0301\u0437", "ещё раз"]
)
def test_fold_ignores_case_yo_spaces_and_stress(typed):
    assert fold_text(typed) == fold_text("ещё раз")


def test_fold_ignores_quotes_and_dashes_but_not_letters():
    assert fold_text("«онлайн—опрос»") == fold_text('"онлайн-опрос"')
    assert fold_text("й") != fold_text("и")
    assert fold_text("Рим", case=True) != fold_text("рим", case=True)


@pytest.mark.parametrize(
    ("key", "typed", "fits"),
    [
        ("рефлекс*", "Рефлексия", True),
        ("*опрос*", "это Онлайн-Опрос, да", True),
        ("*", "anything", True),
        ("a*b*c", "a xx b yy c", True),
        ("a*b*c", "acb", False),
        ("ab*ba", "aba", False),
        ("урок *", "урок", False),
        ("урок*", "урок", True),
        ("2\\*2", "2*2", True),
        ("2\\*2", "242", False),
        ("* год.", "целый год", True),
    ],
)
def test_wildcard_matches_any_text(key, typed, fits):
    assert Pattern(key).matches(fold_text(typed)) is fits


def test_many_wildcards_match_in_linear_time():
    assert not Pattern("*a" * 200 + "b").matches("a" * 5000)


@given(st.text(max_size=30), st.text(max_size=30))
def test_key_matches_itself_and_fold_is_idempotent(key, other):
    plain = key.replace("*", "").replace("\\", "")
    assert Pattern(plain).matches(fold_text(plain))
    assert fold_text(fold_text(other)) == fold_text(other) or fold_text(other).endswith(".")


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Mосква", "Москва"),
        ("MOCKBA", "Москва"),
        ("ВМС", "BMC"),
        ("а. с. Пушкин", "А.С. Пушкин"),
        ("А.С.Пушкин", "А. С. Пушкин"),
        ("5 %", "5%"),
        ("5 %.", "5%"),
        ("3,14.", "3,14"),
        ("3,14;", "3,14"),
        ("кто , что", "кто, что"),
        ("№ 5", "№5"),
    ],
)
def test_fold_ignores_look_alike_letters_and_spaces_beside_signs(typed, key):
    assert fold_text(typed) == fold_text(key)
    assert Pattern(key).matches(fold_text(typed))


@pytest.mark.parametrize(("one", "other"), [("а с", "ас"), ("не я", "нея"), ("5 6", "56"), ("+", "-"), ("b", "п")])
def test_fold_keeps_different_answers_apart(one, other):
    assert fold_text(one) != fold_text(other)


def test_fold_with_case_keeps_capitals_of_look_alike_letters():
    assert fold_text("Mосква", case=True) == fold_text("Москва", case=True)
    assert fold_text("m", case=True) != fold_text("M", case=True)


@pytest.mark.parametrize(
    ("key", "typed"), [("А. С. *", "А.С. Пушкин"), ("* кг", "5 кг"), ("5 % *", "5% годовых"), ("*CO*", "формула СО2")]
)
def test_wildcard_ignores_what_fold_ignores(key, typed):
    assert Pattern(key).matches(fold_text(typed))


@pytest.mark.parametrize(("typed", "value"), [("3,14.", "3.14"), ("5.", "5"), ("-2;", "-2"), ("1 250,", "1250")])
def test_number_may_end_with_a_sign(typed, value):
    assert number(typed) == Decimal(value)
