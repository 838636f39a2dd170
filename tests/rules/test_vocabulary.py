"""Words of the catalogue: homonyms have a context, no word leaves its gender open, English is a native's."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from tests.rules.test_translations import key, said, translated

HOMONYMS = {"Left", "Number", "Order", "Right", "Statement", "ended", "handed in %(when)s"}
"""English messages with several translations: «Номер» and «Число», «Справка» and «Утверждение», «сдан» and «сдана»."""
OPEN_GENDER = re.compile(r"\w\((?:а|ла|ся|ась|лась)\)")
FOREIGN_ENGLISH = re.compile(
    r"\bac\. h\b|\bMay stay\b|\bhand in until\b|\bworks to grade\b|\bopen only with\b|\bgo by themselves\b"
)


def russian() -> Iterator[tuple[str, Message, str]]:
    for name, message in translated():
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        yield from ((name, message, form) for form in forms)


def test_homonyms_have_a_context():
    assert sorted(text for context, text in said() if text in HOMONYMS and not context) == []


def test_russian_leaves_no_gender_open():
    assert [(name, form) for name, _message, form in russian() if OPEN_GENDER.search(form)] == []


def test_english_is_not_word_for_word():
    assert sorted(text for _context, text in said() if FOREIGN_ENGLISH.search(text)) == []


@pytest.mark.parametrize(
    ("context", "message", "translation"),
    [
        ("to agree with", "Statement", "Утверждение"),
        ("document", "Statement", "Справка"),
        ("value", "Number", "Число"),
        ("document", "Number", "Номер"),
        ("group", "ended", "завершена"),
        ("status", "ended", "прекращён"),
        ("version", "handed in %(when)s", "сдана %(when)s"),
        ("attempt", "handed in %(when)s", "сдана %(when)s"),
        (None, "Grid", "Журнал"),
        (None, "Columns of hours", "Виды часов"),
    ],
)
def test_word_has_its_translation(context: str | None, message: str, translation: str):
    found = {key(one): one.string for _name, one in translated()}
    assert found[context, message] == translation
