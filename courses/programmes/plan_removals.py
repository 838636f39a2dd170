"""Columns and rows that a change has removed from a plan, and the changes that bring them back. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from courses.thematic_plan.model import TOTAL, ThematicPlan
from courses.thematic_plan.plan_json import hours_text, topic_json

COLUMN, SECTION, TOPIC = "column", "section", "topic"
KINDS = (COLUMN, SECTION, TOPIC)


@dataclass(frozen=True, slots=True)
class Removal:
    """A removed column, section or topic; ``content`` is everything that went with it, as JSON."""

    kind: str
    lineage: str
    title: str
    content: Mapping[str, Any]


def removed_from(before: ThematicPlan, after: ThematicPlan) -> list[Removal]:
    """Returns the columns, sections and topics of the plan before that are missing from the plan after."""
    return [*_columns(before, after), *_sections(before, after), *_topics(before, after)]


def _columns(before: ThematicPlan, after: ThematicPlan) -> Iterator[Removal]:
    for place, kind in enumerate(before.kinds):
        if after.kind(kind.lineage) is None:
            hours = {topic.lineage: topic.hours.get(kind.lineage) for topic in before.topics()}
            stated = {section.lineage: section.stated.get(kind.lineage) for section in before.sections}
            content = {"hours": _texts(hours), "stated": _texts(stated), "after": _previous(before.kinds, place)}
            yield Removal(COLUMN, kind.lineage, kind.name, content)


def _sections(before: ThematicPlan, after: ThematicPlan) -> Iterator[Removal]:
    kept = {topic.lineage for topic in after.topics()}
    for place, section in enumerate(before.sections):
        if after.section(section.lineage) is None:
            topics = [topic_json(topic) for topic in section.topics if topic.lineage not in kept]
            stated = _texts(section.stated)
            content = {"topics": topics, "stated": stated, "after": _previous(before.sections, place)}
            yield Removal(SECTION, section.lineage, section.title, content)


def _topics(before: ThematicPlan, after: ThematicPlan) -> Iterator[Removal]:
    for section in before.sections:
        if after.section(section.lineage) is None:
            continue
        for place, topic in enumerate(section.topics):
            if after.topic(topic.lineage) is None:
                at = {"section": section.lineage, "after": _previous(section.topics, place)}
                yield Removal(TOPIC, topic.lineage, topic.title, {**topic_json(topic), **at})


def _texts(hours: Mapping[str, Decimal | None]) -> dict[str, str]:
    return {key: hours_text(value) or "0" for key, value in hours.items() if value is not None}


def _previous(rows: Sequence[Any], place: int) -> str:
    return str(rows[place - 1].lineage) if place else ""


def changes_back(removal: Removal) -> list[dict[str, Any]]:
    """Returns the changes that bring a removed column or row back to its place."""
    own = {"id": removal.lineage, "lineage": removal.lineage, "title": removal.title}
    if removal.kind == COLUMN:
        return [{**own, **removal.content, "do": "add_kind"}]
    if removal.kind == TOPIC:
        return [{**own, **removal.content, "do": "add_topic"}]
    topics = [
        {"id": topic["lineage"], "do": "add_topic", **topic, "section": removal.lineage}
        for topic in removal.content["topics"]
    ]
    return [
        {**own, "do": "add_section", "after": removal.content["after"], "stated": removal.content["stated"]},
        *topics,
    ]


Cells = Mapping[tuple[str, str, str], str]
"""Hours as text by column, ``hours`` (of a topic) or ``stated`` (of a section), and row."""


def handed_over(back: Removal, plan: ThematicPlan, removed: Sequence[Removal]) -> list[Removal]:
    """Returns the parts among ``removed`` that get hours of the part that came ``back``: those of cells whose other
    side, column or row, is still removed.
    """
    columns = {TOTAL, *(kind.lineage for kind in plan.kinds)}
    rows = {section.lineage for section in plan.sections} | {topic.lineage for topic in plan.topics()}
    homeless = {cell: text for cell, text in _cells(back) if cell[0] not in columns or cell[2] not in rows}
    changed = [(one, replace(one, content=_with_cells(one, homeless))) for one in removed]
    return [after for before, after in changed if after != before]


def _cells(removal: Removal) -> Iterator[tuple[tuple[str, str, str], str]]:
    if removal.kind == COLUMN:
        for name in ("hours", "stated"):
            for row, text in removal.content[name].items():
                yield (removal.lineage, name, row), text
        return
    for name, row, hours in _rows_with_hours(removal):
        for column, text in hours.items():
            yield (column, name, row), text


def _rows_with_hours(removal: Removal) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    if removal.kind == TOPIC:
        yield "hours", removal.lineage, removal.content["hours"]
    if removal.kind == SECTION:
        yield "stated", removal.lineage, removal.content["stated"]
        for topic in removal.content["topics"]:
            yield "hours", topic["lineage"], topic["hours"]


def _with_cells(removal: Removal, cells: Cells) -> dict[str, Any]:
    """Returns the content of a removed part with those of the cells that are its own."""
    content = dict(removal.content)
    if removal.kind == COLUMN:
        for name in ("hours", "stated"):
            own = {row: text for (column, of, row), text in cells.items() if (column, of) == (removal.lineage, name)}
            content[name] = content[name] | own
    if removal.kind == TOPIC:
        content["hours"] = content["hours"] | _of_row(cells, "hours", removal.lineage)
    if removal.kind == SECTION:
        content["stated"] = content["stated"] | _of_row(cells, "stated", removal.lineage)
        content["topics"] = [
            {**topic, "hours": topic["hours"] | _of_row(cells, "hours", topic["lineage"])}
            for topic in content["topics"]
        ]
    return content


def _of_row(cells: Cells, name: str, row: str) -> dict[str, str]:
    return {column: text for (column, of, own), text in cells.items() if (of, own) == (name, row)}
