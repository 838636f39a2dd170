"""Materials of topics. They belong to a topic's lineage, so that versions share them; each has its own revisions."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, Kept, Line, Moment
from lms.core.files.models import StoredFile


class Material(Kept, Base):
    """A page, file, link or video; completed by opening or by confirming it."""

    __tablename__ = "material"
    __table_args__ = (
        CheckConstraint("kind IN ('page', 'file', 'link', 'video')", name="kind"),
        CheckConstraint("completion IN ('opened', 'confirmed')", name="completion"),
        Index("ix_material_topic", "programme_id", "topic_lineage", "position"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    topic_lineage: Mapped[uuid.UUID]
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[Line]
    body: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Markdown of a page; a note to a file, link or video."""
    body_html: Mapped[str] = mapped_column(Text, default="", server_default="")
    """The body as safe HTML, made when it was saved."""
    url: Mapped[str | None] = mapped_column(String(2000))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    minutes: Mapped[int | None]
    """Stated duration in minutes (of 60 seconds, not academic time)."""
    required: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    completion: Mapped[str] = mapped_column(String(10), default="opened", server_default="opened")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    removed_at: Mapped[Moment | None]

    file: Mapped[StoredFile | None] = relationship()


class MaterialRevision(Kept, Base):
    """Former content of a changed material."""

    __tablename__ = "material_revision"
    __table_args__ = (UniqueConstraint("material_id", "number"),)

    material_id: Mapped[int] = mapped_column(ForeignKey("material.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[Line]
    body: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(String(2000))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class PageImage(Kept, Base):
    """An image that a page of this programme shows."""

    __tablename__ = "page_image"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
