"""Parts that an author has removed from an open version: kept, so that they can be brought back."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from courses.models.programmes import ProgrammeVersion, RemovedPart

MOST = 100
"""Largest number of parts kept for one version; older ones are forgotten."""


def keep_removed(
    session: Session,
    *,
    version: ProgrammeVersion,
    kind: str,
    lineage: uuid.UUID | str,
    title: str,
    content: Mapping[str, Any],
) -> None:
    """Keeps a removed part with all that is needed to bring it back; an earlier removal of the same is replaced."""
    forget_removed(session, version, [lineage])
    session.add(
        RemovedPart(version_id=version.id, kind=kind, lineage=as_uuid(lineage), title=title, content=dict(content))
    )
    session.flush()
    newest = _of(version).order_by(RemovedPart.id.desc()).with_only_columns(RemovedPart.id).limit(MOST)
    session.execute(delete(RemovedPart).where(RemovedPart.version_id == version.id, RemovedPart.id.not_in(newest)))


def forget_removed(session: Session, version: ProgrammeVersion, lineages: Iterable[uuid.UUID | str]) -> None:
    """Forgets removed parts that the version has again."""
    ids = [as_uuid(lineage) for lineage in lineages]
    if ids:
        own = RemovedPart.version_id == version.id
        session.execute(delete(RemovedPart).where(own, RemovedPart.lineage.in_(ids)))


def removed_parts(session: Session, version: ProgrammeVersion, *kinds: str) -> Sequence[RemovedPart]:
    """Returns the removed parts of these kinds, latest first."""
    return session.scalars(_of(version).where(RemovedPart.kind.in_(kinds)).order_by(RemovedPart.id.desc())).all()


def find_removed(session: Session, version: ProgrammeVersion, part_id: int, *kinds: str) -> RemovedPart | None:
    """Returns the removed part; None if another tab has brought it back."""
    wanted = _of(version).where(RemovedPart.id == part_id, RemovedPart.kind.in_(kinds))
    return session.scalar(wanted.execution_options(populate_existing=True))


def as_uuid(lineage: uuid.UUID | str) -> uuid.UUID:
    """Returns the lineage as the database has it."""
    return lineage if isinstance(lineage, uuid.UUID) else uuid.UUID(lineage)


def _of(version: ProgrammeVersion) -> Select[RemovedPart]:
    return select(RemovedPart).where(RemovedPart.version_id == version.id)
