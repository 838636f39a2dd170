"""Reads a person's notices and choices of letters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import Session

from lms.core.notifications.models import Notice, NoticePreference
from lms.core.people.models import Account

PAGE_NOTICES = 30
MOST_COUNTED = 100
"""Unread notices are counted up to this number, so that a page never counts thousands."""


def _unread(of_person: Any, *more: ColumnElement[bool]) -> ColumnElement[int]:
    """Counts the person's unread notices, at most ``MOST_COUNTED``."""
    found = select(literal(1)).select_from(Notice).where(Notice.person_id == of_person, Notice.read_at.is_(None), *more)
    return func.cardinality(func.array(found.limit(MOST_COUNTED).correlate(Account).scalar_subquery()))


SESSION_FACTS: dict[str, ColumnElement[Any]] = {"unread": _unread(Account.person_id)}
"""Read together with the session."""


def unread_count(session: Session, person_id: int, *, cohort_id: int | None = None) -> int:
    """Returns the number of the person's unread notices, at most ``MOST_COUNTED``; with ``cohort_id``, those of one
    group.
    """
    of_group = [] if cohort_id is None else [Notice.cohort_id == cohort_id]
    return session.scalar(select(_unread(person_id, *of_group))) or 0


def told_since(session: Session, kind: str, moment: datetime) -> set[int]:
    """Returns the people who got a notice of this kind after the moment."""
    told = select(Notice.person_id).where(Notice.kind == kind, Notice.created_at > moment)
    return set(session.scalars(told))


def told_by_key(session: Session, kind: str, key: str) -> set[int]:
    """Returns the people who have the notice of this kind and key."""
    return set(session.scalars(select(Notice.person_id).where(Notice.kind == kind, Notice.key == key)))


def notices_of(
    session: Session,
    person_id: int,
    *,
    before_id: int | None = None,
    cohort_id: int | None = None,
    limit: int = PAGE_NOTICES,
) -> Sequence[Notice]:
    """Returns the person's notices, the newest first; ``before_id`` is the last notice of the page before."""
    statement = select(Notice).where(Notice.person_id == person_id).order_by(Notice.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(Notice.id < before_id)
    if cohort_id is not None:
        statement = statement.where(Notice.cohort_id == cohort_id)
    return session.scalars(statement).all()


def letter_choices(session: Session, person_id: int) -> dict[str, str]:
    """Returns kind of notice → channel, for the kinds that the person has chosen."""
    rows = session.execute(
        select(NoticePreference.kind, NoticePreference.channel).where(NoticePreference.person_id == person_id)
    )
    return {row.kind: row.channel for row in rows}
