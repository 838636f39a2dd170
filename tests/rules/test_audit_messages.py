"""Every action of the audit log has a sentence in both languages, and the log shows it with the names concerned."""

import ast
import re
from functools import cache
from pathlib import Path

from lms.audit_messages.catalogue import SENTENCES, sentence_of
from lms.core.i18n import use_locale
from tests.support.source_files import nodes_of
from tests.support.wiring import Sources

ROOT = Path(__file__).parents[2]
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")

COMPOSED = {
    "link.": {"card", "invitation", "reset"},
    "programme.": {"approved", "considered", "draft", "returned", "submitted"},
    "run.": {"cancel", "pause", "run"},
}
"""Beginning of an action that is composed with a value → the values."""

VALUES = {
    "role": "leader",
    "state": "enrolled",
    "until": "2027-05-01",
    "date": "2026-09-01",
    "decision": "accepted",
}
"""Values that a sentence puts into words; every other one is shown as it is."""


class Detail(dict[str, object]):
    """The values of an entry: any name has one."""

    def __missing__(self, name: str) -> object:
        return VALUES.get(name, 2)

    def get(self, name: str, _default: object = None) -> object:
        return self[name]


@cache
def recorded() -> set[str]:
    """Returns every action given to ``record``, to a helper of its module or composed there."""
    sources = Sources.of(ROOT, ("lms", "courses", "assessment"), without=("lms.migrations", "lms.audit_messages"))
    found: set[str] = set()
    for tree in sources.trees.values():
        for call in (node for node in nodes_of(tree) if isinstance(node, ast.Call)):
            if _name(call.func) in {"record", "_record", "_changed"}:
                found |= {
                    part.value
                    for value in call.args
                    for part in ast.walk(value)
                    if isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and (ACTION.fullmatch(part.value) or part.value in COMPOSED)
                }
    composed = {prefix + value for prefix in COMPOSED.keys() & found for value in COMPOSED[prefix]}
    return (found - COMPOSED.keys()) | composed


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_action_has_a_sentence():
    actions = recorded()
    assert len(actions) > 90, "the reader of the sources finds no actions: it is broken"
    assert actions - SENTENCES.keys() == set()


def test_every_sentence_belongs_to_an_action():
    assert SENTENCES.keys() - recorded() == set()


def test_sentences_are_in_both_languages():
    for action in SENTENCES:
        with use_locale("en"):
            english = sentence_of(action, Detail())
        with use_locale("ru"):
            russian = sentence_of(action, Detail())
        assert english and not CYRILLIC.search(english), action
        assert CYRILLIC.search(russian) and not russian.endswith("."), action


def test_unknown_action_has_no_sentence():
    assert sentence_of("weather.rain", {}) == ""
