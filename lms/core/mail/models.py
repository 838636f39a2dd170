"""E-mail messages: stored as rows first, so that none is sent before the change that caused it is committed."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, Kept, Line, Moment


class Message(Kept, Base):
    """An e-mail and its delivery; without mail settings the outbox page shows it."""

    __tablename__ = "message"

    recipient: Mapped[str] = mapped_column(String(254), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    subject: Mapped[Line]
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[Moment | None]
    error: Mapped[str | None] = mapped_column(Text)
