"""What happens to programmes by the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from courses.models.programmes import ImportDraft

KEPT_FOR = timedelta(days=30)
"""How long a document that was read waits for its reader."""


def forget_old_drafts(session: Session, now: datetime) -> None:
    """Deletes imported documents and files of questions, saved or not, that nobody needs any more."""
    session.execute(
        delete(ImportDraft).where(
            ImportDraft.kind.in_(("programme", "plan", "questions")), ImportDraft.created_at < now - KEPT_FOR
        )
    )


PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    "forget_old_drafts": (86400.0, forget_old_drafts)
}
