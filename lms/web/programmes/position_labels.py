"""Labels of positions, texts, descriptors and documents of a programme."""

from courses.programmes.position import Position
from courses.thematic_plan.place import numbered_section, numbered_topic
from lms.core.i18n import _


def descriptor_kind_name(kind: str) -> str:
    """Returns the name of a descriptor's kind: knows, can, has practised."""
    return {"knows": _("Knows"), "can": _("Can"), "practised": _("Has practised")}[kind]


def part_name(name: str) -> str:
    """Returns the name of a text of the programme."""
    names = {
        "title": _("Title"),
        "workload": _("Workload, academic hours"),
        "year": _("Year"),
        "audience": _("Audience"),
        "form": _("Form of study"),
        "document_kind": _("Document on completion"),
        "key_ideas": _("Key ideas"),
        "goal": _("Goal"),
        "tasks": _("Tasks"),
        "staff": _("Staff"),
        "equipment": _("Equipment and rooms"),
        "information": _("Information resources"),
        "literature": _("Literature"),
        "other_parts": _("Other texts of the document"),
        "pass_mark": _("Pass mark"),
        "self_check_threshold": _("Self-check threshold, per cent"),
        "hours_needed": _("Hours needed for the document"),
        "asks_rating": _("Competency self-assessment is a condition"),
    }
    return names[name]


def document_name(kind: str) -> str:
    """Returns the name of a kind of document on completion."""
    names = {
        "certificate": _("Certificate"),
        "statement": _("Statement of internship"),
        "advanced_training": _("Certificate of advanced training"),
    }
    return names[kind]


def group_label(position: Position) -> str:
    """Returns the name of the part of the programme in which the position lies."""
    outcomes, criteria = _("Planned outcomes"), _("Criteria of the final attestation")
    groups = {
        "text": _("Texts and rules"),
        "competency": outcomes,
        "descriptor": outcomes,
        "criterion": criteria,
        "indicator": criteria,
    }
    return groups.get(position.part, _("Thematic plan"))


def position_label(position: Position) -> str:
    """Returns the name of the position within its part of the programme."""
    match position.part:
        case "text":
            return part_name(position.name)
        case "section":
            return numbered_section(position.name).message
        case "topic":
            return _topic_cell(position)
        case "descriptor":
            return descriptor_kind_name(position.name)
    kinds = {
        "column": _("Column of hours"),
        "competency": _("Competency"),
        "criterion": _("Criterion"),
        "indicator": _("Indicator"),
    }
    return position.name or kinds[position.part]


def _topic_cell(position: Position) -> str:
    label = numbered_topic(position.name).message
    if not position.field:
        return label
    fields = {"title": _("title"), "class_form": _("form of class"), "control_form": _("form of control")}
    return f"{label}, {fields.get(position.field, position.column)}"
