"""Job that fetches a roster: pages of one origin, limited in number and time; a failure is stored as a message."""

import time
from collections.abc import Iterator

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.core.errors import DomainError
from lms.lti.errors import AddressRefused, Unreachable
from lms.lti.identity.changed_names import note_members
from lms.lti.identity.course_roles import note_listed
from lms.lti.models.platforms import Platform
from lms.lti.models.services import Roster
from lms.lti.rosters.reader import MEDIA, MOST_MEMBERS, Member, first_page, next_page, read_page, unique_members
from lms.lti.services.tokens import ROSTER, call
from lms.lti.trust.http_client import PlatformResponse

log = structlog.get_logger()

MOST_PAGES = 200
LONGEST_SECONDS = 60.0


def fetch_roster(session: Session, roster_id: int) -> None:
    """Fetches a waiting roster. An unreachable platform does not fail the job: the roster shows the error and is
    retried by hand.
    """
    roster = session.scalar(select(Roster).where(Roster.id == roster_id).with_for_update(of=Roster))
    if roster is None or roster.state != "waiting":
        return
    try:
        members = fetch_members(session, roster)
    except (Unreachable, AddressRefused) as error:
        _fail(roster, error)
        return
    note_members(session, roster.context_id, [(member.subject, member.named) for member in members])
    listed = {member.subject: str(member.platform_role) for member in members if member.active}
    note_listed(session, context_id=roster.context_id, roles=listed, whole=roster.link_id is None)
    roster.members = [member.to_json() for member in members]
    roster.state, roster.fetched_at, roster.error = "ready", utc_now(), None


def _fail(roster: Roster, error: DomainError) -> None:
    log.warning("roster_failed", roster=roster.id, error=error.code, status=getattr(error, "answered", None))
    roster.state, roster.error, roster.members = "failed", error.as_detail(), []


def fetch_members(session: Session, roster: Roster) -> list[Member]:
    """Returns all members. Raises ``Unreachable``, ``AddressRefused``."""
    address = roster.context.roster_url
    if not address:
        raise Unreachable(code="platform_roster_unavailable")
    link = roster.link.resource_link_id if roster.link else None
    pages = _pages(session, roster.context.deployment.platform, first_page(address, link=link))
    return unique_members(member for page in pages for member in page)


def _pages(session: Session, platform: Platform, address: str) -> Iterator[list[Member]]:
    """Yields the pages. Raises ``Unreachable`` if there are too many."""
    until, seen, count = time.monotonic() + LONGEST_SECONDS, set[str](), 0
    following: str | None = address
    while following is not None:
        if following in seen or len(seen) >= MOST_PAGES or time.monotonic() > until:
            raise Unreachable(code="platform_roster_endless")
        seen.add(following)
        answer = call(session, platform, "GET", following, scopes=[ROSTER], accept=MEDIA)
        page = read_page(_container(answer))
        count += len(page)
        if count > 2 * MOST_MEMBERS:
            raise Unreachable(code="platform_roster_too_long", params={"most": MOST_MEMBERS})
        yield page
        following = next_page(answer.headers.get("link"), following)


def _container(answer: PlatformResponse) -> object:
    """Returns the membership container of a successful answer. Raises ``Unreachable``."""
    if answer.status in (401, 403):
        raise Unreachable(answer.status, code="platform_roster_forbidden")
    if answer.status != 200:
        raise Unreachable(answer.status, code="platform_error_status", params={"status": answer.status})
    return answer.json()
