"""Reads the registry."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from lms.core.auth.policy import Actor
from lms.core.auth.roles import LEADERS
from lms.core.pages import Page, cut, page_of
from lms.core.people.models import Person
from lms.registry.models import Authority, Direction, Membership, Organization, Site
from lms.registry.status import SiteState, state_on

RegistryRow = TypeVar("RegistryRow", Site, Authority, Organization)


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A line of the registry: a site, its state today and its leaders."""

    site: Site
    state: SiteState
    leaders: Sequence[str]


@dataclass(frozen=True, slots=True)
class Member:
    """A person's role at a place."""

    membership: Membership
    person: Person


def authorities(session: Session, actor: Actor) -> Sequence[Authority]:
    """Returns the authorities where the actor has a role; all of them for an administrator."""
    query = select(Authority).order_by(Authority.name, Authority.id)
    if not actor.is_administrator:
        query = query.where(Authority.id.in_(actor.ids("authority")))
    return session.scalars(query).all()


def organizations(session: Session, authority_ids: Iterable[int], *, query: str = "") -> Sequence[Organization]:
    """Returns organisations of these authorities, by name; ``query`` searches names and locality."""
    return session.scalars(_organizations(authority_ids, query)).all()


def page_of_organizations(
    session: Session, authority_ids: Iterable[int], *, query: str = "", page: int = 1
) -> Page[Organization]:
    """Returns a page of the organisations that ``organizations`` finds. Two statements."""
    return page_of(session, _organizations(authority_ids, query), page)


def _organizations(authority_ids: Iterable[int], query: str) -> Select[Organization]:
    rows = select(Organization).where(Organization.authority_id.in_(list(authority_ids)))
    if query.strip():
        wanted = f"%{query.strip()}%"
        rows = rows.where(
            or_(
                *(
                    column.ilike(wanted)
                    for column in (Organization.name, Organization.short_name, Organization.locality)
                )
            )
        )
    return rows.order_by(Organization.short_name, Organization.id)


def directions(session: Session, authority_id: int) -> Sequence[Direction]:
    """Returns the authority's list of directions in its order."""
    return session.scalars(
        select(Direction).where(Direction.authority_id == authority_id).order_by(Direction.position, Direction.id)
    ).all()


@dataclass(frozen=True, slots=True)
class SiteFilter:
    """Filters of the registry."""

    state: str = ""
    """A code of ``SiteState``, or ``soon`` for a term that ends soon."""
    query: str = ""
    direction_id: int = 0


def registry_of(session: Session, authority_ids: Iterable[int], wanted: SiteFilter, *, day: date) -> list[SiteRow]:
    """Returns sites with their state on the day and their leaders."""
    sites = session.scalars(_sites(list(authority_ids), wanted.query, wanted.direction_id)).all()
    return [row for row in _site_rows(session, sites, day) if _matches(row.state, wanted.state)]


def page_of_registry(
    session: Session, authority_ids: Iterable[int], wanted: SiteFilter, *, day: date, page: int = 1
) -> Page[SiteRow]:
    """Returns a page of the sites that ``registry_of`` finds."""
    if wanted.state:  # follows from the statuses of each site
        return cut(registry_of(session, authority_ids, wanted, day=day), page)
    sites = page_of(session, _sites(list(authority_ids), wanted.query, wanted.direction_id), page)
    return Page(_site_rows(session, sites.rows, day), sites.total, sites.number)


def sites_of(session: Session, organization: Organization, *, day: date) -> list[SiteRow]:
    """Returns the organisation's sites with their state on the day."""
    rows = _sites([organization.authority_id], "", 0).where(Site.organization_id == organization.id)
    return _site_rows(session, session.scalars(rows).all(), day)


def _site_rows(session: Session, sites: Sequence[Site], day: date) -> list[SiteRow]:
    leaders = leaders_of(session, [site.id for site in sites])
    return [SiteRow(site, state_on(site.statuses, day), leaders.get(site.id, [])) for site in sites]


def leaders_of(session: Session, site_ids: Sequence[int]) -> dict[int, list[str]]:
    """Returns short names of the current leaders and acting leaders by site id."""
    rows = session.execute(
        select(Membership.site_id, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.site_id.in_(site_ids),
            Membership.role.in_(LEADERS),
            Membership.ended_on.is_(None),
        )
        .order_by(Membership.role.desc(), Person.sort_key)
    ).all()
    found: dict[int, list[str]] = {}
    for site_id, person in rows:
        found.setdefault(site_id or 0, []).append(person.short_name)
    return found


def sites_with_status(session: Session, site_ids: Sequence[int]) -> Sequence[Site]:
    """Returns these sites with their statuses and authorities loaded, by theme. One query."""
    rows = select(Site).where(Site.id.in_(site_ids)).order_by(Site.theme, Site.id)
    return session.scalars(rows.options(joinedload(Site.statuses), joinedload(Site.authority))).unique().all()


def site_state(site: Site, day: date) -> SiteState:
    """Returns the site's state on this day."""
    return state_on(site.statuses, day)


def holders_of(session: Session, at: str, place_ids: Collection[int], roles: Sequence[str]) -> dict[int, list[int]]:
    """Returns place id → ids of the people who hold one of these roles there now. One query, or none."""
    if not place_ids:
        return {}
    place: InstrumentedAttribute[int | None] = getattr(Membership, f"{at}_id")
    rows = session.execute(
        select(place, Membership.person_id)
        .where(place.in_(place_ids), Membership.role.in_(roles), Membership.ended_on.is_(None))
        .distinct()
        .order_by(place, Membership.person_id)
    )
    found: dict[int, list[int]] = {}
    for place_id, person_id in rows:
        found.setdefault(place_id or 0, []).append(person_id)
    return found


def members(session: Session, at: str, place_id: int, *, former: bool = False) -> list[Member]:
    """Returns the roles at this place, leaders first; with ``former`` those that have ended too."""
    rows = (
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(_column(at) == place_id)
        .order_by(Membership.ended_on.is_not(None), Membership.role, Person.sort_key, Membership.id)
    )
    if not former:
        rows = rows.where(Membership.ended_on.is_(None))
    return [Member(membership, person) for membership, person in session.execute(rows)]


def roles_of(session: Session, person_id: int) -> Sequence[Membership]:
    """Returns every role that the person has or had, the present ones first."""
    return session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id)
        .order_by(Membership.ended_on.is_not(None), Membership.starts_on.desc(), Membership.id)
    ).all()


def place_names(session: Session, memberships: Iterable[Membership]) -> dict[int, str]:
    """Returns the name of each membership's place by membership id, in at most three queries."""
    rows = list(memberships)
    sites = _rows(session, Site, {row.site_id for row in rows})
    keepers = _rows(session, Authority, {row.authority_id for row in rows})
    schools = _rows(session, Organization, {row.organization_id for row in rows})
    names = {("site", key): f"{site.organization.short_name}: {site.theme}" for key, site in sites.items()}
    names |= {("authority", key): keeper.name for key, keeper in keepers.items()}
    names |= {("organization", key): school.short_name for key, school in schools.items()}
    return {row.id: names[place_of(row)] for row in rows}


def place_of(membership: Membership) -> tuple[str, int | None]:
    """Returns the type of the membership's place and its id."""
    if membership.site_id is not None:
        return "site", membership.site_id
    if membership.authority_id is not None:
        return "authority", membership.authority_id
    return "organization", membership.organization_id


def counts(session: Session) -> dict[str, int]:
    """Returns the number of rows of each type, for the administrator's home."""
    models = (Authority, Organization, Site)
    row = session.execute(select(*(select(func.count()).select_from(one).scalar_subquery() for one in models))).one()
    return {model.__tablename__: count for model, count in zip(models, row, strict=True)}


def _sites(authority_ids: Sequence[int], query: str, direction_id: int) -> Select[Site]:
    rows = (
        select(Site)
        .join(Site.organization)
        .where(Site.authority_id.in_(authority_ids))
        .options(selectinload(Site.statuses), selectinload(Site.direction))
        .order_by(Organization.short_name, Site.theme, Site.id)
    )
    if direction_id:
        rows = rows.where(Site.direction_id == direction_id)
    if query.strip():
        wanted = f"%{query.strip()}%"
        rows = rows.where(or_(Site.theme.ilike(wanted), Organization.name.ilike(wanted)))
    return rows


def _matches(state: SiteState, wanted: str) -> bool:
    return not wanted or state.code == wanted or (wanted == "soon" and state.ends_soon)


def _column(at: str) -> InstrumentedAttribute[int | None]:
    columns = {
        "site": Membership.site_id,
        "authority": Membership.authority_id,
        "organization": Membership.organization_id,
    }
    return columns[at]


def _rows(session: Session, model: type[RegistryRow], ids: set[int | None]) -> dict[int | None, RegistryRow]:
    wanted = [key for key in ids if key is not None]
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(model).where(model.id.in_(wanted)))}
