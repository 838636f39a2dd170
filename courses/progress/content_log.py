"""The log of changes of a programme's content, and what may be deleted from it.

The content revision of a programme is the number of its logged changes and the sum of their ids. It never comes back:
a transaction that commits late adds a row, with whatever id, and changes the number; rows are deleted only when they
are older than any transaction and a later one of the programme stays, so that the rows that are left are none that
were ever all of the programme's rows before, and a late row cannot take the place of a deleted one unnoticed, because
its id is greater.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists
from sqlalchemy.orm import Session, aliased

from courses.models.content_changes import ContentChange

KEPT = timedelta(days=7)
"""Longer than any transaction lasts."""


def delete_old_changes(session: Session, now: datetime) -> None:
    """Deletes old changes, so that a course page never counts thousands; the last one of each programme stays."""
    later = aliased(ContentChange)
    has_later = exists().where(later.programme_id == ContentChange.programme_id, later.id > ContentChange.id)
    session.execute(
        delete(ContentChange).where(ContentChange.created_at < now - KEPT, has_later),
        execution_options={"synchronize_session": False},
    )


PERIODIC = {"delete_old_content_changes": (24 * 3600.0, delete_old_changes)}
"""Name → (seconds between runs, function)."""
