"""Queries for the administrator's pages of connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from lms.lti.models.launches import Context, Launch
from lms.lti.models.platforms import Deployment, Platform, Refusal, RegistrationAddress
from lms.lti.models.services import Outage
from lms.registry.models import Site

LATEST = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers for the administrator's home page."""

    connected: int
    waiting: int
    """Deployments that are not accepted yet."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Numbers of a connection's courses and launches."""

    courses: int
    launches: int
    under_way: int


def platforms(session: Session) -> Sequence[Platform]:
    """Returns all connections with their deployments, active ones first, by name."""
    order = Platform.removed_at.is_not(None), Platform.name, Platform.id
    return session.scalars(select(Platform).options(selectinload(Platform.deployments)).order_by(*order)).all()


def failing(session: Session) -> dict[int, datetime]:
    """Returns the platforms that do not answer, with the moment of their first failure."""
    return {row.platform_id: row.since for row in session.scalars(select(Outage))}


def open_addresses(session: Session, *, now: datetime) -> Sequence[RegistrationAddress]:
    """Returns registration addresses that are not used, latest first."""
    usable = RegistrationAddress.used_at.is_(None), RegistrationAddress.expires_at > now
    return session.scalars(select(RegistrationAddress).where(*usable).order_by(RegistrationAddress.id.desc())).all()


def refusals(session: Session, *, platform_id: int | None, limit: int = LATEST) -> Sequence[Refusal]:
    """Returns the latest refusals of a platform, or of unknown platforms if none is given."""
    mine = Refusal.platform_id == platform_id if platform_id is not None else Refusal.platform_id.is_(None)
    return session.scalars(select(Refusal).where(mine).order_by(Refusal.id.desc()).limit(limit)).all()


def traffic(session: Session, platform: Platform, *, now: datetime) -> Traffic:
    """Counts courses and launches of a connection."""
    of_platform = (
        select(func.count(Launch.id.distinct()), func.count(Launch.id.distinct()).filter(Launch.ends_at > now))
        .join(Context, Context.id == Launch.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.platform_id == platform.id)
    )
    launches, under_way = session.execute(of_platform).one()
    courses = session.scalar(
        select(func.count(Context.id)).join(Deployment).where(Deployment.platform_id == platform.id)
    )
    return Traffic(courses or 0, launches, under_way)


def counts(session: Session) -> Counts:
    """Counts active connections and their deployments that are not accepted."""
    connected = session.scalar(select(func.count(Platform.id)).where(Platform.removed_at.is_(None)))
    waiting = session.scalar(
        select(func.count(Deployment.id))
        .join(Platform)
        .where(Deployment.accepted_at.is_(None), Platform.removed_at.is_(None))
    )
    return Counts(connected or 0, waiting or 0)


def site_choices(session: Session) -> list[tuple[int, str]]:
    """Returns every site with its organisation, as choices of a field."""
    rows = session.scalars(select(Site).order_by(Site.theme, Site.id)).all()
    return [(row.id, f"{row.theme} · {row.organization.short_name}") for row in rows]


def site_name(session: Session, site_id: int | None) -> str:
    """Returns the theme of the owning site; empty for a platform of several sites."""
    found = session.get(Site, site_id) if site_id is not None else None
    return found.theme if found else ""
