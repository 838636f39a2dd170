"""The reader's day: midnights are those of the reader's zone."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.clock import day_in
from lms.core.i18n import (
    days_between,
    format_date,
    format_period,
    local_day,
    lower_first,
    upper_first,
    use_locale,
)
from lms.web.groups.presenters import seen_words

NOVOKUZNETSK = "Asia/Novokuznetsk"
MOMENTS = st.integers(1_577_836_800, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(("hour", "minute"), [(17, 0), (21, 0), (23, 59)])
def test_evening_of_utc_is_the_next_day_in_novokuznetsk(hour: int, minute: int):
    moment = datetime(2026, 11, 28, hour, minute, tzinfo=UTC)
    with use_locale("ru", NOVOKUZNETSK):
        assert local_day(moment) == day_in(NOVOKUZNETSK, moment) == date(2026, 11, 29)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (datetime(2026, 11, 28, 16, 59, tzinfo=UTC), "вчера"),
        (datetime(2026, 11, 28, 17, 0, tzinfo=UTC), "сегодня"),
        (datetime(2026, 11, 27, 16, 59, tzinfo=UTC), "2 дня назад"),
        (None, "ещё нет"),
    ],
)
def test_last_visit_follows_the_readers_days(seen: datetime | None, words: str):
    with use_locale("ru", NOVOKUZNETSK):
        assert seen_words(seen, datetime(2026, 11, 28, 21, 30, tzinfo=UTC)) == words


@given(MOMENTS, MOMENTS, st.sampled_from(("UTC", NOVOKUZNETSK, "Europe/Kaliningrad", "Asia/Kamchatka")))
def test_days_between_two_moments_are_the_difference_of_their_days(first: datetime, last: datetime, zone: str):
    with use_locale("ru", zone):
        assert days_between(first, last) == (day_in(zone, last) - day_in(zone, first)).days


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 9, 19), date(2026, 11, 24), "19 сентября – 24 ноября 2026"),
        (date(2026, 12, 2), date(2026, 12, 18), "2–18 декабря 2026"),
        (date(2026, 12, 30), date(2027, 1, 4), "30 декабря 2026 – 4 января 2027"),
        (date(2026, 12, 2), date(2026, 12, 2), "2 декабря 2026"),
    ],
)
def test_period_states_common_month_and_year_once(first: date, last: date, text: str):
    with use_locale("ru"):
        assert format_period(first, last).replace("\u00a0", " ") == text


def test_english_month_keeps_its_capital_letter():
    with use_locale("en"):
        assert upper_first(format_date(date(2026, 11, 29), "weekday")) == "Sunday, 29 November"
    with use_locale("ru"):
        assert upper_first(format_date(date(2026, 11, 29), "weekday")) == "Воскресенье, 29 ноября"


@pytest.mark.parametrize(("text", "lower"), [("Директор", "директор"), ("ИО директора", "ИО директора"), ("", "")])
def test_position_after_a_name_begins_with_a_small_letter(text: str, lower: str):
    assert lower_first(text) == lower
