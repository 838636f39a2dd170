"""Words of the catalogue: homonyms have a context, no word leaves its gender open, English is a native's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tests.rules.test_translations import key, places_of_messages, said, translated

HOMONYMS = {"Left", "Number", "Order", "Right", "Statement", "ended", "handed in %(when)s"}
"""English messages with several translations: «Номер» and «Число», «Справка» and «Утверждение», «сдан» and «сдана»."""
WORDS_OF_ONE_MEANING = """
    Accept Accepted Actions Add added Administration administrator All Attestation Audience Back Begin Can Cancel
    Certificate Certificates Close Code Comment Conditions Continue coordinator Copy Council Criteria Criterion
    Date Dates Delete Details director Documents Down Download Draft E-mail Edit expert False File Files Filter
    Find First Forget given Goal Grading Group Groups History Home Hours Indicator Instructions Knows Lectures
    Link Literature Materials methodologist More Name Next No. Notices Older on Open optional Organisation
    Organisations Overall Page Password Patronymic Phone Place Plan Platforms points Points Position Practice
    Print Programme Programmes Queue Reason Registry Remove removed request Result Save Saved. Self-check
    Self-checks sent Settings Show signature Site Staff State Status Stazhirovka Surname Tasks Text Then Time
    Title today Topic Total trainee Trainee Trainees True Undo untitled Up Valid Video Was Withdrawn Workload Year
    """
"""Words without a context that several features use in one meaning, with one translation that fits them all."""
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


def feature_of(path: Path) -> str:
    """Returns the folder of a feature, the same for its pages and its templates."""
    parts = path.parts
    return parts[1] if parts[0] == "templates" else parts[2] if parts[:2] == ("lms", "web") else "/".join(parts[:2])


def test_word_of_several_features_has_a_context_or_one_meaning():
    several = {
        word
        for (context, word), places in places_of_messages().items()
        if not context and " " not in word and "%" not in word and len({feature_of(place) for place in places}) > 1
    }
    seen = set(WORDS_OF_ONE_MEANING.split())
    assert several - seen == set(), "Give a context (pgettext), or see that every place means the same thing."
    assert seen - several == set(), "Not in several features any more."


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
