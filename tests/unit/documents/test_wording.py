"""Quotation marks, tied words, dates and hours of a printed page."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.documents.wording import full_date, hours_in_words, period, quoted, tied
from lms.core.i18n import use_locale

NB = "\u00a0"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Урок", "«Урок»"),
        ("«Урок»", "«Урок»"),
        ('"Урок"', "«Урок»"),
        ('Урок "Мир"', "«Урок „Мир“»"),
        ("«Точка роста» в школе", "«„Точка роста“ в школе»"),
        ("«А» и «Б»", "«„А“ и „Б“»"),
        ("", "«»"),
    ],
)
def test_quotes_in_russian_marks(text: str, wanted: str) -> None:
    with use_locale("ru"):
        assert quoted(text) == wanted


def test_quotes_in_english_marks() -> None:
    with use_locale("en"):
        assert quoted('The "open" lesson') == "“The ‘open’ lesson”"


@given(st.text(max_size=60))
def test_quoted_keeps_every_letter(text: str) -> None:
    marks = set('«»„“”‘’"')
    with use_locale("ru"):
        result = quoted(text)
    assert result[0] + result[-1] == "«»"
    letters = [sign for sign in text.strip() if sign not in marks]
    assert [sign for sign in result if sign not in marks] == letters


def test_ties_short_words_and_number_sign_to_next_word() -> None:
    with use_locale("ru"):
        assert tied("Урок в и у школы № 35 — г. Мир") == f"Урок в{NB}и{NB}у{NB}школы №{NB}35{NB}— г.{NB}Мир"


@given(st.text(max_size=60), st.sampled_from(["ru", "en"]))
def test_tied_changes_spaces_only(text: str, language: str) -> None:
    with use_locale(language):
        assert "".join(tied(text).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("first", "last", "russian", "english"),
    [
        (date(2026, 11, 2), date(2026, 11, 2), "2 ноября 2026 года", "2 November 2026"),
        (date(2026, 12, 2), date(2026, 12, 18), "2–18 декабря 2026 года", "2–18 December 2026"),
        (date(2026, 11, 2), date(2026, 12, 18), "2 ноября – 18 декабря 2026 года", "2 November – 18 December 2026"),
        (
            date(2026, 12, 30),
            date(2027, 1, 9),
            "30 декабря 2026 года – 9 января 2027 года",
            "30 December 2026 – 9 January 2027",
        ),
    ],
)
def test_period_prints_common_parts_once(first: date, last: date, russian: str, english: str) -> None:
    for language, wanted in (("ru", russian), ("en", english)):
        with use_locale(language):
            assert period(first, last).replace(NB, " ") == wanted


@pytest.mark.parametrize(
    ("hours", "russian", "english"),
    [
        ("1", "1 академический час", "1 academic hour"),
        ("21", "21 академический час", "21 academic hours"),
        ("22", "22 академических часа", "22 academic hours"),
        ("36.00", "36 академических часов", "36 academic hours"),
        ("112", "112 академических часов", "112 academic hours"),
        ("16.5", "16,5 академического часа", "16.5 academic hours"),
        ("0.25", "0,25 академического часа", "0.25 academic hours"),
    ],
)
def test_hour_unit_agrees_with_number(hours: str, russian: str, english: str) -> None:
    for language, wanted in (("ru", russian), ("en", english)):
        with use_locale(language):
            assert hours_in_words(Decimal(hours)).replace(NB, " ") == wanted


def test_full_date_names_the_month() -> None:
    with use_locale("ru"):
        assert full_date(date(2026, 5, 9)).replace(NB, " ") == "9 мая 2026 года"
