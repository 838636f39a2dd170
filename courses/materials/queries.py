"""Queries of materials: of a topic, of a programme, and as items of one trainee's course."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from courses.models.groups import Cohort, Enrolment
from courses.models.materials import Material, MaterialRevision, PageImage
from courses.models.programmes import Programme, ProgrammeVersion, Topic
from lms.core.people.models import Account, Person


def materials_of(session: Session, programme_id: int, topic_lineage: uuid.UUID) -> list[Material]:
    """Returns a topic's materials in order, without removed ones."""
    return list(
        session.scalars(
            select(Material)
            .where(
                Material.programme_id == programme_id,
                Material.topic_lineage == topic_lineage,
                Material.removed_at.is_(None),
            )
            .order_by(Material.position, Material.id)
            .options(joinedload(Material.file))
        )
    )


def removed_of(session: Session, programme_id: int, topic_lineage: uuid.UUID) -> Sequence[Material]:
    """Returns the materials removed from a topic, the latest first."""
    return session.scalars(
        select(Material)
        .where(
            Material.programme_id == programme_id,
            Material.topic_lineage == topic_lineage,
            Material.removed_at.is_not(None),
        )
        .order_by(Material.removed_at.desc())
        .limit(20)
    ).all()


def topic_exists(session: Session, programme_id: int, topic_lineage: uuid.UUID) -> bool:
    """Returns whether any version of the programme has the topic."""
    of_programme = exists().where(
        Topic.lineage == topic_lineage,
        Topic.version_id == ProgrammeVersion.id,
        ProgrammeVersion.programme_id == programme_id,
    )
    return bool(session.scalar(select(of_programme)))


@dataclass(frozen=True, slots=True)
class TopicMaterials:
    """Number of a topic's materials, number of obligatory ones, and their minutes in total."""

    count: int
    required: int
    minutes: int


NOTHING = TopicMaterials(0, 0, 0)


def counts_by_topic(session: Session, programme_id: int) -> dict[uuid.UUID, TopicMaterials]:
    """Returns topic lineage → counts; topics without materials are left out."""
    rows = session.execute(
        select(
            Material.topic_lineage,
            func.count(),
            func.count().filter(Material.required),
            func.coalesce(func.sum(Material.minutes), 0),
        )
        .where(Material.programme_id == programme_id, Material.removed_at.is_(None))
        .group_by(Material.topic_lineage)
    )
    return {row[0]: TopicMaterials(row[1], row[2], row[3] or 0) for row in rows}


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """An earlier revision of a material, with the person who replaced it and the time."""

    revision: MaterialRevision
    replaced_at: datetime
    replaced_by: str


def revisions_of(session: Session, material_id: int) -> list[RevisionLine]:
    """Returns the material's earlier revisions, the latest first."""
    rows = session.execute(
        select(MaterialRevision, Person)
        .outerjoin(Account, Account.id == MaterialRevision.changed_by_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(MaterialRevision.material_id == material_id)
        .order_by(MaterialRevision.number.desc())
    )
    return [RevisionLine(found, found.created_at, person.short_name if person else "") for found, person in rows]


def studies_any(session: Session, person_id: int | None, versions: Sequence[ProgrammeVersion]) -> bool:
    """Returns whether the person is or was a trainee of one of these versions."""
    studies = exists().where(
        Enrolment.person_id == person_id,
        Enrolment.state != "withdrawn",
        Enrolment.cohort_id == Cohort.id,
        Cohort.version_id.in_([version.id for version in versions]),
    )
    return person_id is not None and bool(session.scalar(select(studies)))


def versions_with(session: Session, material: Material) -> Sequence[ProgrammeVersion]:
    """Returns the versions of the programme whose plan has the material's topic: their courses show it."""
    return _versions_with(session, material.programme_id, [material.topic_lineage])


def versions_of(session: Session, programme: Programme) -> Sequence[ProgrammeVersion]:
    """Returns all versions of the programme."""
    return session.scalars(select(ProgrammeVersion).where(ProgrammeVersion.programme_id == programme.id)).all()


def versions_showing(session: Session, image: PageImage) -> Sequence[ProgrammeVersion]:
    """Returns the versions of the programme in whose courses a page shows the picture."""
    pages = select(Material.topic_lineage).where(
        Material.programme_id == image.programme_id,
        Material.removed_at.is_(None),
        Material.body.regexp_match(rf"/images/{image.id}([^0-9]|$)"),
    )
    return _versions_with(session, image.programme_id, session.scalars(pages).all())


def _versions_with(session: Session, programme_id: int, lineages: Sequence[uuid.UUID]) -> Sequence[ProgrammeVersion]:
    topics = exists().where(Topic.version_id == ProgrammeVersion.id, Topic.lineage.in_(lineages))
    return session.scalars(select(ProgrammeVersion).where(ProgrammeVersion.programme_id == programme_id, topics)).all()


def image_with_programme(session: Session, image_id: int) -> tuple[PageImage, Programme] | None:
    """Returns the picture and its programme."""
    row = session.execute(
        select(PageImage, Programme)
        .join(Programme, Programme.id == PageImage.programme_id)
        .where(PageImage.id == image_id)
    ).first()
    return (row[0], row[1]) if row else None
