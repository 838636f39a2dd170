"""Attestation tasks, works handed in as versions, reviews and results."""

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from courses.models.groups import Enrolment
from courses.models.programmes import Rubric, RubricCriterion
from lms.core.db import Base, Kept, Line, Moment, Points
from lms.core.files.models import StoredFile


class AttestationTask(Kept, Base):
    """A methodical product that the trainee makes; part of a programme version, graded by a rubric."""

    __tablename__ = "attestation_task"
    __table_args__ = (
        UniqueConstraint("version_id", "lineage"),
        CheckConstraint("kind IN ('current', 'final')", name="kind"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id", ondelete="CASCADE"), index=True)
    lineage: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    topic_lineage: Mapped[uuid.UUID | None]
    kind: Mapped[str] = mapped_column(String(8))
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    title: Mapped[Line]
    instructions: Mapped[str] = mapped_column(Text, default="", server_default="")
    instructions_html: Mapped[str] = mapped_column(Text, default="", server_default="")
    pass_mark: Mapped[Points] = mapped_column(default=Decimal(0), server_default="0")
    required: Mapped[bool] = mapped_column(default=True, server_default=text("true"))

    rubric_id: Mapped[int | None] = mapped_column(ForeignKey("rubric.id"), index=True)
    """Rubric of the version's part 4 for the first final task, otherwise its own; null: the task has no criteria."""

    rubric: Mapped[Rubric | None] = relationship()
    criteria: Mapped[list[RubricCriterion]] = relationship(
        primaryjoin=lambda: AttestationTask.rubric_id == foreign(RubricCriterion.rubric_id),
        order_by=RubricCriterion.position,
        viewonly=True,
        lazy="selectin",
    )
    """Criteria of the rubric, for readers."""


class TaskDue(Kept, Base):
    """Due date of a task for a group or for one trainee."""

    __tablename__ = "task_due"
    __table_args__ = (Index("uq_task_due", "task_id", "cohort_id", text("coalesce(enrolment_id, 0)"), unique=True),)

    task_id: Mapped[int] = mapped_column(ForeignKey("attestation_task.id", ondelete="CASCADE"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    due_on: Mapped[date]


class Submission(Kept, Base):
    """A trainee's work on a task: ``draft`` → ``handed_in`` → ``accepted``, or ``returned`` and handed in again."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("task_id", "enrolment_id"),
        CheckConstraint("state IN ('draft', 'handed_in', 'returned', 'accepted')", name="state"),
        Index("ix_submission_waiting", "waiting_since", postgresql_where=text("state = 'handed_in'")),
        Index("ix_submission_waiting_enrolment", "enrolment_id", postgresql_where=text("state = 'handed_in'")),
    )

    task_id: Mapped[int] = mapped_column(ForeignKey("attestation_task.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    draft_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    draft_saved_at: Mapped[Moment | None]
    waiting_since: Mapped[Moment | None]
    accepted_at: Mapped[Moment | None]
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    """Grader who has the work open; shown to a second grader."""
    claimed_at: Mapped[Moment | None]

    task: Mapped[AttestationTask] = relationship(lazy="joined", innerjoin=True)
    enrolment: Mapped[Enrolment] = relationship(lazy="joined", innerjoin=True)
    versions: Mapped[list["SubmissionVersion"]] = relationship(
        order_by="SubmissionVersion.number", back_populates="submission"
    )


class SubmissionVersion(Kept, Base):
    """A handed-in version; never changes."""

    __tablename__ = "submission_version"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="", server_default="")
    handed_in_at: Mapped[Moment]
    opened_at: Mapped[Moment | None]
    """Moment at which a grader opened the version first; until then its author may take it back."""

    submission: Mapped[Submission] = relationship(back_populates="versions")
    files: Mapped[list["SubmissionFile"]] = relationship(lazy="selectin", order_by="SubmissionFile.id")
    reviews: Mapped[list["Review"]] = relationship(back_populates="version", order_by="Review.id")
    result: Mapped["Result | None"] = relationship(
        primaryjoin=lambda: and_(SubmissionVersion.id == foreign(Result.version_id), Result.taken_back_at.is_(None)),
        back_populates="version",
        uselist=False,
    )
    """The decision in force, released or not."""
    results_taken_back: Mapped[list["Result"]] = relationship(
        primaryjoin=lambda: and_(SubmissionVersion.id == foreign(Result.version_id), Result.taken_back_at.is_not(None)),
        order_by=lambda: Result.id,
        viewonly=True,
    )

    @property
    def review(self) -> "Review | None":
        """The latest review, decided or not; today a version has at most one."""
        return self.reviews[-1] if self.reviews else None


class SubmissionFile(Kept, Base):
    """A file of a version, or (without one) of the draft."""

    __tablename__ = "submission_file"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("submission_version.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class Review(Kept, Base):
    """Points and comments of one grader for one version; final once the version has its result."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("version_id", "reviewer_id"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("submission_version.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """Number of saves; detects two graders who write at the same time."""
    comment: Mapped[str] = mapped_column(Text, default="", server_default="")
    total: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    """Sum of this grader's points so far."""

    version: Mapped[SubmissionVersion] = relationship(back_populates="reviews")
    marks: Mapped[list["ReviewMark"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class ReviewMark(Base):
    """Points and a comment for one criterion."""

    __tablename__ = "review_mark"

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("rubric_criterion.id"), primary_key=True)
    points: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    comment: Mapped[str] = mapped_column(Text, default="", server_default="")


class Result(Kept, Base):
    """Decision on one version, read by trainee pages, dashboards and gradebooks; based on its reviews.

    One result of a version is in force; results that were taken back stay with their reasons and count for nothing.
    """

    __tablename__ = "result"
    __table_args__ = (
        CheckConstraint("decision IN ('accepted', 'returned')", name="decision"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_reason IS NULL)", name="taken_back_with_reason"),
        Index("ix_result_unreleased", "decided_by_id", postgresql_where=text("released_at IS NULL")),
        Index("uq_result_in_force", "version_id", unique=True, postgresql_where=text("taken_back_at IS NULL")),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("submission_version.id", ondelete="CASCADE"), index=True)
    decision: Mapped[str] = mapped_column(String(10))
    total: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    """Points; zero for a task without criteria."""
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[Moment]
    released_at: Mapped[Moment | None]
    """Moment from which the trainee and gradebooks see the result; None while its grader may undo it."""
    taken_back_at: Mapped[Moment | None]
    taken_back_reason: Mapped[str | None] = mapped_column(Text)

    version: Mapped[SubmissionVersion] = relationship(back_populates="result")
