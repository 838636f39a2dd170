"""Differences between two versions, cell by cell; rows are matched by lineage."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from courses.models.programmes import ProgrammeVersion
from courses.programmes.position import Position
from courses.programmes.snapshot import CompetencyEntry, CriterionEntry, Snapshot, take_snapshot
from courses.programmes.text_fields import PARTS
from courses.thematic_plan.model import ThematicPlan, TopicRow

Value = str | Decimal | TopicRow | CompetencyEntry | CriterionEntry
"""A text, academic hours, or a whole row."""


class DifferenceKind(StrEnum):
    """Kind of difference."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; ``None`` for a value that is missing or empty."""

    position: Position
    kind: DifferenceKind
    before: Value | None = None
    after: Value | None = None


def differences_of(session: Session, old: ProgrammeVersion, new: ProgrammeVersion) -> list[Difference]:
    """Returns the differences between two versions as they are now."""
    return differences(take_snapshot(session, old), take_snapshot(session, new))


def differences(old: Snapshot, new: Snapshot) -> list[Difference]:
    """Returns the differences in the order of the programme."""
    return [
        *_texts(old, new),
        *_columns(old.plan, new.plan),
        *_sections(old.plan, new.plan),
        *_topics(old.plan, new.plan),
        *_entries("competency", old.competencies, new.competencies),
        *_entries("criterion", old.criteria, new.criteria),
    ]


def _texts(old: Snapshot, new: Snapshot) -> Iterator[Difference]:
    for name in PARTS:
        before, after = old.texts.get(name, ""), new.texts.get(name, "")
        if before != after:
            yield Difference(Position("text", name), DifferenceKind.CHANGED, before, after)


def _columns(old: ThematicPlan, new: ThematicPlan) -> Iterator[Difference]:
    before = {kind.lineage: kind.name for kind in old.kinds}
    after = {kind.lineage: kind.name for kind in new.kinds}
    for lineage in [*before, *(name for name in after if name not in before)]:
        if before.get(lineage) != after.get(lineage):
            kind = _kind(lineage in before, lineage in after)
            yield Difference(Position("column"), kind, before.get(lineage), after.get(lineage))


def _kind(was: bool, is_now: bool) -> DifferenceKind:
    return DifferenceKind.CHANGED if was and is_now else (DifferenceKind.ADDED if is_now else DifferenceKind.REMOVED)


def _sections(old: ThematicPlan, new: ThematicPlan) -> Iterator[Difference]:
    for section in old.sections:
        if new.section(section.lineage) is None:
            where = Position("section", old.labels()[section.lineage])
            yield Difference(where, DifferenceKind.REMOVED, section.title)
    for section in new.sections:
        was, where = old.section(section.lineage), Position("section", new.labels()[section.lineage])
        if was is None:
            yield Difference(where, DifferenceKind.ADDED, None, section.title)
        elif was.title != section.title:
            yield Difference(where, DifferenceKind.CHANGED, was.title, section.title)


def _topics(old: ThematicPlan, new: ThematicPlan) -> Iterator[Difference]:
    was, now = old.labels(), new.labels()
    for topic in old.topics():
        if new.topic(topic.lineage) is None:
            yield Difference(Position("topic", was[topic.lineage]), DifferenceKind.REMOVED, topic)
    for topic in new.topics():
        number, before = now[topic.lineage], old.topic(topic.lineage)
        where = Position("topic", number)
        if before is None:
            yield Difference(where, DifferenceKind.ADDED, None, topic)
            continue
        yield from _cells(number, before, topic, {kind.lineage: kind.name for kind in (*old.kinds, *new.kinds)})
        if old.section_of(before).lineage != new.section_of(topic).lineage:
            yield Difference(where, DifferenceKind.MOVED, was[topic.lineage], number)


def _cells(number: str, before: TopicRow, after: TopicRow, columns: dict[str, str]) -> Iterator[Difference]:
    """Yields the cells of a topic that differ."""
    for name in ("title", "class_form", "control_form"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield Difference(Position("topic", number, name), DifferenceKind.CHANGED, was, now)
    for lineage, column in columns.items():
        hours, hours_now = (row.hours.get(lineage) or None for row in (before, after))
        if hours != hours_now:
            where = Position("topic", number, "hours", column)
            yield Difference(where, DifferenceKind.CHANGED, hours, hours_now)


def _entries(
    part: str,
    old: Mapping[str, CompetencyEntry] | Mapping[str, CriterionEntry],
    new: Mapping[str, CompetencyEntry] | Mapping[str, CriterionEntry],
) -> Iterator[Difference]:
    for lineage in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(lineage), new.get(lineage)
        if before != after:
            kind = _kind(before is not None, after is not None)
            yield Difference(Position(part, _title(after or before)), kind, before, after)


def _title(entry: CompetencyEntry | CriterionEntry | None) -> str:
    if isinstance(entry, CompetencyEntry):
        return entry.title
    return entry.name if entry else ""
