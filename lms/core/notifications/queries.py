"""Reads a person's notices."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.core.notifications.models import Notice

PAGE_NOTICES = 30


def unread_count(session: Session, person_id: int) -> int:
    """Returns the number of the person's unread notices."""
    unread = select(func.count()).select_from(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return session.scalar(unread) or 0


def told_since(session: Session, kind: str, moment: datetime) -> set[int]:
    """Returns the people who got a notice of this kind after the moment."""
    told = select(Notice.person_id).where(Notice.kind == kind, Notice.created_at > moment)
    return set(session.scalars(told))


def notices_of(
    session: Session, person_id: int, *, before_id: int | None = None, limit: int = PAGE_NOTICES
) -> Sequence[Notice]:
    """Returns the person's notices, the newest first; ``before_id`` is the last notice of the page before."""
    statement = select(Notice).where(Notice.person_id == person_id).order_by(Notice.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(Notice.id < before_id)
    return session.scalars(statement).all()
