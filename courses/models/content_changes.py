"""The log of changes to what a programme's courses consist of, by which kept outlines are known to be current."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, Kept


class ContentChange(Kept, Base):
    """A statement that changed topics, hours, materials, self-checks, tasks or competencies of a programme.

    Triggers write it, so that no writer can forget to. Number and sum of the ids of a programme's rows are its content
    revision (``courses.progress.content_log``).
    """

    __tablename__ = "content_change"
    __table_args__ = (Index("ix_content_change_programme", "programme_id", "id"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
