"""E-mail messages: stored as rows first, so that none is sent before the change that caused it is committed."""

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, Kept, Line, Moment


class Message(Kept, Base):
    """An e-mail and its delivery; without mail settings the outbox page shows it."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_failed", "person_id", postgresql_where=text("error IS NOT NULL")),
        Index("ix_message_unsent", "created_at", postgresql_where=text("sent_at IS NULL")),
    )

    recipient: Mapped[str] = mapped_column(String(254), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    subject: Mapped[Line]
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[Moment | None]
    error: Mapped[str | None] = mapped_column(Text)
    """Reason why it is not delivered and not tried again."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    """Person who asked for the letter, and learns that it failed."""
    unsubscribe_path: Mapped[str | None] = mapped_column(String(500))
    """Page that ends letters of this kind; None for a letter that nobody can refuse."""
