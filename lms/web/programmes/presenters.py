"""States, documents and classes in words, for the pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from courses.models.programmes import ProgrammeVersion
from courses.programmes.names import document_name, part_name
from courses.programmes.plan import SectionRow, TopicRow
from lms.core.i18n import _


@dataclass(frozen=True, slots=True)
class StateWord:
    """How a state is shown: a kind of ``ui.state``, a word, an icon."""

    kind: str
    word: str
    icon: str


def state_word(state: str) -> StateWord:
    """A version's state in the current language."""
    words = {
        "draft": StateWord("", _("Draft"), "pencil"),
        "submitted": StateWord("go", _("With the council"), "send"),
        "considered": StateWord("go", _("Considered, waits for approval"), "gavel"),
        "approved": StateWord("ok", _("Approved"), "circle-check"),
        "returned": StateWord("warn", _("Returned with remarks"), "arrow-back-up"),
    }
    return words[state]


def version_word(version: ProgrammeVersion) -> str:
    """«Draft · version 2»."""
    return f"{state_word(version.state).word} · {_('version %(number)s', number=version.number)}"


def class_forms() -> list[str]:
    """Forms of class of the regulation (seed B 5.1), offered while typing."""
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
    """Forms of control that are usual, offered while typing."""
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
"""The lineage in the prototypes of rows; the script puts a real one in."""


def blank_section() -> SectionRow:
    """What a new section's row is made from."""
    return SectionRow(NOBODY)


def blank_topic() -> TopicRow:
    """What a new topic's row is made from."""
    return TopicRow(NOBODY)


LONG_WORD = re.compile(r"\w{11,}")
VOWEL, CONSONANT = "[аеёиоуыэюя]", "[бвгджзклмнпрстфхцчшщ]"
SYLLABLE = re.compile(
    rf"(?<=\w)({VOWEL}(?:й|{CONSONANT}[ьъ])?)(?={CONSONANT}{{1,2}}{VOWEL}\w)",
    re.IGNORECASE,
)


def softly(text: str) -> str:
    """The text with soft hyphens in its long Russian words: heads of narrow columns break where people would."""
    return LONG_WORD.sub(lambda word: SYLLABLE.sub("\\1\N{SOFT HYPHEN}", word[0]), text)


WORDS: dict[str, Callable[..., object]] = {
    "programme_state": state_word,
    "version_word": version_word,
    "class_forms": class_forms,
    "control_forms": control_forms,
    "part_name": part_name,
    "document_name": document_name,
    "softly": softly,
    "blank_section": blank_section,
    "blank_topic": blank_topic,
}
