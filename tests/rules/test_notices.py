"""Every promise to tell has its kind of notice; every kind has sentence, translation, page and choice, and is written
somewhere.
"""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from lms import composition
from lms.core import disk
from lms.core.auth.policy import Actor, RoleAssignment
from lms.core.i18n import use_locale
from lms.core.notifications.kinds import CHANNELS, NoticeKind
from lms.notices import catalogue
from lms.web.notices.presenters import letter_rows
from tests.support.wiring import Sources

ROOT = Path(__file__).parents[2]
RUSSIAN = ROOT / "lms" / "translations" / "ru"
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)

REVIEWED = {catalogue.WORK_RETURNED, catalogue.WORK_ACCEPTED}
PROMISES = {
    "Handed in. You will be told when it is reviewed.": REVIEWED,
    "You will be told as soon as it is reviewed. It cannot be changed meanwhile.": REVIEWED,
    "You will be told as soon as it is reviewed. Nobody has opened it yet: you can take it back and go on with it.": (
        REVIEWED
    ),
}
"""Message that promises to tell → kinds of notices that keep the promise."""

DETAILS = {
    catalogue.WORK_HANDED_IN: {"count": 1, "id": 3, "name": "Ветрова Н. О.", "task": "Карта", "group": "Осенняя"},
    catalogue.ESSAY_HANDED_IN: {"count": 2, "id": 3, "name": "Ветрова Н. О.", "task": "Тест", "group": "Осенняя"},
    catalogue.WORK_RETURNED: {"enrolment_id": 1, "task_id": 2, "task": "Карта"},
    catalogue.WORK_ACCEPTED: {"enrolment_id": 1, "task_id": 2, "task": "Карта", "points": "9", "most": "13"},
    catalogue.WORK_TAKEN_BACK: {"enrolment_id": 1, "task_id": 2, "task": "Карта", "reason": "Проверена не та версия"},
    catalogue.DISK_FULL: {"free_bytes": 2**30, "total_bytes": 2**35},
    catalogue.ESSAY_READ: {"attempt_id": 1, "check": "Тест", "percent": "80"},
    catalogue.ATTEMPTS_USED: {
        "enrolment_id": 1,
        "check": "Тест",
        "name": "Ветрова Н. О.",
        "percent": "40",
        "threshold": "60",
    },
    catalogue.PROGRAMME_SUBMITTED: {"version_id": 1, "programme": "Урок", "organization": "Гимназия № 1"},
    catalogue.PROGRAMME_CONSIDERED: {"version_id": 1, "programme": "Урок"},
    catalogue.PROGRAMME_RETURNED: {"version_id": 1, "programme": "Урок"},
    catalogue.PROGRAMME_APPROVED: {"version_id": 1, "programme": "Урок"},
    catalogue.CERTIFICATE: {"kind": "certificate", "number": "2026-0001", "language": "ru"},
    catalogue.DEADLINE: {"enrolment_id": 1, "day": "2026-12-02", "what": "Наблюдение", "more": 2},
    catalogue.STATUS_ENDS: {"site": "Исследовательский урок", "until": "2027-05-01", "path": "/registry/sites/1"},
    catalogue.LETTERS_FAILED: {"count": 2, "recipient": "a@b.example"},
    catalogue.JOBS_FAILED: {"count": 2},
    catalogue.PLATFORM_SILENT: {"platform": "Moodle", "platform_id": 1},
    catalogue.LETTER_FAILED: {"name": "Ветрова Н. О.", "recipient": "a@b.example", "path": "/groups/1/trainees"},
}
"""Values of a notice of each kind."""

EVERYBODY_AT_ONCE = Actor(
    1,
    1,
    places=frozenset(
        {
            RoleAssignment("leader", "site", 1),
            RoleAssignment("methodologist", "authority", 1),
            RoleAssignment("director", "organization", 1),
        }
    ),
    is_administrator=True,
    enrolled_in=frozenset({1}),
)
"""A person with every part that a kind of notice names."""

KINDS = pytest.mark.parametrize("kind", catalogue.KINDS, ids=lambda kind: kind.name)


def test_every_promise_has_its_kind():
    promises = set()
    for path in RUSSIAN.glob("*.po"):
        with path.open("rb") as source:
            promises |= {
                str(message.id)
                for message in read_po(source, locale="ru")
                if message.id and "сообщим" in str(message.string).lower()
            }
    assert promises == set(PROMISES)
    assert set().union(*PROMISES.values()) <= {kind.name for kind in catalogue.KINDS}


def test_every_kind_has_values_here():
    assert {kind.name for kind in catalogue.KINDS} == set(DETAILS)


@KINDS
def test_kind_has_sentence_and_name_in_both_languages(kind: NoticeKind):
    told = {}
    for locale in ("ru", "en"):
        with use_locale(locale):
            told[locale] = (kind.sentence(DETAILS[kind.name]), kind.label())
    assert all(CYRILLIC.search(text) for text in told["ru"])
    assert not CYRILLIC.search(told["en"][1])
    assert told["ru"][0] != told["en"][0]
    assert not told["ru"][0].endswith(".")


@KINDS
def test_kind_leads_to_a_page(app: Flask, kind: NoticeKind):
    path = kind.path(DETAILS[kind.name])
    endpoint, _values = app.url_map.bind("localhost").match(path, method="GET")
    assert endpoint in app.view_functions


@KINDS
def test_kind_can_be_chosen(app: Flask, kind: NoticeKind):
    assert kind.channel in CHANNELS
    assert kind.name in {row.kind for row in letter_rows(EVERYBODY_AT_ONCE, {})}


def test_every_kind_is_written_somewhere():
    """By a handler of an event, by the clock, or by the watch over the disk."""
    composition.wire()
    trees = Sources.of(ROOT, ("lms",), without=("lms.migrations",)).trees
    used = {
        node.attr
        for module in ("lms.notices.handlers", "lms.notices.clock")
        for node in ast.walk(trees[module])
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "catalogue"
    }
    assert {disk.NOTICE, *(getattr(catalogue, name) for name in used)} == {kind.name for kind in catalogue.KINDS}
