"""Programmes and their versions: the plan in academic hours, planned outcomes, criteria and completion rule.

Rows of an approved version never change (a trigger refuses it). ``lineage`` is the same in all versions, so that
materials, deadlines and credited hours refer to a topic of any version.
"""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, Hours, Json, JsonList, Kept, Line, Moment, Points, Short
from lms.registry.models import Site


def new_lineage() -> uuid.UUID:
    """Returns a new identifier that is the same in all versions."""
    return uuid.uuid4()


class Programme(Kept, Base):
    """An internship programme of a site; its content is in its versions."""

    __tablename__ = "programme"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    language: Mapped[str] = mapped_column(String(5), default="ru", server_default="ru")
    """Language of the content, in which documents are printed whatever the reader's language."""
    archived_at: Mapped[Moment | None]

    site: Mapped[Site] = relationship(lazy="joined", innerjoin=True)
    versions: Mapped[list["ProgrammeVersion"]] = relationship(
        back_populates="programme", order_by="ProgrammeVersion.number"
    )


class ProgrammeVersion(Kept, Base):
    """One version: draft → submitted → considered (protocol) → approved, or returned with remarks."""

    __tablename__ = "programme_version"
    __table_args__ = (
        UniqueConstraint("programme_id", "number"),
        CheckConstraint("state IN ('draft', 'submitted', 'considered', 'approved', 'returned')", name="state"),
        CheckConstraint("workload >= 0 AND workload * 4 = trunc(workload * 4)", name="workload_quarters"),
        Index(
            "uq_programme_version_open",
            "programme_id",
            unique=True,
            postgresql_where=text("state <> 'approved'"),
        ),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="draft", server_default="draft")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """Counts the changes of the draft: two tabs notice each other's changes by it."""

    title: Mapped[Line]
    workload: Mapped[Hours]
    """Stated workload in academic hours; the plan's total must equal it."""
    year: Mapped[int | None]
    audience: Mapped[str] = mapped_column(Text, default="", server_default="")
    form: Mapped[str] = mapped_column(Text, default="", server_default="")
    key_ideas: Mapped[str] = mapped_column(Text, default="", server_default="")
    goal: Mapped[str] = mapped_column(Text, default="", server_default="")
    tasks: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    conditions: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """``staff``, ``equipment``, ``information``: parts 3.1–3.3 of seed A."""
    literature: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    other_parts: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    """Paragraphs of the imported document that were not recognised, so that nothing is lost."""

    # The final attestation and the completion rule
    pass_mark: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    """Points that the final attestation task must reach."""
    self_check_threshold: Mapped[int] = mapped_column(default=70, server_default="70")
    """Per cent that the obligatory self-checks must reach."""
    hours_needed: Mapped[Decimal | None] = mapped_column(Numeric(7, 2))
    """Academic hours that must be credited; null: the whole workload."""
    asks_rating: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """True if the competency self-assessment after the internship is a condition too."""
    document_kind: Mapped[str] = mapped_column(String(20), default="certificate", server_default="certificate")
    """``certificate``, ``statement`` (справка) or ``advanced_training`` (удостоверение)."""

    submitted_at: Mapped[Moment | None]
    approved_at: Mapped[Moment | None]
    approval_document: Mapped[Line | None]
    approved_on: Mapped[date | None]

    programme: Mapped[Programme] = relationship(back_populates="versions", lazy="joined", innerjoin=True)
    kinds: Mapped[list["HourKind"]] = relationship(
        back_populates="version", order_by="HourKind.position", cascade="all, delete-orphan"
    )
    sections: Mapped[list["Section"]] = relationship(
        back_populates="version", order_by="Section.position", cascade="all, delete-orphan"
    )
    competencies: Mapped[list["Competency"]] = relationship(
        back_populates="version", order_by="Competency.position", cascade="all, delete-orphan"
    )
    considerations: Mapped[list["Consideration"]] = relationship(order_by="Consideration.id")

    @property
    def is_open(self) -> bool:
        """True if its author may change it."""
        return self.state in ("draft", "returned")


class HourKind(Kept, Base):
    """A column of the plan: lectures, practice, self-study and so on, chosen by the programme."""

    __tablename__ = "hour_kind"
    __table_args__ = (UniqueConstraint("version_id", "lineage"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id", ondelete="CASCADE"), index=True)
    lineage: Mapped[uuid.UUID] = mapped_column(default=new_lineage)
    position: Mapped[int]
    name: Mapped[Short]

    version: Mapped[ProgrammeVersion] = relationship(back_populates="kinds")


class Section(Kept, Base):
    """A section (module) of the plan. A section without topics in the source document is stored as one topic of its
    name.
    """

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("version_id", "lineage"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id", ondelete="CASCADE"), index=True)
    lineage: Mapped[uuid.UUID] = mapped_column(default=new_lineage)
    position: Mapped[int]
    title: Mapped[Line]
    stated_hours: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    """Hours stated in the section's row: kind's lineage (or ``total``) → hours as text; null: nothing is stated."""

    version: Mapped[ProgrammeVersion] = relationship(back_populates="sections")
    topics: Mapped[list["Topic"]] = relationship(
        back_populates="section", order_by="Topic.position", cascade="all, delete-orphan"
    )


class Topic(Kept, Base):
    """A topic of the plan: hours per kind, form of class, form of control."""

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("version_id", "lineage"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id", ondelete="CASCADE"), index=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id", ondelete="CASCADE"), index=True)
    lineage: Mapped[uuid.UUID] = mapped_column(default=new_lineage, index=True)
    position: Mapped[int]
    title: Mapped[Line]
    class_form: Mapped[Line] = mapped_column(default="", server_default="")
    control_form: Mapped[Line] = mapped_column(default="", server_default="")

    section: Mapped[Section] = relationship(back_populates="topics")
    hours: Mapped[list["TopicHours"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class TopicHours(Base):
    """Academic hours of one kind in one topic, in quarter steps."""

    __tablename__ = "topic_hours"
    __table_args__ = (
        CheckConstraint("hours >= 0 AND hours <= 1000 AND hours * 4 = trunc(hours * 4)", name="quarters"),
    )

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("hour_kind.id", ondelete="CASCADE"), primary_key=True)
    hours: Mapped[Hours]


class Competency(Kept, Base):
    """A planned outcome, with its descriptors."""

    __tablename__ = "competency"
    __table_args__ = (UniqueConstraint("version_id", "lineage"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id", ondelete="CASCADE"), index=True)
    lineage: Mapped[uuid.UUID] = mapped_column(default=new_lineage)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)

    version: Mapped[ProgrammeVersion] = relationship(back_populates="competencies")
    descriptors: Mapped[list["Descriptor"]] = relationship(
        order_by="Descriptor.position", cascade="all, delete-orphan", lazy="selectin"
    )


class Descriptor(Kept, Base):
    """Something that the trainee knows, can do, or has practised."""

    __tablename__ = "descriptor"
    __table_args__ = (CheckConstraint("kind IN ('knows', 'can', 'practised')", name="kind"),)

    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id", ondelete="CASCADE"), index=True)
    lineage: Mapped[uuid.UUID] = mapped_column(default=new_lineage)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)


class Rubric(Kept, Base):
    """Criteria by which works are graded: of the programme's part 4, or of one task."""

    __tablename__ = "rubric"
    __table_args__ = (Index("uq_rubric_final", "version_id", unique=True, postgresql_where=text("final")),)

    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id", ondelete="CASCADE"), index=True)
    final: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """True for the criteria of the final attestation, which the programme's part 4 contains."""

    criteria: Mapped[list["RubricCriterion"]] = relationship(
        order_by="RubricCriterion.position", cascade="all, delete-orphan", lazy="selectin"
    )


class RubricCriterion(Kept, Base):
    """A criterion: points from zero to ``max_points``, at least ``min_points`` for acceptance."""

    __tablename__ = "rubric_criterion"
    __table_args__ = (
        UniqueConstraint("rubric_id", "lineage"),
        CheckConstraint("max_points > 0 AND min_points BETWEEN 0 AND max_points", name="points"),
    )

    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id", ondelete="CASCADE"))
    lineage: Mapped[uuid.UUID] = mapped_column(default=new_lineage)
    position: Mapped[int]
    name: Mapped[Line]
    indicator: Mapped[str] = mapped_column(Text, default="", server_default="")
    max_points: Mapped[Points]
    min_points: Mapped[Points] = mapped_column(default=Decimal(0), server_default="0")


class RubricLevel(Kept, Base):
    """A level of a criterion: its points and the description of a work of that level. No page writes them yet."""

    __tablename__ = "rubric_level"
    __table_args__ = (UniqueConstraint("criterion_id", "position"),)

    criterion_id: Mapped[int] = mapped_column(ForeignKey("rubric_criterion.id", ondelete="CASCADE"))
    position: Mapped[int]
    points: Mapped[Points]
    text: Mapped[str] = mapped_column(Text)


class RemovedPart(Kept, Base):
    """A part that an author has removed from an open version, with all that is needed to bring it back."""

    __tablename__ = "removed_part"
    __table_args__ = (
        UniqueConstraint("version_id", "lineage"),
        CheckConstraint("kind IN ('column', 'section', 'topic', 'competency', 'task')", name="kind"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    lineage: Mapped[uuid.UUID]
    title: Mapped[str] = mapped_column(Text)
    content: Mapped[Json]


class Consideration(Kept, Base):
    """A decision of the council or of the approver on a submitted version, with its document."""

    __tablename__ = "consideration"
    __table_args__ = (CheckConstraint("decision IN ('considered', 'approved', 'returned')", name="decision"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), index=True)
    decision: Mapped[str] = mapped_column(String(12))
    document: Mapped[Line]
    """Number of the protocol or order."""
    decided_on: Mapped[date]
    remarks: Mapped[str] = mapped_column(Text, default="", server_default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class TechnicalCorrection(Kept, Base):
    """A misprint corrected in an approved version: logged, without a new approval (rule 3)."""

    __tablename__ = "technical_correction"

    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), index=True)
    place: Mapped[Line]
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class ImportDraft(Kept, Base):
    """An imported document that waits for its author's corrections; nothing of it is saved as a programme yet."""

    __tablename__ = "import_draft"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """``programme``, ``plan``, ``roster`` or ``questions``."""
    file_name: Mapped[Line]
    subject_id: Mapped[int | None]
    """The version, group or self-check that it is imported into, if any."""
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_at: Mapped[Moment | None]
