"""Loads and stores a version's plan: reads the rows under a lock, writes only the differences."""

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from courses.models.programmes import HourKind, ProgrammeVersion, Section, Topic, TopicHours
from courses.thematic_plan.model import Kind, SectionRow, ThematicPlan, TopicRow

FRESH = {"populate_existing": True}


def lock(session: Session, version: ProgrammeVersion) -> None:
    """Locks the version's row against other editors and reloads it."""
    session.flush()
    session.refresh(version, with_for_update={"of": ProgrammeVersion})


def load_plan(session: Session, version: ProgrammeVersion, *texts: str) -> ThematicPlan:
    """Returns the version's plan from the database, with these texts of the version."""
    kinds, sections, topics = _rows(session, version)
    of_kind = {kind.id: str(kind.lineage) for kind in kinds}
    by_section: dict[int, list[TopicRow]] = {section.id: [] for section in sections}
    for topic in topics:
        by_section[topic.section_id].append(_topic_row(topic, of_kind))
    return ThematicPlan(
        version.workload,
        [Kind(str(kind.lineage), kind.name) for kind in kinds],
        [SectionRow(str(row.lineage), row.title, _stated(row.stated_hours), by_section[row.id]) for row in sections],
        {name: str(getattr(version, name)) for name in texts},
    )


def _rows(session: Session, version: ProgrammeVersion) -> tuple[list[HourKind], list[Section], list[Topic]]:
    def of(model: Any) -> list[Any]:
        statement = select(model).where(model.version_id == version.id).order_by(model.position, model.id)
        return list(session.scalars(statement.execution_options(**FRESH)))

    return of(HourKind), of(Section), of(Topic)


def _topic_row(topic: Topic, of_kind: dict[int, str]) -> TopicRow:
    hours = {of_kind[cell.kind_id]: cell.hours for cell in topic.hours if cell.hours}
    return TopicRow(str(topic.lineage), topic.title, topic.class_form, topic.control_form, hours)


def _stated(stored: dict[str, Any] | None) -> dict[str, Decimal]:
    return {key: Decimal(value) for key, value in (stored or {}).items()}


def store_plan(session: Session, version: ProgrammeVersion, plan: ThematicPlan) -> None:
    """Updates the version's rows to match the plan; rows keep their ids, lineages are kept."""
    kinds, sections, topics = _rows(session, version)
    version.workload = plan.workload
    for name, value in plan.texts.items():
        setattr(version, name, value)
    kind_ids = _store_kinds(session, version, plan, {str(row.lineage): row for row in kinds})
    section_ids = _store_sections(session, version, plan, {str(row.lineage): row for row in sections})
    known = {str(row.lineage): row for row in topics}
    for section in plan.sections:
        for place, row in enumerate(section.topics):
            topic = known.get(row.lineage) or _new(session, Topic, version, row.lineage)
            topic.section_id, topic.position = section_ids[section.lineage], place
            topic.title, topic.class_form, topic.control_form = row.title, row.class_form, row.control_form
            _store_hours(topic, {kind_ids[kind]: value for kind, value in row.hours.items() if value})
    session.flush()
    _drop(session, Topic, topics, (row.lineage for row in plan.topics()))
    _drop(session, Section, sections, section_ids)
    _drop(session, HourKind, kinds, kind_ids)
    session.expire(version, ["kinds", "sections"])
    for kept in sections:
        if kept in session:
            session.expire(kept, ["topics"])


def _store_kinds(
    session: Session, version: ProgrammeVersion, plan: ThematicPlan, known: dict[str, HourKind]
) -> dict[str, int]:
    rows = {}
    for place, kind in enumerate(plan.kinds):
        row = rows[kind.lineage] = known.get(kind.lineage) or _new(session, HourKind, version, kind.lineage)
        row.position, row.name = place, kind.name
    session.flush()
    return {lineage: row.id for lineage, row in rows.items()}


def _store_sections(
    session: Session, version: ProgrammeVersion, plan: ThematicPlan, known: dict[str, Section]
) -> dict[str, int]:
    rows = {}
    for place, section in enumerate(plan.sections):
        row = rows[section.lineage] = known.get(section.lineage) or _new(session, Section, version, section.lineage)
        row.position, row.title = place, section.title
        row.stated_hours = {kind: str(value) for kind, value in section.stated.items()} or None
    session.flush()
    return {lineage: row.id for lineage, row in rows.items()}


def _new(session: Session, model: Any, version: ProgrammeVersion, lineage: str) -> Any:
    row = model(version_id=version.id, lineage=uuid.UUID(lineage))
    session.add(row)
    return row


def _store_hours(topic: Topic, wanted: dict[int, Decimal]) -> None:
    """Changes only the cells that differ."""
    have = {cell.kind_id: cell for cell in topic.hours}
    for kind_id in have.keys() - wanted.keys():
        topic.hours.remove(have[kind_id])
    for kind_id, value in wanted.items():
        if kind_id not in have:
            topic.hours.append(TopicHours(kind_id=kind_id, hours=value))
        elif have[kind_id].hours != value:
            have[kind_id].hours = value


def _drop(session: Session, model: Any, rows: Iterable[Any], kept: Iterable[str]) -> None:
    """Deletes the rows that are no longer in the plan; the database cascades to dependent rows."""
    kept = set(kept)
    gone = [row for row in rows if str(row.lineage) not in kept]
    if gone:
        session.execute(
            delete(model).where(model.id.in_([row.id for row in gone])).execution_options(synchronize_session=False)
        )
        for row in gone:
            session.expunge(row)
