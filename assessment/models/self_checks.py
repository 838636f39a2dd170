"""Self-checks: questions with keys that a worker grades, and attempts at them."""

import uuid
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, Json, JsonList, Kept, Line, Moment, Points


class SelfCheck(Kept, Base):
    """A self-check of a topic, or the entry test of the programme (no topic)."""

    __tablename__ = "self_check"
    __table_args__ = (
        CheckConstraint("purpose IN ('entry', 'topic')", name="purpose"),
        CheckConstraint("attempts_allowed IS NULL OR attempts_allowed > 0", name="attempts"),
        CheckConstraint("time_limit_seconds IS NULL OR time_limit_seconds >= 60", name="time_limit"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    topic_lineage: Mapped[uuid.UUID | None]
    purpose: Mapped[str] = mapped_column(String(10), default="topic", server_default="topic")
    title: Mapped[Line]
    instructions: Mapped[str] = mapped_column(Text, default="", server_default="")
    attempts_allowed: Mapped[int | None]
    """None: no limit."""
    time_limit_seconds: Mapped[int | None]
    shuffle: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    required: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """True if the completion rule requires its threshold (never for the entry test)."""
    removed_at: Mapped[Moment | None]

    items: Mapped[list["SelfCheckItem"]] = relationship(
        order_by="SelfCheckItem.position", cascade="all, delete-orphan", back_populates="self_check"
    )


class Question(Kept, Base):
    """One version of a question; the next version is a new row of the same lineage."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("lineage", "number"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    lineage: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[Line]
    content: Mapped[Json]
    """JSON of ``assessment.questions.model.Question``: text, format, payload, feedback."""


class SelfCheckItem(Kept, Base):
    """A question in a self-check, with its mark in points."""

    __tablename__ = "self_check_item"

    self_check_id: Mapped[int] = mapped_column(ForeignKey("self_check.id", ondelete="CASCADE"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    position: Mapped[int]
    mark: Mapped[Points] = mapped_column(default=Decimal(1), server_default="1")

    self_check: Mapped[SelfCheck] = relationship(back_populates="items")
    question: Mapped[Question] = relationship(lazy="joined", innerjoin=True)


class Attempt(Kept, Base):
    """One attempt: saved while in progress, handed in once, graded once.

    ``in_progress`` → ``handed_in`` → ``graded``, or ``needs_person`` until its essays are read.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("self_check_id", "enrolment_id", "number"),
        CheckConstraint("state IN ('in_progress', 'handed_in', 'graded', 'needs_person')", name="state"),
        Index(
            "uq_attempt_open",
            "self_check_id",
            "enrolment_id",
            unique=True,
            postgresql_where=text("state = 'in_progress'"),
        ),
        Index("ix_attempt_deadline", "deadline_at", postgresql_where=text("state = 'in_progress'")),
        Index("ix_attempt_needs_person", "enrolment_id", postgresql_where=text("state = 'needs_person'")),
    )

    self_check_id: Mapped[int] = mapped_column(ForeignKey("self_check.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="in_progress", server_default="in_progress")
    seed: Mapped[int]
    """Seed of the shuffling: a reloaded page keeps its order."""
    items: Mapped[JsonList]
    """``[[question id, "mark"], …]`` as of the start: later changes of the self-check do not affect it."""
    answers: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """Question id → answer."""
    saved_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    started_at: Mapped[Moment]
    deadline_at: Mapped[Moment | None]
    """Moment at which the server hands in the answers saved by then."""
    handed_in_at: Mapped[Moment | None]
    graded_at: Mapped[Moment | None]
    points: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    max_points: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    result: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """Results of questions (fraction, feedback, right parts) and a person's points for essays."""

    self_check: Mapped[SelfCheck] = relationship(lazy="joined", innerjoin=True)


class AttemptAllowance(Base):
    """Attempts that a leader allowed one trainee beyond those of the self-check."""

    __tablename__ = "attempt_allowance"
    __table_args__ = (CheckConstraint("extra >= 0", name="extra"),)

    self_check_id: Mapped[int] = mapped_column(ForeignKey("self_check.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    extra: Mapped[int]


class CompetencyRating(Kept, Base):
    """A trainee's rating of their own competencies, before or after; scored by the worker."""

    __tablename__ = "competency_rating"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "moment"),
        CheckConstraint("moment IN ('before', 'after')", name="moment"),
        CheckConstraint("state IN ('draft', 'handed_in', 'scored')", name="state"),
    )

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    moment: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    answers: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """Descriptor lineage → level on the scale."""
    scores: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    handed_in_at: Mapped[Moment | None]
    scored_at: Mapped[Moment | None]
