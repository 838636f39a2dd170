"""Notifies people, records what they have read and which letters they choose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from lms.core.errors import Invalid
from lms.core.notifications.kinds import CHANNELS
from lms.core.notifications.models import Notice, NoticePreference

ROWS = 1000
"""Notices written by one statement."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to be written. ``detail`` must be JSON; see ``Notice`` for the other fields."""

    person_id: int
    kind: str
    detail: Mapping[str, Any]
    cohort_id: int | None = None
    key: str | None = None


def notify(
    session: Session, *, person_id: int, kind: str, detail: Mapping[str, Any], cohort_id: int | None = None
) -> None:
    """Writes a notice for the person. ``detail`` must be JSON.

    Notices are written here and in ``notify_all`` only. The worker decides about letters (``letters``).
    """
    notify_all(session, [NewNotice(person_id, kind, detail, cohort_id)])


def notify_all(session: Session, notices: Iterable[NewNotice]) -> None:
    """Writes the notices, a thousand in one statement; one whose key the person has already is left out."""
    rest = iter(notices)
    while some := list(islice(rest, ROWS)):
        rows = [
            {
                "person_id": one.person_id,
                "kind": one.kind,
                "detail": dict(one.detail),
                "cohort_id": one.cohort_id,
                "key": one.key,
            }
            for one in some
        ]
        session.execute(insert(Notice).values(rows).on_conflict_do_nothing(index_elements=["person_id", "key"]))


def replace_unread(session: Session, notices: Sequence[NewNotice]) -> None:
    """Writes notices of one kind in place of the unread ones that their readers have about the same groups, or about
    no group.
    """
    same = tuple_(Notice.person_id, Notice.kind, func.coalesce(Notice.cohort_id, 0))
    told = {(one.person_id, one.kind, one.cohort_id or 0) for one in notices}
    session.execute(delete(Notice).where(Notice.read_at.is_(None), same.in_(told)))
    notify_all(session, notices)


def mark_read(
    session: Session,
    *,
    person_id: int,
    now: datetime,
    notice_ids: Sequence[int] | None = None,
    cohort_id: int | None = None,
) -> None:
    """Marks the person's unread notices as read: those of ``notice_ids``, or all; with ``cohort_id``, those of one
    group only.
    """
    statement = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None)).values(read_at=now)
    if notice_ids is not None:
        statement = statement.where(Notice.id.in_(notice_ids))
    if cohort_id is not None:
        statement = statement.where(Notice.cohort_id == cohort_id)
    session.execute(statement)


def choose_letters(session: Session, *, person_id: int, choices: Mapping[str, str]) -> None:
    """Stores the person's choices: kind of notice → channel. Raises ``Invalid`` at an unknown channel."""
    for kind, channel in choices.items():
        if channel not in CHANNELS:
            raise Invalid(code="channel_unknown", field=f"letters-{kind}")
    if not choices:
        return
    chosen = insert(NoticePreference).values(
        [{"person_id": person_id, "kind": kind, "channel": channel} for kind, channel in sorted(choices.items())]
    )
    session.execute(
        chosen.on_conflict_do_update(index_elements=["person_id", "kind"], set_={"channel": chosen.excluded.channel})
    )
