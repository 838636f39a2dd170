"""A value that ends in a period leaves no second one: «Зачтено: Зайцева П. А.», not «…П. А..»."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from lms.core.i18n import catalogue_pgettext, filled, read_catalogues

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
TWO_PERIODS = re.compile(r"(?<!\.)\.\.(?!\.)")
MESSAGES = [
    text
    for message in read_catalogues("ru")
    if message.id
    for text in {
        *(message.id if isinstance(message.id, tuple | list) else (message.id,)),
        *(message.string if isinstance(message.string, tuple | list) else (message.string,)),
    }
    if PLACEHOLDER.search(text)
]
NAMES = st.builds(
    lambda surname, initials: f"{surname} {initials}",
    st.sampled_from(("Зайцева", "Баранов", "O'Neil")),
    st.sampled_from(("П. А.", "С. И.", "Г.", "П. А", "")),
)


def with_every_value(text: str, value: str) -> str:
    return filled(text, dict.fromkeys(PLACEHOLDER.findall(text), value))


@given(NAMES)
def test_no_message_ends_a_name_with_two_periods(name: str):
    assert [text for text in MESSAGES if TWO_PERIODS.search(with_every_value(text, name.strip()))] == []


def test_catalogue_has_messages_that_end_with_a_name():
    assert "Зачтено: %(name)s." in MESSAGES
    assert with_every_value("Зачтено: %(name)s.", "Зайцева П. А.") == "Зачтено: Зайцева П. А."
    assert with_every_value("Зачтено: %(name)s.", "Зайцева") == "Зачтено: Зайцева."


@pytest.mark.parametrize(
    ("message", "value", "text"),
    [
        ("Ends in .%(name)s, but", "docx.", "Ends in .docx., but"),
        ("%(name)s… and", "П. А.", "П. А.… and"),
        ("%(name)s.docx", "П. А.", "П. А..docx"),
        ("50 %% of %(name)s.", "all?", "50 % of all?"),
    ],
)
def test_only_the_period_after_the_value_is_left_out(message: str, value: str, text: str):
    assert filled(message, {"name": value}) == text


def test_markup_stays_markup_and_escapes_the_value():
    made = filled(Markup("<b>%(name)s</b>. %(more)s."), {"name": "<i>", "more": "П. А."})
    assert (type(made), made) == (Markup, "<b>&lt;i&gt;</b>. П. А.")


def test_unknown_context_falls_back_to_the_message():
    assert catalogue_pgettext("no such context", "Accepted") == "Accepted"
