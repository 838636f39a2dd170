"""Differences between two versions, cell by cell; rows are matched by lineage."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from courses.programmes.names import document_name, part_name
from courses.programmes.plan import ThematicPlan, TopicRow, section_label, topic_label
from courses.programmes.snapshot import ListEntry, Snapshot
from courses.programmes.text_fields import PARTS
from lms.core.i18n import _, format_hours

DASH = "–"


class DifferenceKind(StrEnum):
    """Kind of difference."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: ``group`` is the part of the programme, ``where`` the place in it."""

    group: str
    where: str
    sort: DifferenceKind
    before: str = ""
    after: str = ""


def differences(old: Snapshot, new: Snapshot) -> list[Difference]:
    """Returns the differences in the order of the programme."""
    return [
        *_texts(old, new),
        *_columns(old.plan, new.plan),
        *_sections(old.plan, new.plan),
        *_topics(old.plan, new.plan),
        *_entries(_("Planned outcomes"), old.competencies, new.competencies),
        *_entries(_("Criteria of the final attestation"), old.criteria, new.criteria),
    ]


def _texts(old: Snapshot, new: Snapshot) -> Iterator[Difference]:
    for name in PARTS:
        before, after = old.texts.get(name, ""), new.texts.get(name, "")
        if before != after:
            yield Difference(
                _("Texts and rules"), part_name(name), DifferenceKind.CHANGED, _say(name, before), _say(name, after)
            )


def _say(name: str, text: str) -> str:
    if name == "asks_rating":
        return _("yes") if text else _("no")
    if name == "document_kind" and text:
        return document_name(text)
    return text or DASH


def _plan_group() -> str:
    return _("Thematic plan")


def _columns(old: ThematicPlan, new: ThematicPlan) -> Iterator[Difference]:
    before = {kind.lineage: kind.name for kind in old.kinds}
    after = {kind.lineage: kind.name for kind in new.kinds}
    for lineage in [*before, *(name for name in after if name not in before)]:
        if before.get(lineage) != after.get(lineage):
            yield Difference(
                _plan_group(),
                _("Column of hours"),
                _sort(lineage in before, lineage in after),
                before.get(lineage, ""),
                after.get(lineage, ""),
            )


def _sort(was: bool, is_now: bool) -> DifferenceKind:
    return DifferenceKind.CHANGED if was and is_now else (DifferenceKind.ADDED if is_now else DifferenceKind.REMOVED)


def _sections(old: ThematicPlan, new: ThematicPlan) -> Iterator[Difference]:
    for section in old.sections:
        if new.section(section.lineage) is None:
            yield Difference(
                _plan_group(), section_label(old.labels()[section.lineage]), DifferenceKind.REMOVED, section.title
            )
    for section in new.sections:
        was, where = old.section(section.lineage), section_label(new.labels()[section.lineage])
        if was is None:
            yield Difference(_plan_group(), where, DifferenceKind.ADDED, "", section.title)
        elif was.title != section.title:
            yield Difference(_plan_group(), where, DifferenceKind.CHANGED, was.title, section.title)


def _topics(old: ThematicPlan, new: ThematicPlan) -> Iterator[Difference]:
    was, now = old.labels(), new.labels()
    for topic in old.topics():
        if new.topic(topic.lineage) is None:
            yield Difference(_plan_group(), topic_label(was[topic.lineage]), DifferenceKind.REMOVED, _said(topic))
    for topic in new.topics():
        label, before = topic_label(now[topic.lineage]), old.topic(topic.lineage)
        if before is None:
            yield Difference(_plan_group(), label, DifferenceKind.ADDED, "", _said(topic))
            continue
        yield from _cells(label, before, topic, {kind.lineage: kind.name for kind in (*old.kinds, *new.kinds)})
        if old.section_of(before).lineage != new.section_of(topic).lineage:
            yield Difference(_plan_group(), label, DifferenceKind.MOVED, was[topic.lineage], now[topic.lineage])


def _said(topic: TopicRow) -> str:
    return f"{topic.title} ({_('%(hours)s h', hours=format_hours(topic.total))})"


def _cells(label: str, before: TopicRow, after: TopicRow, names: dict[str, str]) -> Iterator[Difference]:
    """Yields the cells of a topic that differ."""
    pairs = [
        (_("title"), before.title, after.title),
        (_("form of class"), before.class_form, after.class_form),
        (_("form of control"), before.control_form, after.control_form),
    ]
    for kind, name in names.items():
        hours = before.hours.get(kind), after.hours.get(kind)
        was, now = (format_hours(value) if value else "" for value in hours)
        pairs.append((name, was, now))
    for what, one, two in pairs:
        if one != two:
            yield Difference(_plan_group(), f"{label}, {what}", DifferenceKind.CHANGED, one or DASH, two or DASH)


def _entries(group: str, old: dict[str, ListEntry], new: dict[str, ListEntry]) -> Iterator[Difference]:
    for lineage in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(lineage), new.get(lineage)
        if before == after:
            continue
        label = (after or before or ListEntry("", "")).label
        yield Difference(
            group,
            label,
            _sort(before is not None, after is not None),
            before.text if before else "",
            _changed_text(before, after),
        )


def _changed_text(before: ListEntry | None, after: ListEntry | None) -> str:
    if after is None:
        return ""
    if before and before.label != after.label and not after.text.startswith(after.label):
        return f"{after.label}\n{after.text}"
    return after.text
