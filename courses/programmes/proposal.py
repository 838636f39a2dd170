"""Turns an imported document into a proposed programme, which the author corrects."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from courses.importing.model import ImportedCriterion, ImportedProgramme, ImportedSection, ImportedTopic
from courses.programmes.plan import (
    KIND_AT_MOST,
    KINDS_AT_MOST,
    SECTIONS_AT_MOST,
    TITLE_AT_MOST,
    TOPICS_AT_MOST,
    TOTAL,
    Kind,
    SectionRow,
    ThematicPlan,
    TopicRow,
    from_json,
    new_lineage,
    to_json,
)
from lms.core.i18n import _

TEXTS = ("title", "audience", "form", "key_ideas", "goal", "tasks")
"""Parts corrected in the preview, next to the workload and the plan."""
POINTS_UNKNOWN = Decimal(1)
"""Points of a criterion for which the document gives none."""


@dataclass(slots=True)
class Proposal:
    """The imported document, and the plan and texts with the corrections made since."""

    imported: ImportedProgramme
    plan: ThematicPlan

    def to_json(self) -> dict[str, Any]:
        """Returns the JSON stored in the import draft."""
        return {"imported": self.imported.to_json(), "plan": to_json(self.plan)}


def restore(content: dict[str, Any]) -> Proposal:
    """Returns the proposal from the JSON of ``Proposal.to_json``."""
    return Proposal(ImportedProgramme.from_json(content["imported"]), from_json(content["plan"]))


def propose(imported: ImportedProgramme, *, with_texts: bool = True) -> Proposal:
    """Returns the proposed programme with the document's own texts; the author corrects it."""
    kinds = {name: Kind(new_lineage(), name[:KIND_AT_MOST]) for name in imported.kinds[:KINDS_AT_MOST]}
    plan = ThematicPlan(imported.hours, list(kinds.values()))
    plan.sections = [_section(section, kinds) for section in imported.sections[:SECTIONS_AT_MOST]]
    if with_texts:
        plan.texts = {name: _text(imported, name) for name in TEXTS}
    return Proposal(imported, plan)


def _text(imported: ImportedProgramme, name: str) -> str:
    value = getattr(imported, name)
    text = "\n".join(value) if isinstance(value, tuple) else value
    return text[:TITLE_AT_MOST] if name == "title" else text


def _section(section: ImportedSection, kinds: dict[str, Kind]) -> SectionRow:
    stated = {kinds[name].lineage: value for name, value in section.stated_hours.kinds.items() if name in kinds}
    if section.stated_hours.total is not None:
        stated[TOTAL] = section.stated_hours.total
    row = SectionRow(new_lineage(), section.title[:TITLE_AT_MOST], stated)
    # A section with hours in its own row is stored as one topic of its name.
    topics = section.topics or (
        ImportedTopic("", section.title, section.hours, None, section.class_form, section.control),
    )
    row.topics = [_topic(topic, kinds) for topic in topics]
    return row


def _topic(topic: ImportedTopic, kinds: dict[str, Kind]) -> TopicRow:
    return TopicRow(
        new_lineage(),
        topic.title[:TITLE_AT_MOST],
        topic.class_form[:TITLE_AT_MOST],
        topic.control[:TITLE_AT_MOST],
        {kinds[name].lineage: value for name, value in topic.hours.items() if value and name in kinds},
    )


def import_losses(imported: ImportedProgramme) -> Iterator[str]:
    """Yields messages on what the programme cannot store as the document has it; the preview shows them."""
    groups = [group.label for section in imported.sections for group in section.groups]
    if groups:
        yield _(
            "The plan has two levels here; these rows between section and topic are left out: %(rows)s.",
            rows="; ".join(groups),
        )
    unknown = [criterion.name for criterion in imported.criteria if not criterion.max_points]
    if unknown:
        yield _("No points are given for: %(names)s. One point is put in each.", names="; ".join(unknown))
    for most, count, said in (
        (KINDS_AT_MOST, len(imported.kinds), _("columns of hours")),
        (SECTIONS_AT_MOST, len(imported.sections), _("sections")),
        (TOPICS_AT_MOST, sum(len(section.topics) for section in imported.sections), _("topics")),
    ):
        if count > most:
            yield _("At most %(most)s are kept: %(what)s.", most=most, what=said)


def points(imported: ImportedProgramme, criterion: ImportedCriterion) -> tuple[Decimal, Decimal]:
    """Returns the most and the least points of a criterion."""
    most = criterion.max_points or POINTS_UNKNOWN
    least = criterion.min_points if criterion.min_points is not None else imported.min_per_criterion
    return most, min(least or Decimal(0), most)
