"""The reader's day: midnights are those of the reader's zone."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.clock import day_in
from lms.core.i18n import days_between, local_day, use_locale
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
def test_last_visit_is_told_by_the_readers_days(seen: datetime | None, words: str):
    with use_locale("ru", NOVOKUZNETSK):
        assert seen_words(seen, datetime(2026, 11, 28, 21, 30, tzinfo=UTC)) == words


@given(MOMENTS, MOMENTS, st.sampled_from(("UTC", NOVOKUZNETSK, "Europe/Kaliningrad", "Asia/Kamchatka")))
def test_days_between_two_moments_are_the_difference_of_their_days(first: datetime, last: datetime, zone: str):
    with use_locale("ru", zone):
        assert days_between(first, last) == (day_in(zone, last) - day_in(zone, first)).days
