"""Queries of programmes: lists for authors and for councils."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from courses.models.groups import Cohort
from courses.models.programmes import Consideration, ImportDraft, Programme, ProgrammeVersion
from lms.core.auth.policy import Actor
from lms.core.auth.roles import AUTHORITY_ROLES, LEADERS, ORGANIZATION_ROLES, SITE_ROLES
from lms.core.clock import day_in
from lms.core.people.models import Account
from lms.registry.models import Council, Organization, Site


@dataclass(slots=True)
class ProgrammeLine:
    """A programme in a list: its versions, the newest first, and the number of groups on each."""

    programme: Programme
    versions: list[ProgrammeVersion]
    groups: dict[int, int] = field(default_factory=dict)

    @property
    def latest(self) -> ProgrammeVersion:
        """The newest version."""
        return self.versions[0]

    @property
    def offered(self) -> ProgrammeVersion | None:
        """The newest approved version, on which groups are formed."""
        return next((version for version in self.versions if version.state == "approved"), None)


def sites_of(session: Session, actor: Actor, *, editing: bool = False) -> list[Site]:
    """Returns the sites whose programmes the actor may edit (or read)."""
    roles = LEADERS if editing else SITE_ROLES
    mine: list[ColumnElement[bool]] = [Site.id.in_(actor.ids("site", *roles))]
    if not editing:
        mine.append(Site.organization_id.in_(actor.ids("organization", *ORGANIZATION_ROLES)))
    statement = select(Site).join(Organization).where(or_(*mine))
    return list(session.scalars(statement.order_by(Organization.short_name, Site.id)))


def programmes_of(session: Session, sites: Sequence[Site]) -> list[ProgrammeLine]:
    """Returns the programmes of these sites, the newest first."""
    ids = [site.id for site in sites]
    statement = (
        select(Programme)
        .where(Programme.site_id.in_(ids), Programme.archived_at.is_(None))
        .options(selectinload(Programme.versions))
        .order_by(Programme.id.desc())
    )
    listed = [
        ProgrammeLine(programme, sorted(programme.versions, key=lambda version: -version.number))
        for programme in session.scalars(statement)
        if programme.versions
    ]
    counts = _groups(session, [version.id for row in listed for version in row.versions])
    for row in listed:
        row.groups = {version.id: counts.get(version.id, 0) for version in row.versions}
    return listed


def _groups(session: Session, version_ids: Sequence[int]) -> dict[int, int]:
    statement = select(Cohort.version_id, func.count()).where(Cohort.version_id.in_(version_ids))
    rows = session.execute(statement.group_by(Cohort.version_id)).all()
    return {row[0]: row[1] for row in rows}


def versions_of(session: Session, version: ProgrammeVersion) -> list[ProgrammeVersion]:
    """Returns all versions of the programme, the newest first, with the decisions on each."""
    statement = (
        select(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id == version.programme_id)
        .options(selectinload(ProgrammeVersion.considerations))
        .order_by(ProgrammeVersion.number.desc())
    )
    return list(session.scalars(statement))


def groups_on(session: Session, version: ProgrammeVersion) -> int:
    """Returns the number of groups on this version."""
    return _groups(session, [version.id]).get(version.id, 0)


def approved_before(session: Session, version: ProgrammeVersion) -> ProgrammeVersion | None:
    """Returns the approved version before this one."""
    statement = select(ProgrammeVersion).where(
        ProgrammeVersion.programme_id == version.programme_id,
        ProgrammeVersion.state == "approved",
        ProgrammeVersion.number < version.number,
    )
    return session.scalar(statement.order_by(ProgrammeVersion.number.desc()).limit(1))


def approved_among(versions: Sequence[ProgrammeVersion], version: ProgrammeVersion) -> ProgrammeVersion | None:
    """Returns the approved version before this one, of versions that are loaded: newest first."""
    return next((one for one in versions if one.state == "approved" and one.number < version.number), None)


def last_return(session: Session, version: ProgrammeVersion) -> Consideration | None:
    """Returns the latest return of the version with remarks."""
    statement = select(Consideration).where(
        Consideration.version_id == version.id, Consideration.decision == "returned"
    )
    return session.scalar(statement.order_by(Consideration.id.desc()).limit(1))


def considered_by(session: Session, version: ProgrammeVersion) -> dict[int, str]:
    """Returns account id → name of the person who recorded a decision on any version of the programme."""
    statement = (
        select(Account)
        .join(Consideration, Consideration.decided_by_id == Account.id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Consideration.version_id)
        .where(ProgrammeVersion.programme_id == version.programme_id)
    )
    return {account.id: account.person.short_name for account in session.scalars(statement)}


def next_meeting(session: Session, site: Site, *, now: datetime) -> date | None:
    """Returns the date of the next meeting of the authority's council, if it is known and has not passed."""
    today = day_in(site.authority.time_zone, now)
    return session.scalar(
        select(Council.next_meeting_on).where(
            Council.authority_id == site.authority_id, Council.next_meeting_on >= today
        )
    )


# Lists for councils


def submitted_versions(session: Session, actor: Actor) -> list[ProgrammeVersion]:
    """Returns the versions submitted to the councils of the actor's authorities, the longest waiting first."""
    statement = _of_authorities(actor).where(ProgrammeVersion.state.in_(("submitted", "considered")))
    return list(session.scalars(statement.order_by(ProgrammeVersion.submitted_at, ProgrammeVersion.id)))


def decided_versions(session: Session, actor: Actor, *, most: int = 30) -> list[ProgrammeVersion]:
    """Returns the versions that were approved or returned lately, the newest first."""
    latest = select(func.max(Consideration.id)).where(Consideration.version_id == ProgrammeVersion.id).scalar_subquery()
    statement = _of_authorities(actor).where(ProgrammeVersion.state.in_(("approved", "returned")))
    return list(session.scalars(statement.order_by(latest.desc().nulls_last(), ProgrammeVersion.id.desc()).limit(most)))


def _of_authorities(actor: Actor) -> Select[ProgrammeVersion]:
    mine = or_(
        Site.authority_id.in_(actor.ids("authority", *AUTHORITY_ROLES)),
        Site.organization_id.in_(actor.ids("organization", *ORGANIZATION_ROLES)),
    )
    return (
        select(ProgrammeVersion)
        .join(ProgrammeVersion.programme)
        .join(Programme.site)
        .where(mine)
        .options(selectinload(ProgrammeVersion.considerations))
    )


def drafts_of(session: Session, actor: Actor) -> list[ImportDraft]:
    """Returns the actor's imported documents that are not yet saved as a programme."""
    statement = select(ImportDraft).where(
        ImportDraft.account_id == actor.account_id,
        ImportDraft.kind == "programme",
        ImportDraft.saved_at.is_(None),
        ImportDraft.site_id.in_(actor.ids("site", *LEADERS)),
    )
    return list(session.scalars(statement.order_by(ImportDraft.id.desc()).limit(5)))


def returned_to(session: Session, site_ids: Sequence[int]) -> list[tuple[ProgrammeVersion, Consideration]]:
    """Returns versions of these sites that were returned with remarks, with the latest return of each. One query."""
    latest = (
        select(func.max(Consideration.id))
        .where(Consideration.version_id == ProgrammeVersion.id, Consideration.decision == "returned")
        .correlate(ProgrammeVersion)
    )
    rows = session.execute(
        select(ProgrammeVersion, Consideration)
        .join(ProgrammeVersion.programme)
        .join(Consideration, Consideration.id == latest.scalar_subquery())
        .where(Programme.site_id.in_(site_ids), ProgrammeVersion.state == "returned", Programme.archived_at.is_(None))
        .order_by(Consideration.decided_on, ProgrammeVersion.id)
    )
    return [(version, said) for version, said in rows]
