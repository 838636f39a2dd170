"""Facts of a document about its plan that a programme does not store: numbers of rows, stated sums to compare.

They belong to one :class:`~courses.thematic_plan.model.ThematicPlan`, whose rows they name by lineage.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from courses.thematic_plan.model import TopicRow

Stated = Mapping[str, Decimal]
"""Sums that a row states: kind's lineage or ``total`` → hours. A missing key is not stated."""


@dataclass
class TopicGroup:
    """A row between a section and its topics, which states the sums of these topics."""

    label: str
    """Number and title."""
    stated: Stated = field(default_factory=dict)
    topics: list[TopicRow] = field(default_factory=list)


@dataclass
class DocumentFacts:
    """Facts about a plan beyond its sections, topics and hours; keys are lineages of rows."""

    numbers: dict[str, str] = field(default_factory=dict)
    """Numbers of sections and topics as the document writes them: 1.2, IV."""
    totals: dict[str, Decimal] = field(default_factory=dict)
    """Totals stated in the rows of topics."""
    controls: dict[str, str] = field(default_factory=dict)
    """Forms of control in the rows of sections; topics have their own."""
    groups: dict[str, list[TopicGroup]] = field(default_factory=dict)
    """Per section the rows between it and its topics; an outer group precedes those inside it."""
    alone: set[str] = field(default_factory=set)
    """Sections without topics in the document: one row is both the section and its only topic."""
    stated: Stated = field(default_factory=dict)
    """Sums in the total row."""
    has_class_forms: bool = True
    """False if the document has no such column: then the plan gets one remark instead of one for each topic."""
    has_control_forms: bool = True

    def label(self, lineage: str, title: str) -> str:
        """Returns the name of a row in the document: number and title."""
        return f"{self.numbers.get(lineage, '')} {title}".strip()
