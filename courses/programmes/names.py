"""Names of a programme's parts in the current language."""

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
