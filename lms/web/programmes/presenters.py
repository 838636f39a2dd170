"""Texts of states, documents and forms of class for the pages of programmes."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from courses.models.programmes import ProgrammeVersion
from courses.programmes.names import document_name, part_name
from courses.programmes.plan import SectionRow, TopicRow
from lms.core.i18n import _


@dataclass(frozen=True, slots=True)
class StateWord:
    """A state as shown: kind of ``ui.state``, word, icon."""

    kind: str
    word: str
    icon: str


def state_word(state: str) -> StateWord:
    """Returns a version's state in the current language."""
    words = {
        "draft": StateWord("", _("Draft"), "pencil"),
        "submitted": StateWord("go", _("With the council"), "send"),
        "considered": StateWord("go", _("Considered, waits for approval"), "gavel"),
        "approved": StateWord("ok", _("Approved"), "circle-check"),
        "returned": StateWord("warn", _("Returned with remarks"), "arrow-back-up"),
    }
    return words[state]


def version_word(version: ProgrammeVersion) -> str:
    """Returns state and number: «Draft · version 2»."""
    return f"{state_word(version.state).word} · {_('version %(number)s', number=version.number)}"


def class_forms() -> list[str]:
    """Returns the forms of class of the regulation (B 5.1), as suggestions."""
    return [
        _("lecture"),
        _("remote lecture"),
        _("seminar"),
        _("remote seminar"),
        _("practicum"),
        _("open lesson"),
        _("open class"),
        _("lesson design"),
        _("lesson map"),
        _("round table"),
        _("consultation"),
        _("syllabus revision"),
    ]


def control_forms() -> list[str]:
    """Returns usual forms of control, as suggestions."""
    return [
        _("test"),
        _("self-assessment sheet"),
        _("lesson analysis"),
        _("practical work"),
        _("interview"),
        _("project defence"),
        _("credit"),
    ]


NOBODY = "00000000-0000-0000-0000-000000000000"
"""Lineage in the prototypes of rows, which the script replaces with a real one."""


def blank_section() -> SectionRow:
    """Returns the prototype of a new section's row."""
    return SectionRow(NOBODY)


def blank_topic() -> TopicRow:
    """Returns the prototype of a new topic's row."""
    return TopicRow(NOBODY)


LONG_WORD = re.compile(r"\w{11,}")
VOWEL, CONSONANT = "[аеёиоуыэюя]", "[бвгджзклмнпрстфхцчшщ]"
SYLLABLE = re.compile(
    rf"(?<=\w)({VOWEL}(?:й|{CONSONANT}[ьъ])?)(?={CONSONANT}{{1,2}}{VOWEL}\w)",
    re.IGNORECASE,
)


def with_soft_hyphens(text: str) -> str:
    """Returns the text with soft hyphens in long Russian words, so that heads of narrow columns wrap correctly."""
    return LONG_WORD.sub(lambda word: SYLLABLE.sub("\\1\N{SOFT HYPHEN}", word[0]), text)


WORDS: dict[str, Callable[..., object]] = {
    "programme_state": state_word,
    "version_word": version_word,
    "class_forms": class_forms,
    "control_forms": control_forms,
    "part_name": part_name,
    "document_name": document_name,
    "softly": with_soft_hyphens,
    "blank_section": blank_section,
    "blank_topic": blank_topic,
}
