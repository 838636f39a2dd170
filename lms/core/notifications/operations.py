"""Notifies people and records what they have read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.core.notifications.models import Notice


def notify(session: Session, *, person_id: int, kind: str, detail: dict[str, Any]) -> Notice:
    """Adds a notice for the person, written with the session's next flush. ``detail`` must be JSON.

    The only way to write a notice: channels (page, e-mail, digest) are decided here.
    """
    notice = Notice(person_id=person_id, kind=kind, detail=detail, read_at=None)
    session.add(notice)
    return notice


def mark_read(session: Session, *, person_id: int, now: datetime, notice_ids: Sequence[int] | None = None) -> None:
    """Marks the person's unread notices as read: those of ``notice_ids``, or all."""
    statement = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None)).values(read_at=now)
    if notice_ids is not None:
        statement = statement.where(Notice.id.in_(notice_ids))
    session.execute(statement)
