"""Texts of the differences between two versions."""

from dataclasses import dataclass
from decimal import Decimal

from courses.programmes.difference import Difference, DifferenceKind, Value
from courses.programmes.position import Position
from courses.programmes.snapshot import CompetencyEntry, CriterionEntry
from courses.programmes.text_fields import number_text
from courses.thematic_plan.model import TopicRow
from lms.core.i18n import _, format_hours
from lms.web.programmes.position_labels import descriptor_kind_name, document_name, group_label, position_label

DASH = "–"


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A row of the table: ``group`` is the part of the programme, ``where`` the place in it."""

    group: str
    where: str
    kind: DifferenceKind
    before: str
    after: str


def difference_lines(found: list[Difference]) -> list[DifferenceLine]:
    """Returns the rows of the table of differences."""
    return [_line(one) for one in found]


def _line(one: Difference) -> DifferenceLine:
    before, after = _text(one.position, one.before), _text(one.position, one.after)
    if _renamed(one) and not after.startswith(one.position.name):
        after = f"{one.position.name}\n{after}"
    if one.kind is DifferenceKind.CHANGED:
        before, after = before or DASH, after or DASH
    return DifferenceLine(group_label(one.position), position_label(one.position), one.kind, before, after)


def _renamed(one: Difference) -> bool:
    before, after = one.before, one.after
    return isinstance(before, CriterionEntry) and isinstance(after, CriterionEntry) and before.name != after.name


def _text(position: Position, value: Value | None) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return format_hours(value)
        case TopicRow():
            return f"{value.title} ({_('%(hours)s h', hours=format_hours(value.total))})"
        case CompetencyEntry():
            lines = [f"{descriptor_kind_name(kind)}: {text}" for kind, text in value.descriptors]
            return "\n".join([value.title, *lines])
        case CriterionEntry():
            return _criterion(value)
    return _chosen(position.name, value) if position.part == "text" else value


def _criterion(value: CriterionEntry) -> str:
    text = _("%(least)s to %(most)s points", least=number_text(value.least), most=number_text(value.most))
    return f"{value.indicator}\n{text}" if value.indicator else text


def _chosen(name: str, text: str) -> str:
    if name == "asks_rating":
        return _("yes") if text else _("no")
    return document_name(text) if name == "document_kind" and text else text
