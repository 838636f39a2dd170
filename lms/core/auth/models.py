"""Table of the rate limits for attempts to log in."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, Moment


class Throttle(Base):
    """Number of attempts per key in a window (log-in by name or address, verification of certificates by address)."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    window_started_at: Mapped[Moment]
