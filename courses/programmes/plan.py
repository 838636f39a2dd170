"""The thematic plan as plain data: what the editor edits, an import proposes and two versions are compared by.

It is the same for a version's rows and for an imported document that is not a programme yet. Rows and columns are known
by their *lineage* (a UUID as text), which the browser may choose: so adding a row twice adds it once.
Hours are academic hours of 45 minutes.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from courses import hours
from lms.core.i18n import _

TOTAL = "total"
"""The key of a section's overall stated hours."""
SECTIONS_AT_MOST = 60
TOPICS_AT_MOST = 400
KINDS_AT_MOST = 12
TITLE_AT_MOST = 500
KIND_AT_MOST = 120
TEXT_AT_MOST = 20_000


def new_lineage() -> str:
    """A fresh name for a row or a column."""
    return str(uuid.uuid4())


@dataclass
class Kind:
    """A column of hours."""

    lineage: str
    name: str


@dataclass
class TopicRow:
    """A topic: hours per kind (by the kind's lineage), form of class, form of control."""

    lineage: str
    title: str = ""
    class_form: str = ""
    control_form: str = ""
    hours: dict[str, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """Over all kinds."""
        return sum(self.hours.values(), Decimal(0))


@dataclass
class SectionRow:
    """A section with its topics; ``stated``: kind's lineage or ``total`` → what the section row says of itself."""

    lineage: str
    title: str = ""
    stated: dict[str, Decimal] = field(default_factory=dict)
    topics: list[TopicRow] = field(default_factory=list)

    def sum(self, kind: str) -> Decimal:
        """Over its topics; ``kind`` may be ``total``."""
        if kind == TOTAL:
            return sum((topic.total for topic in self.topics), Decimal(0))
        return sum((topic.hours.get(kind, Decimal(0)) for topic in self.topics), Decimal(0))


@dataclass
class ThematicPlan:
    """Sections and topics, the columns of hours, the stated workload, and texts that are edited on the same page."""

    workload: Decimal = Decimal(0)
    kinds: list[Kind] = field(default_factory=list)
    sections: list[SectionRow] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def topics(self) -> Iterator[TopicRow]:
        """All topics, in order."""
        for section in self.sections:
            yield from section.topics

    @property
    def total(self) -> Decimal:
        """What the topics add up to."""
        return sum((topic.total for topic in self.topics()), Decimal(0))

    def kind(self, lineage: str) -> Kind | None:
        """The column of this lineage."""
        return next((kind for kind in self.kinds if kind.lineage == lineage), None)

    def section(self, lineage: str) -> SectionRow | None:
        """The section of this lineage."""
        return next((section for section in self.sections if section.lineage == lineage), None)

    def topic(self, lineage: str) -> TopicRow | None:
        """The topic of this lineage."""
        return next((topic for topic in self.topics() if topic.lineage == lineage), None)

    def section_of(self, topic: TopicRow) -> SectionRow:
        """Where the topic stands."""
        return next(section for section in self.sections if topic in section.topics)

    def labels(self) -> dict[str, str]:
        """Lineage → the number that a person reads: 2 for a section, 2.3 for a topic."""
        found = {}
        for place, section in enumerate(self.sections, 1):
            found[section.lineage] = str(place)
            for spot, topic in enumerate(section.topics, 1):
                found[topic.lineage] = f"{place}.{spot}"
        return found


# As JSON


def hours_text(value: Decimal | None) -> str:
    """Hours as the page and JSON carry them: ``1.5``; nothing for zero."""
    if not value:
        return ""
    return f"{value.normalize():f}"


def _hours_json(mapping: dict[str, Decimal]) -> dict[str, str]:
    return {key: hours_text(value) or "0" for key, value in mapping.items()}


def topic_json(topic: TopicRow) -> dict[str, Any]:
    """A topic as JSON."""
    return {
        "lineage": topic.lineage,
        "title": topic.title,
        "class_form": topic.class_form,
        "control_form": topic.control_form,
        "hours": _hours_json({kind: value for kind, value in topic.hours.items() if value}),
    }


def to_json(plan: ThematicPlan) -> dict[str, Any]:
    """The plan as JSON."""
    return {
        "workload": hours_text(plan.workload),
        "kinds": [{"lineage": kind.lineage, "name": kind.name} for kind in plan.kinds],
        "sections": [
            {
                "lineage": section.lineage,
                "title": section.title,
                "stated": _hours_json(section.stated),
                "topics": [topic_json(topic) for topic in section.topics],
            }
            for section in plan.sections
        ],
        "texts": dict(plan.texts),
    }


def topic_from_json(data: dict[str, Any]) -> TopicRow:
    """A topic from the JSON that ``topic_json`` wrote."""
    return TopicRow(
        data["lineage"],
        data.get("title", ""),
        data.get("class_form", ""),
        data.get("control_form", ""),
        {kind: Decimal(value) for kind, value in data.get("hours", {}).items() if Decimal(value)},
    )


def from_json(data: dict[str, Any]) -> ThematicPlan:
    """The plan from the JSON that ``to_json`` wrote."""
    return ThematicPlan(
        Decimal(data.get("workload") or 0),
        [Kind(kind["lineage"], kind["name"]) for kind in data["kinds"]],
        [
            SectionRow(
                section["lineage"],
                section["title"],
                {kind: Decimal(value) for kind, value in section.get("stated", {}).items()},
                [topic_from_json(topic) for topic in section["topics"]],
            )
            for section in data["sections"]
        ],
        dict(data.get("texts", {})),
    )


# Adding up


def section_label(number: str) -> str:
    """How a section is named in a message."""
    return _("Section %(number)s", number=number)


def topic_label(number: str) -> str:
    """How a topic is named in a message."""
    return _("Topic %(number)s", number=number)


def balance(plan: ThematicPlan) -> hours.Balance:
    """What the plan adds up to; problems and remarks carry the row's lineage as ``key``."""
    numbers = plan.labels()
    return hours.check(
        hours.Plan(
            {kind.lineage: kind.name for kind in plan.kinds},
            tuple(_group(section, numbers) for section in plan.sections),
            workload=plan.workload,
        )
    )


def _group(section: SectionRow, numbers: dict[str, str]) -> hours.PlanGroup:
    stated = {None if kind == TOTAL else kind: value for kind, value in section.stated.items()}
    return hours.PlanGroup(
        section_label(numbers[section.lineage]),
        tuple(
            hours.PlanTopic(
                topic_label(numbers[topic.lineage]),
                topic.hours,
                class_form=topic.class_form,
                control=topic.control_form,
                key=topic.lineage,
            )
            for topic in section.topics
        ),
        stated,
        section.lineage,
    )
