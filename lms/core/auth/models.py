"""Tables of log-in protection."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, Moment


class Throttle(Base):
    """Failed tries per key (log-in by name or address, verification by address): a window and a count."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    window_started_at: Mapped[Moment]
