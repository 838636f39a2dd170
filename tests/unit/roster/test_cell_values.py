"""Cells of a roster: e-mail, telephone, identity number, birth date."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.roster import cell_values
from tests.support.rosters import snils_of

TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Zoya@School.Example", "zoya@school.example"),
        ("  zoya@school.example\u00a0", "zoya@school.example"),
        ("mailto:zoya@school.example", "zoya@school.example"),
        ("zoya @ school.example", "zoya@school.example"),
        ("<zoya@school.example>", "zoya@school.example"),
        ("e-mail: zoya@school.example.", "zoya@school.example"),
        ("zoya@школа.рф", "zoya@школа.рф"),
        ("", ""),
        ("-", ""),
        ("нет", ""),
    ],
)
def test_email_is_normalised(typed, address):
    assert cell_values.parse_email(typed) == cell_values.ParsedValue(address)


@pytest.mark.parametrize(
    "typed", ["zoya", "zoya@", "@school.example", "zоya@school.example", "zoya@schoоl.example", "12"]
)
def test_invalid_email_is_a_warning(typed):
    found = cell_values.parse_email(typed)
    assert found.value == ""
    assert typed in found.warning.message


def test_letters_that_no_mail_server_carries_have_their_own_words():
    assert "Mail servers" in cell_values.parse_email("josé@school.example").warning.message
    assert "Russian letters" in cell_values.parse_email("zoya@sсhool.рф").warning.message


def test_first_of_two_emails_is_used():
    found = cell_values.parse_email("zoya@school.example; zoya2@school.example")
    assert found.value == "zoya@school.example"
    assert "several" in found.warning.message


@pytest.mark.parametrize(
    "typed",
    [
        "zoya zuewa@school.example",
        "zoya@school.example zuewa",
        "zoya. zuewa @school.example",
        "пишите zoya@school.example",
        "zoya@school.example 89123456789",
    ],
)
def test_text_beside_email_is_a_problem(typed):
    found = cell_values.parse_email(typed)
    assert found.value == ""
    assert "stranger" in found.problem.message


@pytest.mark.parametrize("typed", ["zoya@school.example (личная)", "Зоя Зуева <zoya@school.example>"])
def test_remark_apart_from_email_is_left_out_with_warning(typed):
    found = cell_values.parse_email(typed)
    assert (found.value, found.problem) == ("zoya@school.example", None)
    assert "left out" in found.warning.message


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("8-912-345-67-89", "+7 912 345-67-89"),
        ("+7 (912) 345 67 89", "+7 912 345-67-89"),
        ("9123456789", "+7 912 345-67-89"),
        (Decimal("89123456789"), "+7 912 345-67-89"),
        ("2-34-56", "2-34-56"),
        ("+375 29 123-45-67", "+375 29 123-45-67"),
        ("8-912-345-67-89, доб. 12", "8-912-345-67-89, доб. 12"),
        ("нет", ""),
    ],
)
def test_phone_is_formatted(typed, number):
    assert cell_values.parse_phone(typed) == cell_values.ParsedValue(number)


def test_invalid_phone_is_kept_with_warning():
    found = cell_values.parse_phone("спросить у секретаря")
    assert (found.value, "telephone" in found.warning.message) == ("спросить у секретаря", True)


@pytest.mark.parametrize("form", ["{}-{}-{} {}", "{}{}{}{}", "{} {} {} {}", "{}.{}.{}-{}", "№ {}–{}–{} {}"])
def test_snils_with_any_punctuation_is_parsed(form):
    digits = snils_of(123456789)
    typed = form.format(digits[:3], digits[3:6], digits[6:9], digits[9:])
    assert cell_values.parse_snils(typed) == cell_values.ParsedValue(digits)


def test_snils_gets_its_leading_zeros_back():
    digits = snils_of(65848479)
    assert cell_values.parse_snils(Decimal(int(digits))) == cell_values.ParsedValue(digits)


@pytest.mark.parametrize("typed", ["112-233-445 96", "112-233-445", "1122334459512", "есть, потом", "123"])
def test_invalid_snils_is_dropped_with_warning(typed):
    found = cell_values.parse_snils(typed)
    assert found.value == ""
    assert "not be kept" in found.warning.message


@pytest.mark.parametrize(
    "typed",
    [
        date(1981, 5, 9),
        "09.05.1981",
        "9.5.1981",
        "09.05.81",
        "9/05/1981",
        "09-05-1981",
        "1981-05-09",
        "1981-05-09 00:00:00",
        "09.05.1981 г.",
        "09.05.1981г",
        "9 мая 1981",
        "9 мая 1981 г.",
        Decimal(29715),
        "29715",
        "29715.0",
    ],
)
def test_birth_date_in_any_notation_is_parsed(typed):
    assert cell_values.parse_birth_date(typed, TODAY) == cell_values.ParsedValue(date(1981, 5, 9))


@pytest.mark.parametrize(
    ("typed", "expected"), [("01.02.05", date(2005, 2, 1)), ("01.02.30", date(1930, 2, 1)), ("", None), ("—", None)]
)
def test_two_digit_year_is_completed(typed, expected):
    assert cell_values.parse_birth_date(typed, TODAY) == cell_values.ParsedValue(expected)


@pytest.mark.parametrize(
    "typed", ["31.02.1980", "1980", "май", "32.13.1980", date(2024, 1, 1), date(1871, 1, 1), "00.00.0000"]
)
def test_invalid_birth_date_is_a_warning(typed):
    found = cell_values.parse_birth_date(typed, TODAY)
    assert found.value is None
    assert found.warning


def test_month_before_day_is_accepted_with_warning():
    found = cell_values.parse_birth_date("05/23/1981", TODAY)
    assert found.value == date(1981, 5, 23)
    assert "check" in found.warning.message


@given(st.text(max_size=40) | st.decimals(allow_nan=False, allow_infinity=False) | st.dates())
def test_any_cell_is_parsed_without_error(value):
    for read in (
        cell_values.parse_email,
        cell_values.parse_phone,
        cell_values.parse_snils,
        lambda one: cell_values.parse_birth_date(one, TODAY),
    ):
        warning = read(value).warning
        assert warning is None or warning.message
