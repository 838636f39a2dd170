"""Cells of a list: e-mail, telephone, СНИЛС, date of birth."""

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
        ("zoya@школа.рф", "zoya@школа.рф"),
        ("", ""),
        ("-", ""),
        ("нет", ""),
    ],
)
def test_an_address_is_taken_as_it_was_meant(typed, address):
    assert cell_values.email(typed) == cell_values.Read(address)


@pytest.mark.parametrize(
    "typed", ["zoya", "zoya@", "@school.example", "zоya@school.example", "zoya@schoоl.example", "12"]
)
def test_what_cannot_be_an_address_is_said(typed):
    found = cell_values.email(typed)
    assert found.value == ""
    assert typed in found.warning


def test_the_first_of_two_addresses():
    found = cell_values.email("zoya@school.example; zoya2@school.example")
    assert found.value == "zoya@school.example"
    assert "several" in found.warning


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
def test_telephones(typed, number):
    assert cell_values.phone(typed) == cell_values.Read(number)


def test_what_is_no_telephone_is_kept_and_said():
    found = cell_values.phone("спросить у секретаря")
    assert (found.value, "telephone" in found.warning) == ("спросить у секретаря", True)


@pytest.mark.parametrize("form", ["{}-{}-{} {}", "{}{}{}{}", "{} {} {} {}", "{}.{}.{}-{}", "№ {}–{}–{} {}"])
def test_snils_in_any_punctuation(form):
    digits = snils_of(123456789)
    typed = form.format(digits[:3], digits[3:6], digits[6:9], digits[9:])
    assert cell_values.snils(typed) == cell_values.Read(digits)


def test_zeros_that_excel_dropped_are_put_back():
    digits = snils_of(65848479)
    assert cell_values.snils(Decimal(int(digits))) == cell_values.Read(digits)


@pytest.mark.parametrize("typed", ["112-233-445 96", "112-233-445", "1122334459512", "есть, потом", "123"])
def test_a_wrong_snils_is_said_and_not_kept(typed):
    found = cell_values.snils(typed)
    assert found.value == ""
    assert "not be kept" in found.warning


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
def test_a_birth_date_in_any_way_of_writing(typed):
    assert cell_values.birth_date(typed, TODAY) == cell_values.Read(date(1981, 5, 9))


@pytest.mark.parametrize(
    ("typed", "expected"), [("01.02.05", date(2005, 2, 1)), ("01.02.30", date(1930, 2, 1)), ("", None), ("—", None)]
)
def test_two_digits_of_a_year(typed, expected):
    assert cell_values.birth_date(typed, TODAY) == cell_values.Read(expected)


@pytest.mark.parametrize(
    "typed", ["31.02.1980", "1980", "май", "32.13.1980", date(2024, 1, 1), date(1871, 1, 1), "00.00.0000"]
)
def test_what_cannot_be_a_birth_date_is_said(typed):
    found = cell_values.birth_date(typed, TODAY)
    assert found.value is None
    assert found.warning


def test_the_month_before_the_day_is_taken_with_a_word():
    found = cell_values.birth_date("05/23/1981", TODAY)
    assert found.value == date(1981, 5, 23)
    assert "check" in found.warning


@given(st.text(max_size=40) | st.decimals(allow_nan=False, allow_infinity=False) | st.dates())
def test_any_cell_is_read(value):
    for read in (
        cell_values.email,
        cell_values.phone,
        cell_values.snils,
        lambda one: cell_values.birth_date(one, TODAY),
    ):
        assert isinstance(read(value).warning, str)
