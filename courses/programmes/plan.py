"""The thematic plan as plain data: edited in the editor, proposed by an import, compared between versions.

The same type serves a version's rows and an imported document. Rows and columns are identified by their *lineage* (a
UUID as text), which the browser may choose, so that adding a row twice adds one row. Hours are academic hours of 45
minutes.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from courses import hours
from lms.core.i18n import _

TOTAL = "total"
"""Key of a section's stated total hours."""
SECTIONS_AT_MOST = 60
TOPICS_AT_MOST = 400
KINDS_AT_MOST = 12
TITLE_AT_MOST = 500
KIND_AT_MOST = 120
TEXT_AT_MOST = 20_000


def new_lineage() -> str:
    """Returns a new lineage for a row or a column."""
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
        """Hours of all kinds."""
        return sum(self.hours.values(), Decimal(0))


@dataclass
class SectionRow:
    """A section with its topics; ``stated``: kind's lineage or ``total`` → hours stated in the section's own row."""

    lineage: str
    title: str = ""
    stated: dict[str, Decimal] = field(default_factory=dict)
    topics: list[TopicRow] = field(default_factory=list)

    def sum(self, kind: str) -> Decimal:
        """Returns the sum over its topics; ``kind`` may be ``total``."""
        if kind == TOTAL:
            return sum((topic.total for topic in self.topics), Decimal(0))
        return sum((topic.hours.get(kind, Decimal(0)) for topic in self.topics), Decimal(0))


@dataclass
class ThematicPlan:
    """Sections and topics, columns of hours, the stated workload, and texts edited on the same page."""

    workload: Decimal = Decimal(0)
    kinds: list[Kind] = field(default_factory=list)
    sections: list[SectionRow] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def topics(self) -> Iterator[TopicRow]:
        """Yields all topics in order."""
        for section in self.sections:
            yield from section.topics

    @property
    def total(self) -> Decimal:
        """Hours of all topics."""
        return sum((topic.total for topic in self.topics()), Decimal(0))

    def kind(self, lineage: str) -> Kind | None:
        """Returns the column of this lineage."""
        return next((kind for kind in self.kinds if kind.lineage == lineage), None)

    def section(self, lineage: str) -> SectionRow | None:
        """Returns the section of this lineage."""
        return next((section for section in self.sections if section.lineage == lineage), None)

    def topic(self, lineage: str) -> TopicRow | None:
        """Returns the topic of this lineage."""
        return next((topic for topic in self.topics() if topic.lineage == lineage), None)

    def section_of(self, topic: TopicRow) -> SectionRow:
        """Returns the section of the topic."""
        return next(section for section in self.sections if topic in section.topics)

    def labels(self) -> dict[str, str]:
        """Returns lineage → number as shown: 2 for a section, 2.3 for a topic."""
        found = {}
        for place, section in enumerate(self.sections, 1):
            found[section.lineage] = str(place)
            for spot, topic in enumerate(section.topics, 1):
                found[topic.lineage] = f"{place}.{spot}"
        return found


# As JSON


def hours_text(value: Decimal | None) -> str:
    """Returns hours as text for the page and JSON: ``1.5``; empty for zero."""
    if not value:
        return ""
    return f"{value.normalize():f}"


def _hours_json(mapping: dict[str, Decimal]) -> dict[str, str]:
    return {key: hours_text(value) or "0" for key, value in mapping.items()}


def topic_json(topic: TopicRow) -> dict[str, Any]:
    """Returns a topic as JSON."""
    return {
        "lineage": topic.lineage,
        "title": topic.title,
        "class_form": topic.class_form,
        "control_form": topic.control_form,
        "hours": _hours_json({kind: value for kind, value in topic.hours.items() if value}),
    }


def to_json(plan: ThematicPlan) -> dict[str, Any]:
    """Returns the plan as JSON."""
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
    """Returns a topic from the JSON of ``topic_json``."""
    return TopicRow(
        data["lineage"],
        data.get("title", ""),
        data.get("class_form", ""),
        data.get("control_form", ""),
        {kind: Decimal(value) for kind, value in data.get("hours", {}).items() if Decimal(value)},
    )


def from_json(data: dict[str, Any]) -> ThematicPlan:
    """Returns the plan from the JSON of ``to_json``."""
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


# Sums


def section_label(number: str) -> str:
    """Returns a section's label in messages."""
    return _("Section %(number)s", number=number)


def topic_label(number: str) -> str:
    """Returns a topic's label in messages."""
    return _("Topic %(number)s", number=number)


def balance(plan: ThematicPlan) -> hours.Balance:
    """Checks the plan's sums; the ``key`` of problems and remarks is the row's lineage."""
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
