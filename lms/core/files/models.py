"""Files: a blob holds bytes, a stored file is a name that refers to a blob."""

from sqlalchemy import BigInteger, ForeignKey, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, Kept, Line, Moment


class Blob(Base):
    """Bytes stored once under their SHA-256; deleted when no file refers to them any more."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    stored_at: Mapped[Moment] = mapped_column(server_default=func.now())


class StoredFile(Kept, Base):
    """A file as it was uploaded: its name (Cyrillic kept) and its media type, recognised by its content."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    name: Mapped[Line]
    media_type: Mapped[str] = mapped_column(String(120))
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    site_id: Mapped[int | None] = mapped_column(index=True)

    blob: Mapped[Blob] = relationship(lazy="joined", innerjoin=True)

    @property
    def size(self) -> int:
        """Size in bytes."""
        return self.blob.size
