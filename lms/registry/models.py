"""Authorities, organisations, sites, statuses by orders, and memberships (roles)."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from lms.core.auth.roles import AUTHORITY_ROLES, LEADERS, ORGANIZATION_ROLES, SITE_ROLES
from lms.core.db import Base, Json, Kept, Line, Short
from lms.registry.regulation import Regulation


class Authority(Kept, Base):
    """Keeps the registry, issues orders, receives reports. ``settings`` hold what its regulation changes."""

    __tablename__ = "authority"

    name: Mapped[Line]
    locality: Mapped[Short] = mapped_column(default="", server_default="")
    time_zone: Mapped[str] = mapped_column(String(60), default="Asia/Novokuznetsk")
    settings: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))

    @property
    def regulation(self) -> Regulation:
        """The settings of the authority's regulation, with defaults for those that it has not changed."""
        return Regulation.model_validate(self.settings or {})

    @validates("settings")
    def _validate_settings(self, _name: str, value: dict[str, Any]) -> dict[str, Any]:
        """Raises ``ValueError`` for settings that ``Regulation`` refuses."""
        return Regulation.model_validate(value).model_dump(exclude_unset=True)


class Organization(Kept, Base):
    """A school, kindergarten, college or centre: hosts sites, sends trainees, or issues documents."""

    __tablename__ = "organization"

    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    name: Mapped[Line]
    short_name: Mapped[Line]
    locality: Mapped[Short] = mapped_column(default="", server_default="")
    director: Mapped[Line] = mapped_column(default="", server_default="")
    """Name of the person who signs, in the nominative."""
    director_position: Mapped[Line] = mapped_column(default="", server_default="")
    licensed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """True if the organisation may issue an удостоверение."""
    time_zone: Mapped[str] = mapped_column(String(60), default="Asia/Novokuznetsk", server_default="Asia/Novokuznetsk")
    number_pattern: Mapped[Short] = mapped_column(default="{year}-{number:04d}", server_default="{year}-{number:04d}")
    """Pattern of a document's number, see ``assessment.certificates.numbering``."""

    authority: Mapped[Authority] = relationship()


class Direction(Kept, Base):
    """An object of activity that sites of this authority may choose."""

    __tablename__ = "direction"
    __table_args__ = (UniqueConstraint("authority_id", "title"),)

    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    title: Mapped[Line]
    position: Mapped[int]


class Order(Kept, Base):
    """An order of the authority: number and date."""

    __tablename__ = "orders"
    __table_args__ = (UniqueConstraint("authority_id", "number", "issued_on"),)

    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    number: Mapped[Short]
    issued_on: Mapped[date]
    title: Mapped[Line] = mapped_column(default="", server_default="")


class Site(Kept, Base):
    """An internship site: an organisation's status to pass on one piece of good practice."""

    __tablename__ = "site"

    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    direction_id: Mapped[int | None] = mapped_column(ForeignKey("direction.id"))
    theme: Mapped[Line]

    authority: Mapped[Authority] = relationship()
    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)
    direction: Mapped[Direction | None] = relationship()
    statuses: Mapped[list["SiteStatus"]] = relationship(order_by="SiteStatus.starts_on", back_populates="site")

    @property
    def time_zone(self) -> str:
        """The zone that decides deadlines and the dates of documents."""
        return self.organization.time_zone


class SiteStatus(Kept, Base):
    """A status granted by an order for a term of at most three years (B 3.3), perhaps ended early with a reason."""

    __tablename__ = "site_status"
    __table_args__ = (CheckConstraint("ends_on > starts_on", name="term"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str | None] = mapped_column(Text)

    site: Mapped[Site] = relationship(back_populates="statuses")
    order: Mapped[Order] = relationship(lazy="joined", innerjoin=True)


class Membership(Kept, Base):
    """A person's role at a place and its dates; an acting leader is appointed by an order."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("num_nonnulls(site_id, authority_id, organization_id) = 1", name="one_place"),
        CheckConstraint(
            f"(site_id IS NOT NULL AND role IN {SITE_ROLES})"
            f" OR (authority_id IS NOT NULL AND role IN {AUTHORITY_ROLES})"
            f" OR (organization_id IS NOT NULL AND role IN {ORGANIZATION_ROLES})",
            name="role_fits_place",
        ),
        CheckConstraint("role <> 'acting_leader' OR order_number IS NOT NULL", name="acting_by_order"),
        Index(
            "uq_membership_current",
            "person_id",
            "role",
            text("coalesce(site_id, 0)"),
            text("coalesce(authority_id, 0)"),
            text("coalesce(organization_id, 0)"),
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"), index=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    starts_on: Mapped[date]
    ended_on: Mapped[date | None]
    order_number: Mapped[Short | None]
    order_date: Mapped[date | None]
    qualification: Mapped[Line | None]
    """The leader's category and achievements with their basis (B 4.1): shown as missing, never required."""

    @property
    def is_leadership(self) -> bool:
        """True for a leader and an acting leader, whose qualification is shown."""
        return self.role in LEADERS


class Council(Kept, Base):
    """The methodological council of an authority."""

    __tablename__ = "council"

    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), unique=True)
    name: Mapped[Line]
    next_meeting_on: Mapped[date | None]
