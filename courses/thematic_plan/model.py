"""The thematic plan as plain data: read from a document, added up, edited, stored, compared between versions.

There is no other form of a plan: the import builds it, the editor changes it, the store keeps it. Rows and columns are
identified by their *lineage* (a UUID as text), which the browser may choose, so that adding a row twice adds one row.
Hours are academic hours of 45 minutes, ``Decimal`` in quarter steps.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

TOTAL = "total"
"""Key of the sum over all kinds of hours, beside the kinds' lineages."""
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
        return sum_of(self.topics, kind)


def sum_of(topics: Iterable[TopicRow], kind: str) -> Decimal:
    """Returns the sum over the topics; ``kind``: a kind's lineage or ``total``."""
    if kind == TOTAL:
        return sum((topic.total for topic in topics), Decimal(0))
    return sum((topic.hours.get(kind, Decimal(0)) for topic in topics), Decimal(0))


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

    def titles(self) -> Iterator[str]:
        """Yields the titles of all sections and topics."""
        for section in self.sections:
            yield from (section.title, *(topic.title for topic in section.topics))

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
