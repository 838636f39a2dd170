"""Periodic work of programmes."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from courses.models.programmes import ImportDraft

DRAFT_LIFETIME = timedelta(days=30)
"""Time for which an imported document is kept."""


def delete_old_drafts(session: Session, now: datetime) -> None:
    """Deletes import drafts of documents and questions, saved or not, after ``DRAFT_LIFETIME``."""
    session.execute(
        delete(ImportDraft).where(
            ImportDraft.kind.in_(("programme", "plan", "questions")), ImportDraft.created_at < now - DRAFT_LIFETIME
        )
    )


PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    "forget_old_drafts": (86400.0, delete_old_drafts)
}
