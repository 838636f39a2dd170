"""Notices to people."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, Json, Kept, Moment


class Notice(Kept, Base):
    """Something that a person is told in the product: a work was reviewed, a certificate was issued.

    The sentence is composed where the notice is shown, from ``kind`` and ``detail``, in the reader's language.
    """

    __tablename__ = "notice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    """``review`` or ``certificate``."""
    detail: Mapped[Json] = mapped_column(default=dict)
    """Values for the sentence and its link; JSON."""
    read_at: Mapped[Moment | None]
    """None while the person has not read it."""
