"""Notices to people, and each person's choice of letters about them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, Json, Kept, Moment


class Notice(Kept, Base):
    """Something that a person is told in the product: a work was reviewed, a certificate was issued.

    The sentence is composed where the notice is shown, from ``kind`` and ``detail``, in the reader's language.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("mail IN ('new', 'digest', 'done')", name="mail"),
        Index("ix_notice_person_id", "person_id", "id"),
        Index("ix_notice_unread", "person_id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notice_new", "id", postgresql_where=text("mail = 'new'")),
        Index("ix_notice_digest", "person_id", postgresql_where=text("mail = 'digest'")),
        Index("uq_notice_key", "person_id", "key", unique=True),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    """Name of a ``NoticeKind``."""
    detail: Mapped[Json] = mapped_column(default=dict)
    """Values for the sentence and its link; JSON."""
    cohort_id: Mapped[int | None]
    """Group concerned; a launch of a group shows its notices only."""
    key: Mapped[str | None] = mapped_column(String(80))
    """A notice of one key is written to a person once; None: each one is written."""
    read_at: Mapped[Moment | None]
    """None while the person has not read it."""
    mail: Mapped[str] = mapped_column(String(6), default="new", server_default="new")
    """``new``: no letter was decided on yet; ``digest``: waits for the next digest; ``done``: sent, or no letter."""


class NoticePreference(Base):
    """A person's choice for one kind of notice; without a row the kind's default holds."""

    __tablename__ = "notice_preference"
    __table_args__ = (CheckConstraint("channel IN ('at_once', 'digest', 'never')", name="channel"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8))
