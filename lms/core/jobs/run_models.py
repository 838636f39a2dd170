"""Table of long runs."""

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, Json, Kept, Moment

FINISHED = ("done", "cancelled")


class JobRun(Kept, Base):
    """Long work that somebody started and watches: an import, a mailing, a year's report.

    A job of the same kind does it step by step, each step in its own transaction with its progress. Only the worker
    writes ``state``; people write ``request``, which the worker reads before each step.
    """

    __tablename__ = "job_run"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'running', 'paused', 'cancelled', 'done', 'failed')",
            name="state",
        ),
        CheckConstraint("request IN ('run', 'pause', 'cancel')", name="request"),
    )

    kind: Mapped[str] = mapped_column(String(60))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    """Account that started the run; None: the system."""
    parameters: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(String(10), default="waiting", server_default="waiting")
    request: Mapped[str] = mapped_column(String(10), default="run", server_default="run")
    steps_done: Mapped[int] = mapped_column(default=0, server_default="0")
    """Progress, in the unit that the kind of work counts (rows, letters, files)."""
    steps_total: Mapped[int | None]
    """None while the total is unknown."""
    position: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """Position from which the next step continues; JSON defined by the kind of work."""
    result_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"), index=True)
    error: Mapped[str | None] = mapped_column(Text)
    """Traceback of the last failure; kept while the run is ``failed``."""
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
