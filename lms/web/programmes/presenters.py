"""Texts of states, documents and forms of class for the pages of programmes, and the plan's table: numbers, sums,
mismatches.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from courses.models.programmes import ProgrammeVersion
from courses.programmes.edits import ChangeResult
from courses.programmes.readiness import ReadinessNote, plan_problems, plan_warnings
from courses.thematic_plan.arithmetic import Balance, Fault, check
from courses.thematic_plan.model import SectionRow, ThematicPlan, TopicRow
from courses.thematic_plan.plan_json import to_json
from lms.core.i18n import _, format_hours
from lms.web.programmes.position_labels import document_name, part_name
from lms.web.shell.badges import Badge


def state_word(state: str) -> Badge:
    """Returns the badge of a version's state."""
    words = {
        "draft": Badge("", icon="pencil", word=_("Draft")),
        "submitted": Badge("go", icon="send", word=_("With the council")),
        "considered": Badge("go", icon="gavel", word=_("Considered, waits for approval")),
        "approved": Badge("ok", icon="circle-check", word=_("Approved")),
        "returned": Badge("warn", icon="arrow-back-up", word=_("Returned with remarks")),
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


ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Fix:
    """A mismatch between a section's stated hours and its topics, with a topic that could take the difference."""

    section: str
    gap: Decimal
    sentence: str
    topic: str = ""
    """Lineage of the topic that could take the difference, with its number and the column."""
    number: str = ""
    kind: str = ""

    @property
    def headline(self) -> str:
        """Text of the difference: «0.5 h too many»."""
        return gap_words(self.gap)


def gap_words(gap: Decimal) -> str:
    """Returns the text of the difference between sum and stated hours."""
    if gap > 0:
        return _("%(hours)s h too many", hours=format_hours(gap))
    return _("%(hours)s h missing", hours=format_hours(-gap))


@dataclass(slots=True)
class PlanTable:
    """Values for the macros of ``programmes/_plan_table.html``."""

    plan: ThematicPlan
    balance: Balance
    numbers: dict[str, str]
    fixes: dict[str, Fix]
    problems: tuple[ReadinessNote, ...]
    warnings: tuple[ReadinessNote, ...]
    complaints: dict[str, ChangeResult] = field(default_factory=dict)
    """Cell → message about its rejected change (form without script)."""
    typed: dict[str, str] = field(default_factory=dict)
    """Cell → rejected text, which stays in its field."""
    chosen: str = ""
    """Row whose actions are shown (page without script)."""

    @property
    def gap(self) -> Decimal:
        """Hours by which the topics exceed the stated workload."""
        return self.balance.total - self.plan.workload

    @property
    def blocking(self) -> int:
        """Number of problems: each section counts once, and the workload if no section explains its difference."""
        faults = (Fault.SUM, *((Fault.WORKLOAD,) if self.fixes else ()))
        return len(self.fixes) + len(self.problems) - sum(1 for p in self.balance.problems if p.fault in faults)

    def sum(self, section: SectionRow, kind: str) -> Decimal:
        """Returns a section's hours of a kind, or its total."""
        return section.sum(kind)

    def stated(self, section: SectionRow, kind: str) -> Decimal | None:
        """Returns the hours that the section states, if they differ from its topics."""
        said = section.stated.get(kind)
        return None if said is None or said == section.sum(kind) else said

    def state(self) -> dict[str, Any]:
        """The plan as the script and the form's hidden field keep it."""
        return to_json(self.plan)


def plan_table(plan: ThematicPlan) -> PlanTable:
    """Returns the plan with its sums."""
    sums = check(plan)
    numbers = plan.labels()
    fixes = {section.lineage: fix for section in plan.sections if (fix := _fix(section, sums, numbers))}
    return PlanTable(plan, sums, numbers, fixes, plan_problems(plan, sums), plan_warnings(sums))


def _fix(section: SectionRow, sums: Balance, numbers: dict[str, str]) -> Fix | None:
    own = [p for p in sums.problems if p.key == section.lineage and p.fault is Fault.SUM]
    if not own:
        return None
    by_kind = next((problem for problem in own if problem.kind), own[0])
    gap = (own[0].expected or ZERO) - (own[0].found or ZERO)
    sentence = f"{own[0].where.message}. {' '.join(problem.message for problem in own)}"
    topic, kind = _giving_way(section, by_kind.kind, (by_kind.expected or ZERO) - (by_kind.found or ZERO))
    if topic is None:
        return Fix(section.lineage, gap, sentence)
    return Fix(section.lineage, gap, sentence, topic.lineage, numbers[topic.lineage], kind)


def _giving_way(section: SectionRow, kind: str | None, gap: Decimal) -> tuple[TopicRow | None, str]:
    """Returns the topic and column with the most hours, which can best take the difference."""
    cells = [
        (value, topic, column)
        for topic in section.topics
        for column, value in topic.hours.items()
        if (kind is None or column == kind) and value >= gap
    ]
    if not cells:
        return None, ""
    best = max(cells, key=lambda cell: cell[0])
    return best[1], best[2]
