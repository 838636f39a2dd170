"""The thematic plan as JSON: in import drafts, in the editor's page and its script."""

from decimal import Decimal
from typing import Any

from courses.thematic_plan.model import Kind, SectionRow, ThematicPlan, TopicRow


def hours_text(value: Decimal | None) -> str:
    """Returns hours as text for the page and JSON: ``1.5``; empty for zero."""
    if not value:
        return ""
    return f"{value.normalize():f}"


def _hours_json(mapping: dict[str, Decimal]) -> dict[str, str]:
    return {key: hours_text(value) or "0" for key, value in mapping.items()}


def topic_json(topic: TopicRow) -> dict[str, Any]:
    """Returns a topic as JSON."""
    return {
        "lineage": topic.lineage,
        "title": topic.title,
        "class_form": topic.class_form,
        "control_form": topic.control_form,
        "hours": _hours_json({kind: value for kind, value in topic.hours.items() if value}),
    }


def to_json(plan: ThematicPlan) -> dict[str, Any]:
    """Returns the plan as JSON."""
    return {
        "workload": hours_text(plan.workload),
        "kinds": [{"lineage": kind.lineage, "name": kind.name} for kind in plan.kinds],
        "sections": [
            {
                "lineage": section.lineage,
                "title": section.title,
                "stated": _hours_json(section.stated),
                "topics": [topic_json(topic) for topic in section.topics],
            }
            for section in plan.sections
        ],
        "texts": dict(plan.texts),
    }


def topic_from_json(data: dict[str, Any]) -> TopicRow:
    """Returns a topic from the JSON of ``topic_json``."""
    return TopicRow(
        data["lineage"],
        data.get("title", ""),
        data.get("class_form", ""),
        data.get("control_form", ""),
        {kind: Decimal(value) for kind, value in data.get("hours", {}).items() if Decimal(value)},
    )


def from_json(data: dict[str, Any]) -> ThematicPlan:
    """Returns the plan from the JSON of ``to_json``."""
    return ThematicPlan(
        Decimal(data.get("workload") or 0),
        [Kind(kind["lineage"], kind["name"]) for kind in data["kinds"]],
        [
            SectionRow(
                section["lineage"],
                section["title"],
                {kind: Decimal(value) for kind, value in section.get("stated", {}).items()},
                [topic_from_json(topic) for topic in section["topics"]],
            )
            for section in data["sections"]
        ],
        dict(data.get("texts", {})),
    )
