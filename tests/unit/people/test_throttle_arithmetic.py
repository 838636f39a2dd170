from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.core.auth.throttle import Limit, seconds_left
from lms.error_messages.core import in_minutes

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
LIMIT = Limit(5, timedelta(minutes=15))


def test_attempts_up_to_limit_are_not_blocked():
    assert seconds_left(5, START, LIMIT, START) == 0
    assert seconds_left(6, START, LIMIT, START) == 900


def test_key_is_unblocked_after_window():
    assert seconds_left(6, START, LIMIT, START + timedelta(minutes=14, seconds=59.5)) == 1
    assert seconds_left(6, START, LIMIT, START + timedelta(minutes=15)) == 0


@given(st.integers(0, 50), st.integers(-100, 2000))
def test_pause_is_between_zero_and_window(failures, later):
    now = START + timedelta(seconds=max(later, 0))
    assert 0 <= seconds_left(failures, START, LIMIT, now) <= 900


def test_pause_is_rounded_up_to_whole_minutes():
    words = [in_minutes(seconds).replace("\xa0", " ") for seconds in (1, 60, 61, 300)]
    assert words == ["через 1 минуту", "через 1 минуту", "через 2 минуты", "через 5 минут"]
