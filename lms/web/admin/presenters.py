"""Entries of the audit log as sentences: who did what, to what, where; the code and the values stay beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.audit_messages.catalogue import sentence_of
from lms.audit_messages.objects import Object, names_of
from lms.core.audit_queries import Entry


@dataclass(frozen=True, slots=True)
class LogRow:
    """An entry as a row of the log."""

    at: datetime
    who: str
    """Empty: the system, or a visitor."""
    text: str
    """Sentence; the action's code if it has none."""
    about: str
    """Name of the row that was changed; empty if it is gone or has none."""
    where: str
    """Theme of the site; empty outside of sites."""
    action: str
    object_type: str
    object_id: int | None
    detail: dict[str, Any]


def log_rows(session: Session, found: Sequence[Entry]) -> list[LogRow]:
    """Returns the entries in the reader's language. One query for each type of object among them."""
    objects = {one for entry in found if (one := _object(entry)) is not None}
    sites: set[Object] = {("site", entry.row.site_id) for entry in found if entry.row.site_id is not None}
    names = names_of(session, objects | sites)
    return [_row(entry, names) for entry in found]


def _object(entry: Entry) -> Object | None:
    """Returns the row that the entry is about; entries about personal data keep the person among their values."""
    key = entry.row.object_id or entry.row.detail.get("person_id")
    return (entry.row.object_type, key) if isinstance(key, int) else None


def _row(entry: Entry, names: dict[Object, str]) -> LogRow:
    row, about = entry.row, _object(entry)
    return LogRow(
        at=row.created_at,
        who=entry.who,
        text=sentence_of(row.action, row.detail) or row.action,
        about=names.get(about, "") if about else "",
        where=names.get(("site", row.site_id), "") if row.site_id is not None else "",
        action=row.action,
        object_type=row.object_type,
        object_id=about[1] if about else None,
        detail=row.detail,
    )
