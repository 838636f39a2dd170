from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.registry.status import AHEAD, APPLIED, ENDED, EXPIRED, GRANTED, longest_end, runs_on, state_on


@dataclass
class Term:
    starts_on: date
    ends_on: date
    ended_on: date | None = None
    ended_reason: str | None = None


FIRST = Term(date(2021, 9, 1), date(2024, 8, 31))
SECOND = Term(date(2024, 9, 1), date(2027, 8, 31))


def test_site_without_order_is_applied():
    assert state_on([], date(2026, 1, 1)).code == APPLIED


@pytest.mark.parametrize(
    ("day", "code", "until"),
    [
        (date(2021, 8, 31), AHEAD, date(2021, 9, 1)),
        (date(2021, 9, 1), GRANTED, date(2024, 8, 31)),
        (date(2024, 8, 31), GRANTED, date(2024, 8, 31)),
        (date(2024, 9, 1), GRANTED, date(2027, 8, 31)),
        (date(2027, 9, 1), EXPIRED, date(2027, 8, 31)),
    ],
)
def test_state_follows_terms(day, code, until):
    state = state_on([SECOND, FIRST], day)
    assert (state.code, state.until) == (code, until)


def test_term_near_its_end_ends_soon():
    assert not state_on([FIRST], date(2024, 5, 1)).ends_soon
    assert state_on([FIRST], date(2024, 6, 15)).ends_soon


def test_ended_term_has_reason():
    ended = Term(date(2024, 9, 1), date(2027, 8, 31), date(2025, 3, 1), "Решение организации")
    assert state_on([FIRST, ended], date(2025, 2, 28)).is_active
    state = state_on([FIRST, ended], date(2025, 3, 1))
    assert (state.code, state.reason) == (ENDED, "Решение организации")


def test_term_ended_on_first_day_never_ran():
    never = Term(date(2027, 9, 1), date(2028, 8, 31), date(2027, 9, 1), "Отказ")
    assert state_on([never], date(2027, 1, 1)).code == ENDED


def test_renewal_after_end_is_granted():
    ended = Term(date(2024, 9, 1), date(2027, 8, 31), date(2025, 3, 1), "Переезд")
    renewed = Term(date(2025, 9, 1), date(2028, 8, 31))
    assert state_on([ended, renewed], date(2025, 6, 1)).code == AHEAD
    assert state_on([ended, renewed], date(2025, 10, 1)).is_active


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (date(2026, 9, 1), date(2029, 8, 31)),
        (date(2026, 1, 1), date(2028, 12, 31)),
        (date(2024, 2, 29), date(2027, 2, 28)),
    ],
)
def test_longest_end_is_day_before_anniversary(starts, ends):
    assert longest_end(starts, 3) == ends


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 5), st.integers(-10, 2000))
def test_term_includes_first_and_last_day(start, years, later):
    term = Term(start, longest_end(start, years))
    day = start + timedelta(days=later)
    assert runs_on(term, day) == (start <= day <= term.ends_on)
    assert (term.ends_on - start).days in {365 * years - 1, 365 * years, 365 * years + 1}
