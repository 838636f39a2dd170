"""Changes the registry: authorities, organisations, sites, statuses by orders, and memberships."""

from datetime import date
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.auth.roles import ACTING_LEADER, ROLES_BY_PLACE
from lms.core.errors import Invalid, constraints
from lms.registry.directions import DIRECTIONS
from lms.registry.models import Authority, Direction, Membership, Order, Organization, Site, SiteStatus
from lms.registry.status import last_day, longest_end


def create_authority(
    session: Session, *, actor: Actor | None, name: str, locality: str = "", time_zone: str = "Asia/Novokuznetsk"
) -> Authority:
    """Creates an authority with the nine directions of seed A, which it may change. Raises ``Invalid`` at the field."""
    authority = Authority(
        name=_line(name, "name"), locality=locality.strip()[:120], time_zone=_zone(time_zone), settings={}
    )
    session.add(authority)
    session.flush()
    for position, title in enumerate(DIRECTIONS):
        session.add(Direction(authority_id=authority.id, title=title, position=position))
    audit.record(session, actor, "authority.create", authority)
    session.flush()
    return authority


def update_authority(
    session: Session, *, actor: Actor, authority: Authority, name: str, locality: str, time_zone: str
) -> None:
    """Changes name, locality and time zone. Raises ``Invalid`` at the field."""
    authority.name, authority.locality = _line(name, "name"), locality.strip()[:120]
    authority.time_zone = _zone(time_zone)
    audit.record(session, actor, "authority.update", authority)
    session.flush()


def save_organization(
    session: Session,
    *,
    actor: Actor | None,
    organization: Organization | None = None,
    authority_id: int,
    name: str,
    short_name: str,
    locality: str = "",
    director: str = "",
    director_position: str = "",
    licensed: bool = False,
    time_zone: str = "Asia/Novokuznetsk",
) -> Organization:
    """Creates an organisation, or changes the given one. Raises ``Invalid`` at the field."""
    row = organization or Organization(authority_id=authority_id)
    row.name, row.short_name = _line(name, "name"), _line(short_name, "short_name")
    row.locality, row.licensed = locality.strip()[:120], licensed
    row.director, row.director_position = director.strip()[:500], director_position.strip()[:500]
    row.time_zone = _zone(time_zone)
    session.add(row)
    session.flush()
    audit.record(session, actor, "organization.update" if organization else "organization.create", row)
    return row


def save_site(
    session: Session,
    *,
    actor: Actor | None,
    site: Site | None = None,
    organization: Organization,
    direction_id: int | None,
    theme: str,
) -> Site:
    """Creates a site (applied, no order yet), or changes the given one. Raises ``Invalid`` at the field.

    The direction must be one of the authority's list.
    """
    theme = _line(theme, "theme")
    direction = session.get(Direction, direction_id) if direction_id else None
    if direction_id and (direction is None or direction.authority_id != organization.authority_id):
        raise Invalid(code="direction_unknown", field="direction_id")
    row = site or Site()
    row.authority_id, row.organization_id, row.organization = (
        organization.authority_id,
        organization.id,
        organization,
    )
    row.direction_id, row.theme = direction_id or None, theme
    session.add(row)
    session.flush()
    audit.record(session, actor, "site.update" if site else "site.create", row, site_id=row.id)
    return row


def ensure_order(
    session: Session, *, actor: Actor | None, authority_id: int, number: str, issued_on: date, title: str = ""
) -> Order:
    """Returns the authority's order of this number and date; creates it the first time. Raises ``Invalid``."""
    number = _line(number, "order_number", 120)
    values = {"authority_id": authority_id, "number": number, "issued_on": issued_on, "title": title.strip()[:500]}
    session.execute(insert(Order).values(**values).on_conflict_do_nothing())
    order = session.scalars(
        select(Order).filter_by(authority_id=authority_id, number=number, issued_on=issued_on)
    ).one()
    audit.record(session, actor, "order.mention", order, number=number)
    return order


def grant_status(
    session: Session,
    *,
    actor: Actor | None,
    site: Site,
    order_number: str,
    order_date: date,
    starts_on: date,
    ends_on: date,
    order_title: str = "",
) -> SiteStatus:
    """Grants the status by an order, or renews it (rule 1).

    Raises ``Invalid`` at ``ends_on`` when the term ends before it begins or is longer than the authority's regulation
    allows (three years by seed B 3.3), at ``starts_on`` when it overlaps another term.
    """
    _lock(session, site)
    _check_term(site, starts_on, ends_on)
    for other in site.statuses:
        if starts_on <= last_day(other) and ends_on >= other.starts_on:
            raise Invalid(code="status_terms_overlap", field="starts_on", params={"until": last_day(other)})
    order = ensure_order(
        session,
        actor=actor,
        authority_id=site.authority_id,
        number=order_number,
        issued_on=order_date,
        title=order_title,
    )
    status = SiteStatus(site_id=site.id, order_id=order.id, order=order, starts_on=starts_on, ends_on=ends_on)
    site.statuses.append(status)
    session.flush()
    audit.record(session, actor, "status.grant", status, site_id=site.id, order=order_number, until=ends_on.isoformat())
    return status


def end_status(session: Session, *, actor: Actor | None, status: SiteStatus, ended_on: date, reason: str) -> None:
    """Ends a status before its term, from this day on, with a reason.

    Raises ``Invalid`` at ``ended_on`` outside the term or when it has ended already, at ``reason`` without one.
    """
    if status.ended_on is not None:
        raise Invalid(code="status_ended_already", field="ended_on")
    if not status.starts_on <= ended_on <= status.ends_on:
        raise Invalid(code="day_outside_term", field="ended_on")
    status.ended_on, status.ended_reason = ended_on, _line(reason, "reason", 2000)
    session.flush()
    audit.record(session, actor, "status.end", status, site_id=status.site_id, reason=reason)


def appoint(
    session: Session,
    *,
    actor: Actor | None,
    person_id: int,
    role: str,
    at: str,
    place_id: int,
    starts_on: date,
    order_number: str | None = None,
    order_date: date | None = None,
    qualification: str | None = None,
) -> Membership:
    """Gives the person a role at a ``site``, an ``authority`` or an ``organization``.

    Raises ``Invalid`` at ``role`` when the place has no such role or the person holds it already, at ``order_number``
    for an acting leader without an order.
    """
    if role not in ROLES_BY_PLACE[at]:
        raise Invalid(code="role_unknown", field="role")
    if role == ACTING_LEADER and not (order_number and order_number.strip()):
        raise Invalid(code="acting_leader_without_order", field="order_number")
    membership = Membership(
        person_id=person_id,
        role=role,
        starts_on=starts_on,
        order_number=(order_number or "").strip()[:120] or None,
        order_date=order_date,
        qualification=(qualification or "").strip()[:500] or None,
        **{f"{at}_id": place_id},
    )
    with constraints(uq_membership_current=Invalid(code="role_held_already", field="role")):
        session.add(membership)
        session.flush()
    site_id = place_id if at == "site" else None
    audit.record(session, actor, "membership.appoint", membership, site_id=site_id, role=role, person_id=person_id)
    return membership


def end_membership(session: Session, *, actor: Actor | None, membership: Membership, on: date) -> None:
    """Ends the role; ending it again changes nothing."""
    if membership.ended_on is not None:
        return
    membership.ended_on = on
    session.flush()
    audit.record(session, actor, "membership.end", membership, site_id=membership.site_id, role=membership.role)


def _check_term(site: Site, starts_on: date, ends_on: date) -> None:
    if ends_on <= starts_on:
        raise Invalid(code="term_reversed", field="ends_on")
    years = site.authority.regulation.status_years_at_most
    latest = longest_end(starts_on, years)
    if ends_on > latest:
        raise Invalid(code="status_term_too_long", field="ends_on", params={"years": years, "latest": latest})


def _lock(session: Session, site: Site) -> None:
    """Makes two orders at once wait for each other, so that overlapping terms are seen."""
    session.execute(select(Site.id).where(Site.id == site.id).with_for_update(of=Site))
    session.expire(site, ["statuses"])


def _line(text: str, field: str, longest: int = 500) -> str:
    line = " ".join((text or "").split())
    if not line:
        raise Invalid(code="value_missing", field=field)
    if len(line) > longest:
        raise Invalid(code="text_too_long", field=field, params={"count": longest})
    return line


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise Invalid(code="time_zone_unknown", field="time_zone")
    return name
