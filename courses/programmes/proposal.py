"""Turns an imported document into a proposed programme, which the author corrects."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from courses.importing.model import ImportedCriterion, ImportedProgramme
from courses.thematic_plan.model import (
    KIND_AT_MOST,
    KINDS_AT_MOST,
    SECTIONS_AT_MOST,
    TITLE_AT_MOST,
    TOPICS_AT_MOST,
    TOTAL,
    SectionRow,
    ThematicPlan,
    TopicRow,
)
from courses.thematic_plan.plan_json import from_json, to_json
from lms.core.sentences import ErrorDetail, stored_detail

TEXTS = ("title", "audience", "form", "key_ideas", "goal", "tasks")
"""Parts corrected in the preview, next to the workload and the plan."""
POINTS_UNKNOWN = Decimal(1)
"""Points of a criterion for which the document gives none."""


@dataclass(slots=True)
class Proposal:
    """The imported document, and the plan and texts with the corrections made since."""

    imported: ImportedProgramme
    plan: ThematicPlan
    losses: tuple[ErrorDetail, ...] = ()
    """Parts of the document that the programme cannot store unchanged; the preview shows them."""

    def to_json(self) -> dict[str, Any]:
        """Returns the JSON stored in the import draft."""
        losses = [loss.as_json() for loss in self.losses]
        return {"imported": self.imported.to_json(), "plan": to_json(self.plan), "losses": losses}


def restore(content: dict[str, Any]) -> Proposal:
    """Returns the proposal from the JSON of ``Proposal.to_json``."""
    losses = tuple(map(stored_detail, content.get("losses", ())))
    return Proposal(ImportedProgramme.from_json(content["imported"]), from_json(content["plan"]), losses)


def propose(imported: ImportedProgramme, *, with_texts: bool = True) -> Proposal:
    """Returns the proposed programme with the document's own texts; the author corrects it."""
    plan = _within_limits(imported.plan)
    plan.workload = imported.hours
    if with_texts:
        plan.texts = {name: _text(imported, name) for name in TEXTS}
    return Proposal(imported, plan, tuple(_losses(imported)))


def _text(imported: ImportedProgramme, name: str) -> str:
    value = getattr(imported, name)
    text = "\n".join(value) if isinstance(value, tuple) else value
    return text[:TITLE_AT_MOST] if name == "title" else text


def _within_limits(plan: ThematicPlan) -> ThematicPlan:
    """Returns a copy without what a programme cannot store."""
    kinds = [replace(kind, name=kind.name[:KIND_AT_MOST]) for kind in plan.kinds[:KINDS_AT_MOST]]
    kept = {TOTAL, *(kind.lineage for kind in kinds)}
    sections, left = [], TOPICS_AT_MOST
    for section in plan.sections[:SECTIONS_AT_MOST]:
        sections.append(_section(section, kept, left))
        left -= len(sections[-1].topics)
    return ThematicPlan(plan.workload, kinds, sections)


def _section(section: SectionRow, kinds: set[str], most: int) -> SectionRow:
    """Returns a copy with at most so many topics."""
    topics = [_topic(topic, kinds) for topic in section.topics[:most]]
    return SectionRow(section.lineage, section.title[:TITLE_AT_MOST], _hours(section.stated, kinds), topics)


def _topic(topic: TopicRow, kinds: set[str]) -> TopicRow:
    return TopicRow(
        topic.lineage,
        topic.title[:TITLE_AT_MOST],
        topic.class_form[:TITLE_AT_MOST],
        topic.control_form[:TITLE_AT_MOST],
        _hours(topic.hours, kinds),
    )


def _hours(hours: dict[str, Decimal], kinds: set[str]) -> dict[str, Decimal]:
    return {kind: value for kind, value in hours.items() if kind in kinds}


def _losses(imported: ImportedProgramme) -> Iterator[ErrorDetail]:
    """Yields what the programme cannot store as the document has it."""
    groups = [group.label for section in imported.facts.groups.values() for group in section]
    if groups:
        yield ErrorDetail("import_groups_left_out", params={"rows": "; ".join(groups)})
    unknown = [criterion.name for criterion in imported.criteria if not criterion.max_points]
    if unknown:
        yield ErrorDetail("import_points_unknown", params={"names": "; ".join(unknown)})
    if len(imported.plan.kinds) > KINDS_AT_MOST:
        yield ErrorDetail("import_kinds_cut", params={"most": KINDS_AT_MOST})
    if len(imported.plan.sections) > SECTIONS_AT_MOST:
        yield ErrorDetail("import_sections_cut", params={"most": SECTIONS_AT_MOST})
    if sum(len(section.topics) for section in imported.plan.sections[:SECTIONS_AT_MOST]) > TOPICS_AT_MOST:
        yield ErrorDetail("import_topics_cut", params={"most": TOPICS_AT_MOST})


def points(imported: ImportedProgramme, criterion: ImportedCriterion) -> tuple[Decimal, Decimal]:
    """Returns the most and the least points of a criterion."""
    most = criterion.max_points or POINTS_UNKNOWN
    least = criterion.min_points if criterion.min_points is not None else imported.min_per_criterion
    return most, min(least or Decimal(0), most)
