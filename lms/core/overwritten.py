"""Texts that a save has replaced: kept for a while, so that their author can have them back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.core.db import Base, Kept

LOST_LETTERS = 20
"""A save that removes so many letters in one place keeps the text before it."""
MOST = 20
"""Largest number of texts kept for one object; older ones are deleted."""
KEPT = timedelta(days=180)


class OverwrittenText(Kept, Base):
    """A text of a field before a save that removed much of it."""

    __tablename__ = "overwritten_text"
    __table_args__ = (Index("ix_overwritten_text_object", "object_type", "object_id"),)

    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)


def loses(before: str, after: str) -> bool:
    """Returns whether a save removes ``LOST_LETTERS`` letters in one place, or the whole of a shorter text."""
    if not before.strip() or before == after:
        return False
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    return len(before) - start - end >= min(LOST_LETTERS, len(before))


def _shared(one: str, other: str) -> int:
    """Returns the length of the common beginning."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def keep_overwritten(session: Session, subject: Any, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Keeps the texts, by field, of which a save of this row removes much."""
    lost = {name: text for name, text in before.items() if loses(text, after.get(name, ""))}
    for name, text in lost.items():
        session.add(
            OverwrittenText(object_type=subject.__tablename__, object_id=subject.id, field=name[:60], text=text)
        )
    if not lost:
        return
    session.flush()
    newest = _of(subject).with_only_columns(OverwrittenText.id).limit(MOST)
    session.execute(
        delete(OverwrittenText).where(
            OverwrittenText.object_type == subject.__tablename__,
            OverwrittenText.object_id == subject.id,
            OverwrittenText.id.not_in(newest),
        )
    )


def overwritten_of(session: Session, subject: Any) -> Sequence[OverwrittenText]:
    """Returns the kept texts of this row, latest first."""
    return session.scalars(_of(subject)).all()


def _of(subject: Any) -> Any:
    mine = (OverwrittenText.object_type == subject.__tablename__, OverwrittenText.object_id == subject.id)
    return select(OverwrittenText).where(*mine).order_by(OverwrittenText.id.desc())


def delete_old(session: Session, now: datetime) -> None:
    """Deletes texts that were replaced longer than ``KEPT`` ago."""
    session.execute(delete(OverwrittenText).where(OverwrittenText.created_at < now - KEPT))
