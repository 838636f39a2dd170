"""Durable work: the row is the truth, the broker only carries the kind of work that waits."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, Kept, Moment


class Job(Kept, Base):
    """A piece of work, written in the same transaction as the change that calls for it.

    The worker that runs it holds the row's lock to the end. The lock is the lease: it ends with the connection of a
    killed worker. ``waiting`` becomes ``done``, or ``dead`` (failed) after the last attempt; an administrator sees and
    retries a failed job.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'dead')", name="state"),
        Index("ix_job_waiting", "kind", "run_after", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_job_dead", "id", postgresql_where=text("state = 'dead'")),
        Index("uq_job_unique_key", "unique_key", unique=True, postgresql_where=text("state <> 'done'")),
    )

    kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    unique_key: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="waiting", server_default="waiting")
    run_after: Mapped[Moment] = mapped_column(server_default=func.now())
    finished_at: Mapped[Moment | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(64))


class JobAttempt(Kept, Base):
    """An attempt that began, committed before the work, so that a job which kills its worker is counted too."""

    __tablename__ = "job_start"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), index=True)
