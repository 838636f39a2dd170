"""Parsing of hours, numbers and points."""

# ruff: noqa: E501 - data

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.importing.criteria import find_pass_rule
from courses.importing.formulas import UnsupportedFormula, column_index, column_letters, evaluate, shift_formula
from courses.importing.numbers import (
    format_plain,
    number_in_words,
    parse_hours,
    parse_number,
    parse_points,
    split_number,
)
from courses.importing.title_page import find_workload, quoted

D = Decimal
quarters = st.integers(0, 4000).map(lambda n: D(n) / 4)


@given(
    quarters,
    st.sampled_from([",", "."]),
    st.sampled_from(["", " ", " ч", " ч.", " час.", " ак. ч.", " часов", "\u00a0ч.", "*"]),
)
def test_formatted_hours_are_parsed_back(value: Decimal, point: str, unit: str):
    found = parse_hours(format_plain(value).replace(".", point) + unit)
    assert (found.value, found.is_clear, found.is_blank) == (value, True, False)


@given(st.text(max_size=30))
def test_any_text_is_hours_blank_or_unclear(text: str):
    found = parse_hours(text)
    assert found.is_clear or found.value == 0


@given(quarters, quarters)
def test_slash_separates_hours(a: Decimal, b: Decimal):
    assert parse_hours(f"{format_plain(a)}/{format_plain(b)}").parts == (a, b)


@pytest.mark.parametrize("text", ["", "-", "–", "—", " — ", "\u00a0", "…", "х"])
def test_signs_for_nothing_are_blank(text: str):
    assert parse_hours(text).is_blank


@pytest.mark.parametrize(
    ("text", "value"),
    [("½", "0.5"), ("1½", "1.5"), ("36 (тридцать шесть)", "36"), ("2+2", "4"), ("2,50", "2.5"), ("36 академических часов", "36"), ("-2", "-2")],
)  # fmt: skip
def test_other_notations_of_hours_are_parsed(text: str, value: str):
    assert parse_hours(text).value == D(value)


@pytest.mark.parametrize("text", ["зачёт", "по графику", "10-15", "2 раза", "май"])
def test_other_texts_are_no_hours(text: str):
    assert not parse_hours(text).is_clear


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.sampled_from(["", "."]))
def test_formatted_row_numbers_are_parsed_back(parts: list[int], end: str):
    text = ".".join(map(str, parts))
    found = parse_number(text + end)
    assert found is not None
    assert (found.parts, found.text) == (tuple(parts), text)


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("Раздел 1. Название", (1,), "Название"),
        ("Тема 1.1. Требования", (1, 1), "Требования"),
        ("Модуль II «Игра»", (2,), "«Игра»"),
        ("1.1 Название", (1, 1), "Название"),
        ("Модуль 1 – Начало", (1,), "Начало"),
        ("Раздел второй. Дело", (2,), "Дело"),
        ("3D-печать", (), "3D-печать"),
        ("2024 год", (), "2024 год"),
        ("Первые шаги", (), "Первые шаги"),
        ("2-я тема", (), "2-я тема"),
        ("Тема урока", (), "Тема урока"),
        ("Исследование", (), "Исследование"),
    ],
)
def test_number_before_title_is_split_off(text: str, number: tuple[int, ...], rest: str):
    found, left = split_number(text)
    assert (found.parts, left) == (number, rest)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("0–5", 5), ("до 5", 5), ("5", 5), ("макс. 5", 5), ("от 0 до 5 баллов", 5), ("0, 1, 2", 2), ("0/1/2", 2), ("5 баллов", 5),
        ("2 балла – полностью; 1 балл – частично; 0 – нет", 2), ("0-2,5", "2.5"), ("максимум 10 баллов", 10), ("5 (пять)", 5),
        ("0…3", 3), ("не более 4 баллов", 4),
    ],
)  # fmt: skip
def test_points_are_parsed(text: str, most: int | str):
    assert parse_points(text) == D(most)


@pytest.mark.parametrize("text", ["да/нет", "зачтено", "", "–"])
def test_other_texts_are_no_points(text: str):
    assert parse_points(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("тридцать шесть", 36), ("четырнадцати", 14), ("сто восемь", 108), ("семидесяти двух", 72), ("шесть раз", None)]
)  # fmt: skip
def test_spelled_out_numbers_are_parsed(text: str, number: int | None):
    assert number_in_words(text) == number


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("36 ч., 2026 г.", 36),
        ("36 (тридцать шесть) академических часов", 36),
        ("72 часа", 72),
        ("36-часовая программа", 36),
        ("Срок освоения: 2 недели (36 ак. ч.)", 36),
        ("тридцать шесть часов", 36),
        ("занятия по 4 часа в день, всего 24 часа", 24),
        ("академический час — 45 минут", None),
        ("1 з. е. (36 часов)", 36),
        ("16 учебных часов, из них 4 ч. дистанционно", 16),
        ("5 дней", None),
    ],
)
def test_workload_is_found(text: str, hours: int | None):
    assert find_workload(text) == hours


def test_bare_number_beside_a_label_is_workload():
    assert find_workload("Объём программы (часов): 36", in_label=True) == 36


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Программа «Учитель «Росток» и дети»", "Учитель «Росток» и дети"),
        ('Программа "Урок"', "Урок"),
        ("«____» 2026 «Урок»", "Урок"),
        ("„Урок“", "Урок"),
        ("Программа «Учитель «Росток»", "Учитель «Росток"),
        ("без кавычек", ""),
    ],
)
def test_quoted_text_is_found(text: str, inside: str):
    assert quoted(text) == inside


RULES = [
    ("Зачтено: не менее 14 баллов из 20 и не менее 1 балла по каждому критерию.", 14, 1),
    ("Работа зачтена, если набрано 14 и более баллов.", 14, None),
    ("Слушатель считается аттестованным при получении 14 баллов и выше.", 14, None),
    ("Проходной балл — 14.", 14, None),
    ("Минимальное количество баллов для зачёта: 14", 14, None),
    ("14–20 баллов — зачтено, 0–13 баллов — не зачтено", 14, None),
    ("Зачёт ставится при 70 % от максимального балла.", 14, None),
    ("Зачёт: не менее 70 % баллов.", 14, None),
    ("Для зачёта нужно набрать не менее четырнадцати баллов, при этом по каждому критерию — не менее 2 баллов.", 14, 2),
    ("Для зачёта — не менее половины максимальных баллов.", 10, None),
    ("Зачтено, если сумма более 13 баллов.", 14, None),
    ("Не зачтено: менее 14 баллов. Зачтено: от 14 баллов.", 14, None),
    ("Минимум по каждому критерию — 1 балл; для зачёта минимум 14 баллов.", 14, 1),
]


@pytest.mark.parametrize(("text", "mark", "each"), RULES)
def test_pass_rules_are_found(text: str, mark: int | None, each: int | None):
    rule = find_pass_rule([(text, 0)], D(20))
    assert (rule.pass_mark, rule.min_per_criterion) == (mark, each)


NUMBERS = {("", 0, 0): D(1), ("", 1, 0): D(2), ("", 2, 0): D("3.5"), ("Лист 2", 0, 1): D(10)}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("SUM(A1:A3)", "6.5"), ("A1+A2+A3", "6.5"), ("SUM(A1,A3)", "4.5"), ("SUM(A1:A2)+A3*2", "10"), ("(A1+A2)/2", "1.5"),
        ("-A1+5", "4"), ("SUM($A$1:A3)", "6.5"), ("'Лист 2'!B1+A1", "11"), ("SUBTOTAL(9,A1:A3)", "6.5"), ("ROUND(A3,0)", "4"),
        ("SUM(A1:A3,10)", "16.5"), ("SUM(A1:Z9)", "6.5"), ("A1", "1"), ("SUM(A5:A9)", "0"), ("+A1+A2", "3"), ("SUM(A1;A2)", "3"),
    ],
)  # fmt: skip
def test_formulas_are_evaluated(formula: str, value: str):
    assert evaluate(formula, NUMBERS.get) == D(value)


@pytest.mark.parametrize(
    "formula", ["VLOOKUP(A1,B:C,2)", "A1/0", "IF(A1>1,2,3)", "SUM(", "", "A1:A3", "1+", "SUM(A1:XFD1048576)", "(" * 200]
)
def test_unsupported_formulas_are_refused(formula: str):
    with pytest.raises(UnsupportedFormula):
        evaluate(formula, NUMBERS.get)


@given(st.integers(0, 16383))
def test_column_letters_are_converted_both_ways(index: int):
    assert column_index(column_letters(index)) == index


def test_shared_formulas_are_shifted():
    assert shift_formula("SUM(A1:$B$2)+C3", 2, 1) == "SUM(B3:$B$2)+D5"


@given(st.text(alphabet="SUM(A1:B2)+-*/,; '!$9.", max_size=40))
def test_any_formula_is_a_number_or_refused(formula: str):
    try:
        assert isinstance(evaluate(formula, NUMBERS.get), Decimal)
    except UnsupportedFormula:
        assert True
