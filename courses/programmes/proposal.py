"""Turns an imported document into a proposed programme, which the author corrects."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from courses.hours import PlanGroup, PlanTopic, leaves
from courses.importing.model import ImportedCriterion, ImportedProgramme
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
from lms.core.sentences import ErrorDetail

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
        losses = [asdict(loss) for loss in self.losses]
        return {"imported": self.imported.to_json(), "plan": to_json(self.plan), "losses": losses}


def restore(content: dict[str, Any]) -> Proposal:
    """Returns the proposal from the JSON of ``Proposal.to_json``."""
    losses = tuple(ErrorDetail(**loss) for loss in content.get("losses", ()))
    return Proposal(ImportedProgramme.from_json(content["imported"]), from_json(content["plan"]), losses)


def propose(imported: ImportedProgramme, *, with_texts: bool = True) -> Proposal:
    """Returns the proposed programme with the document's own texts; the author corrects it."""
    kinds = {name: Kind(new_lineage(), name[:KIND_AT_MOST]) for name in list(imported.plan.kinds)[:KINDS_AT_MOST]}
    plan = ThematicPlan(imported.hours, list(kinds.values()))
    plan.sections = [_section(section, kinds) for section in imported.plan.rows[:SECTIONS_AT_MOST]]
    if with_texts:
        plan.texts = {name: _text(imported, name) for name in TEXTS}
    return Proposal(imported, plan, tuple(_losses(imported)))


def _text(imported: ImportedProgramme, name: str) -> str:
    value = getattr(imported, name)
    text = "\n".join(value) if isinstance(value, tuple) else value
    return text[:TITLE_AT_MOST] if name == "title" else text


def _section(row: PlanGroup | PlanTopic, kinds: dict[str, Kind]) -> SectionRow:
    """Returns the section; one that carries its hours itself gets one topic with its name."""
    section = SectionRow(new_lineage(), row.title[:TITLE_AT_MOST], _stated(row, kinds))
    section.topics = [_topic(topic, kinds) for topic in leaves([row])]
    return section


def _stated(row: PlanGroup | PlanTopic, kinds: dict[str, Kind]) -> dict[str, Decimal]:
    if isinstance(row, PlanTopic):
        return {} if row.stated_total is None else {TOTAL: row.stated_total}
    lineages: dict[str | None, str] = {name: kind.lineage for name, kind in kinds.items()}
    lineages[None] = TOTAL
    return {lineages[name]: value for name, value in row.stated.items() if name in lineages}


def _topic(topic: PlanTopic, kinds: dict[str, Kind]) -> TopicRow:
    return TopicRow(
        new_lineage(),
        topic.title[:TITLE_AT_MOST],
        topic.class_form[:TITLE_AT_MOST],
        topic.control[:TITLE_AT_MOST],
        {kinds[name].lineage: value for name, value in topic.hours.items() if value and name in kinds},
    )


def _losses(imported: ImportedProgramme) -> Iterator[ErrorDetail]:
    """Yields what the programme cannot store as the document has it."""
    sections = [row for row in imported.plan.rows if isinstance(row, PlanGroup)]
    groups = [label for section in sections for label in _groups(section)]
    if groups:
        yield ErrorDetail("import_groups_left_out", params={"rows": "; ".join(groups)})
    unknown = [criterion.name for criterion in imported.criteria if not criterion.max_points]
    if unknown:
        yield ErrorDetail("import_points_unknown", params={"names": "; ".join(unknown)})
    if len(imported.plan.kinds) > KINDS_AT_MOST:
        yield ErrorDetail("import_kinds_cut", params={"most": KINDS_AT_MOST})
    if len(imported.plan.rows) > SECTIONS_AT_MOST:
        yield ErrorDetail("import_sections_cut", params={"most": SECTIONS_AT_MOST})
    if len(list(leaves(sections))) > TOPICS_AT_MOST:
        yield ErrorDetail("import_topics_cut", params={"most": TOPICS_AT_MOST})


def _groups(section: PlanGroup) -> Iterator[str]:
    """Yields labels of the rows between the section and its topics."""
    for row in section.topics:
        if isinstance(row, PlanGroup):
            yield row.label
            yield from _groups(row)


def points(imported: ImportedProgramme, criterion: ImportedCriterion) -> tuple[Decimal, Decimal]:
    """Returns the most and the least points of a criterion."""
    most = criterion.max_points or POINTS_UNKNOWN
    least = criterion.min_points if criterion.min_points is not None else imported.min_per_criterion
    return most, min(least or Decimal(0), most)
