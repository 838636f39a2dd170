"""Certificates: gapless numbers, one current certificate per enrolment and kind."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models.groups import Enrolment
from lms.core.db import Base, Json, Kept, Line, Moment, Short
from lms.core.files.models import StoredFile


class NumberSeries(Base):
    """Last number used by an issuing organisation, per kind of document and year."""

    __tablename__ = "number_series"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0, server_default="0")


class Certificate(Kept, Base):
    """An issued document with its printed data as of the day of issue. Numbered first, then typeset and stored."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("organization_id", "kind", "year", "number"),
        CheckConstraint("(file_id IS NULL) = (sha256 IS NULL)", name="stored_with_hash"),
        Index(
            "uq_certificate_current",
            "enrolment_id",
            "kind",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    number: Mapped[int]
    number_text: Mapped[Short]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Verification code: unguessable."""
    issued_on: Mapped[date]
    language: Mapped[str] = mapped_column(String(5))
    person_name: Mapped[Line]
    programme_title: Mapped[Line]
    hours: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    facts: Mapped[Json]
    """Further printed data: site, organisation, dates, signer."""
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    stored_at: Mapped[Moment | None]
    withdrawn_at: Mapped[Moment | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    flagged_at: Mapped[Moment | None]
    """Moment since which the completion rule no longer holds: shown to the leader, revokes nothing (rule 9)."""

    enrolment: Mapped[Enrolment] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class CompletionState(Base):
    """Last evaluation of the completion rule for an enrolment."""

    __tablename__ = "completion_state"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    evaluated_at: Mapped[Moment]
    holds: Mapped[bool]
    conditions: Mapped[Json]
