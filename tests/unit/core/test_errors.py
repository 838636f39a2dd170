"""A domain error composes its sentence when it is shown."""

import json
from datetime import UTC, date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.core.errors import DomainError, Forbidden, Invalid, Throttled
from lms.core.i18n import current_locale, use_locale
from lms.core.sentences import ErrorDetail, declare_sentences, stored_detail


def test_sentence_is_composed_from_code_and_parameters_in_the_language_of_the_moment():
    declare_sentences({"tests_too_long": lambda count: f"{current_locale()}: {count}"})
    error = Invalid(code="tests_too_long", field="title", params={"count": 5})
    with use_locale("en"):
        assert error.message == "en: 5"
    with use_locale("ru"):
        assert str(error) == "ru: 5"
    assert (error.code, error.field, error.params) == ("tests_too_long", "title", {"count": 5})


def test_given_sentence_is_kept_and_the_code_is_the_class_own():
    error = Invalid("Слишком длинно", "title")
    assert (error.message, error.code, error.field) == ("Слишком длинно", "invalid", "title")


@pytest.mark.parametrize(("error", "code"), [(Forbidden(), "forbidden"), (DomainError(), "conflict")])
def test_error_without_sentence_has_an_empty_message_and_tells_its_code(error: DomainError, code: str):
    assert error.message == ""
    assert str(error) == code


def test_throttled_tells_how_long_to_wait():
    assert Throttled("Позже", 30, "login").retry_after == 30


def test_error_detail_composes_its_sentence_from_code_and_parameters():
    declare_sentences({"tests_too_long": lambda count: f"{current_locale()}: {count}"})
    detail = ErrorDetail("tests_too_long", "options.1.text", {"count": 5})
    with use_locale("ru"):
        assert detail.message == "ru: 5"
    assert ErrorDetail("tests_without_sentence").message == ""


def test_stored_detail_is_read_with_details_among_its_parameters():
    why = ErrorDetail("platform_status", params={"status": 503})
    detail = ErrorDetail("gradebook_unreachable", "url", {"why": why, "tries": 2})
    assert stored_detail(json.loads(json.dumps(detail.as_json()))) == detail


def test_stored_sentence_of_an_earlier_version_stays_as_it_is():
    assert stored_detail("Категория закрыта").message == "Категория закрыта"


def test_domain_error_gives_its_detail():
    error = Invalid(code="tests_too_long", field="title", params={"count": 5})
    assert error.as_detail() == ErrorDetail("tests_too_long", "title", {"count": 5})


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.dates()
    | st.decimals(allow_nan=False)
    # A moment of the product always has a zone.
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_stored_detail_has_the_parameters_that_were_sent(params):
    assume(not any(_looks_stored(value) for value in _inside(params)))
    why = ErrorDetail("tests_why", "", params)
    detail = ErrorDetail("tests_too_long", "title", {"why": why, "all": [why]})
    assert stored_detail(json.loads(json.dumps(detail.as_json()))) == detail


def _inside(value):
    yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _inside(one)


def _looks_stored(value) -> bool:
    """Returns whether a mapping of the test has the form of a stored number, date or detail."""
    return isinstance(value, dict) and (set(value) <= {"decimal", "moment", "date"} or "code" in value)


def test_sentence_of_a_stored_detail_gets_numbers_and_dates():
    declare_sentences({"tests_hours": lambda hours, day: f"{hours + 1} {day.year}"})
    detail = ErrorDetail("tests_hours", params={"hours": Decimal("7.25"), "day": date(2026, 6, 15)})
    assert stored_detail(json.loads(json.dumps(detail.as_json()))).message == "8.25 2026"


def test_parameter_of_an_unknown_type_raises_a_type_error():
    with pytest.raises(TypeError, match="object cannot be stored"):
        ErrorDetail("tests_too_long", params={"count": object()}).as_json()
