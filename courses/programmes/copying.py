"""Creates a new version as a copy of the previous one: rows are new, lineages are the same, groups stay on their
version.
"""

from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from courses.events import VersionCopied
from courses.models.programmes import (
    Competency,
    Descriptor,
    HourKind,
    Programme,
    ProgrammeVersion,
    Section,
    Topic,
    TopicHours,
)
from courses.programmes.errors import WrongState
from courses.programmes.outcomes import final_rubric
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.events import publish

OWN = frozenset({"id", "created_at"})
OF_LIFE = frozenset({"number", "state", "revision", "submitted_at", "approved_at", "approval_document", "approved_on"})


def new_version(session: Session, *, actor: Actor, version: ProgrammeVersion) -> ProgrammeVersion:
    """Creates the next version as a copy of this approved one and publishes ``VersionCopied``.

    A programme has one open version at most: if there is one, it is returned, so that a double click creates one
    version. Raises ``WrongState`` if this version is not approved.
    """
    # Locks the programme, so that two people who start a version do it one after the other.
    session.scalar(select(Programme.id).where(Programme.id == version.programme_id).with_for_update())
    siblings = select(ProgrammeVersion).where(ProgrammeVersion.programme_id == version.programme_id)
    under_way = session.scalar(siblings.where(ProgrammeVersion.state != "approved"))
    if under_way is not None:
        return under_way
    if version.state != "approved":
        raise WrongState(code="new_version_of_unapproved")
    number = max(other.number for other in session.scalars(siblings))
    made: ProgrammeVersion = _copy(
        session, version, {"number": number + 1, "state": "draft", "revision": 0}, without=OF_LIFE
    )
    copy_content(session, version, made)
    publish(session, VersionCopied(version.id, made.id))
    audit.record(
        session, actor, "programme.new_version", made, site_id=version.programme.site_id, copied_from=version.id
    )
    session.flush()
    session.expire(made)
    return made


def copy_content(session: Session, source: ProgrammeVersion, target: ProgrammeVersion) -> None:
    """Copies plan, outcomes and criteria of ``source`` to ``target``."""
    kinds = _copy_all(session, HourKind, source, target)
    sections = _copy_all(session, Section, source, target)
    for topic in session.scalars(select(Topic).where(Topic.version_id == source.id)):
        made = _copy(session, topic, {"version_id": target.id, "section_id": sections[topic.section_id]})
        session.add_all(
            TopicHours(topic_id=made.id, kind_id=kinds[cell.kind_id], hours=cell.hours) for cell in topic.hours
        )
    competencies = _copy_all(session, Competency, source, target)
    for descriptor in session.scalars(select(Descriptor).where(Descriptor.competency_id.in_(competencies))):
        _copy(session, descriptor, {"competency_id": competencies[descriptor.competency_id]})
    _copy_final_rubric(session, source, target)
    session.flush()


def _copy_final_rubric(session: Session, source: ProgrammeVersion, target: ProgrammeVersion) -> None:
    """Copies the criteria of part 4; rubrics of tasks are copied with their tasks."""
    rubric = final_rubric(session, source.id)
    if rubric is not None:
        made = _copy(session, rubric, {"version_id": target.id})
        for criterion in rubric.criteria:
            _copy(session, criterion, {"rubric_id": made.id})
        session.refresh(made, ["criteria"])


def _copy_all(session: Session, model: Any, source: ProgrammeVersion, target: ProgrammeVersion) -> dict[int, int]:
    """Copies the version's rows of this model; returns old id → new id."""
    rows = session.scalars(select(model).where(model.version_id == source.id).order_by(model.id))
    return {row.id: _copy(session, row, {"version_id": target.id}).id for row in rows}


def _copy(session: Session, row: Any, changed: dict[str, Any], without: frozenset[str] = frozenset()) -> Any:
    """Creates a row with the same values in all columns except these."""
    mapper = inspect(type(row))
    names = {attribute.key for attribute in mapper.column_attrs} - OWN - without
    made = type(row)(**({name: getattr(row, name) for name in names} | changed))
    session.add(made)
    session.flush()
    return made
