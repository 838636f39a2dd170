"""A version as plain data: everything that the council decides on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from courses.models.programmes import Descriptor, ProgrammeVersion
from courses.programmes.outcomes import DESCRIPTOR_KINDS, competencies, criteria
from courses.programmes.plan_store import load_plan
from courses.programmes.text_fields import PARTS
from courses.thematic_plan.model import ThematicPlan


@dataclass(frozen=True, slots=True)
class CompetencyEntry:
    """A competency: title, and descriptors as (kind, text)."""

    title: str
    descriptors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CriterionEntry:
    """A criterion: name, indicator, least and most points."""

    name: str
    indicator: str
    least: Decimal
    most: Decimal


@dataclass
class Snapshot:
    """Everything that the council decides on."""

    plan: ThematicPlan
    texts: dict[str, str] = field(default_factory=dict)
    competencies: dict[str, CompetencyEntry] = field(default_factory=dict)
    criteria: dict[str, CriterionEntry] = field(default_factory=dict)


def take_snapshot(session: Session, version: ProgrammeVersion) -> Snapshot:
    """Returns the version's present content."""
    return Snapshot(
        load_plan(session, version),
        {name: part.read(version) for name, part in PARTS.items()},
        {str(row.lineage): _competency(row.title, row.descriptors) for row in competencies(session, version)},
        {
            str(row.lineage): CriterionEntry(row.name, row.indicator, row.min_points, row.max_points)
            for row in criteria(session, version)
        },
    )


def _competency(title: str, descriptors: Sequence[Descriptor]) -> CompetencyEntry:
    ordered = [(kind, row.text) for kind in DESCRIPTOR_KINDS for row in descriptors if row.kind == kind]
    return CompetencyEntry(title, tuple(ordered))
