"""Groups of trainees: dates, enrolments, deadlines, progress and the ledger of hours."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models.programmes import ProgrammeVersion
from lms.core.db import Base, Hours, Kept, Line, Moment, Short
from lms.core.people.models import Person
from lms.registry.models import Site


class Cohort(Kept, Base):
    """A group: one run of a programme version with its dates. It stays on that version."""

    __tablename__ = "cohort"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="dates"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), index=True)
    title: Mapped[Line]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    enrolment_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    key_enabled: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    order_number: Mapped[Short | None]
    order_date: Mapped[date | None]
    completion_order_number: Mapped[Short | None]
    completion_order_date: Mapped[date | None]
    closed_at: Mapped[Moment | None]

    site: Mapped[Site] = relationship()
    """The programme's site, which is loaded with the version: no statement of its own."""
    version: Mapped[ProgrammeVersion] = relationship(lazy="joined", innerjoin=True)
    enrolments: Mapped[list["Enrolment"]] = relationship(back_populates="cohort")


class TopicDeadline(Kept, Base):
    """Due date of a topic for a group or, on an individual plan, for one trainee."""

    __tablename__ = "topic_deadline"
    __table_args__ = (
        Index(
            "uq_topic_deadline",
            "cohort_id",
            "topic_lineage",
            text("coalesce(enrolment_id, 0)"),
            unique=True,
        ),
    )

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    topic_lineage: Mapped[uuid.UUID]
    due_on: Mapped[date]


class Enrolment(Kept, Base):
    """A trainee in a group, by an order."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("cohort_id", "person_id"),
        CheckConstraint("state IN ('enrolled', 'transferred', 'finished', 'withdrawn')", name="state"),
    )

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="enrolled", server_default="enrolled")
    enrolled_on: Mapped[date]
    state_since: Mapped[date]
    order_number: Mapped[Short | None]
    order_date: Mapped[date | None]
    individual: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """On an individual plan: own deadlines (B 5.2)."""
    invited_at: Mapped[Moment | None]
    accepted_at: Mapped[Moment | None]
    last_seen_at: Mapped[Moment | None]
    hours_done: Mapped[Hours] = mapped_column(default=0, server_default="0")
    """Sum of the ledger, stored here so that lists need not compute it."""
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    """The enrolment that moved from this group to another one; this row is only its record in the group."""

    cohort: Mapped[Cohort] = relationship(back_populates="enrolments", lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class EnrolmentChange(Kept, Base):
    """A change of an enrolment's state, with date and order."""

    __tablename__ = "enrolment_change"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    on_date: Mapped[date]
    order_number: Mapped[Short | None]
    reason: Mapped[Line] = mapped_column(default="", server_default="")
    to_cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class MaterialProgress(Base):
    """A trainee's progress on a material."""

    __tablename__ = "material_progress"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id", ondelete="CASCADE"), primary_key=True)
    opened_at: Mapped[Moment] = mapped_column(server_default=func.now())
    completed_at: Mapped[Moment | None]


class TopicProgress(Base):
    """A topic completed by a trainee: by all its obligatory items, or by the leader's mark."""

    __tablename__ = "topic_progress"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    topic_lineage: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    completed_at: Mapped[Moment] = mapped_column(server_default=func.now())
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """The leader or teacher who confirmed attendance; null: completed by its items."""


class HourCredit(Kept, Base):
    """A line of the ledger: academic hours of one kind credited for one topic from one source.

    The lines of a topic and kind together never exceed the plan (trigger ``hour_credit_within_plan``).
    """

    __tablename__ = "hour_credit"
    __table_args__ = (
        UniqueConstraint(
            "enrolment_id", "topic_lineage", "kind_lineage", "source_kind", "source_id", name="uq_hour_credit_source"
        ),
        CheckConstraint("(source_kind = 'topic') = (source_id = 0)", name="source"),
        CheckConstraint("hours >= 0 AND hours * 4 = trunc(hours * 4)", name="quarters"),
    )

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    topic_lineage: Mapped[uuid.UUID]
    kind_lineage: Mapped[uuid.UUID]
    source_kind: Mapped[str] = mapped_column(String(20))
    """``topic``: the topic was completed; any other kind names the table of the row that gave the hours."""
    source_id: Mapped[int] = mapped_column(default=0, server_default="0")
    """Id of that row; 0 for ``topic``, which has no row of its own."""
    hours: Mapped[Hours]
