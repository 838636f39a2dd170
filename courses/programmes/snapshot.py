"""A version as plain data: everything that the council decides on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from courses.models.programmes import Descriptor, ProgrammeVersion
from courses.programmes.names import descriptor_kind_name
from courses.programmes.outcomes import DESCRIPTOR_KINDS, competencies, criteria
from courses.programmes.plan import ThematicPlan
from courses.programmes.plan_store import load_plan
from courses.programmes.text_fields import PARTS, number_text
from lms.core.i18n import _


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A named row of a list (a competency, a criterion), as text."""

    label: str
    text: str


@dataclass
class Snapshot:
    """Everything that the council decides on."""

    plan: ThematicPlan
    texts: dict[str, str] = field(default_factory=dict)
    competencies: dict[str, ListEntry] = field(default_factory=dict)
    criteria: dict[str, ListEntry] = field(default_factory=dict)


def take_snapshot(session: Session, version: ProgrammeVersion) -> Snapshot:
    """Returns the version's present content."""
    return Snapshot(
        load_plan(session, version),
        {name: part.read(version) for name, part in PARTS.items()},
        {str(row.lineage): _competency(row.title, row.descriptors) for row in competencies(session, version)},
        {
            str(row.lineage): ListEntry(row.name, _criterion(row.indicator, row.max_points, row.min_points))
            for row in criteria(session, version)
        },
    )


def _competency(title: str, descriptors: Sequence[Descriptor]) -> ListEntry:
    lines = [
        f"{descriptor_kind_name(kind)}: {descriptor.text}"
        for kind in DESCRIPTOR_KINDS
        for descriptor in descriptors
        if descriptor.kind == kind
    ]
    return ListEntry(title, "\n".join([title, *lines]))


def _criterion(indicator: str, most: Decimal, least: Decimal) -> str:
    text = _("%(least)s to %(most)s points", least=number_text(least), most=number_text(most))
    return f"{indicator}\n{text}" if indicator else text
