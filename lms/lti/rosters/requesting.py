"""Requests for rosters: the courses that show a group, and the snapshot to be fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.models.groups import Cohort
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid
from lms.core.jobs.queueing import enqueue
from lms.core.sentences import ErrorDetail
from lms.lti.models.launches import ContentItem, Context, Link
from lms.lti.models.platforms import Deployment, Platform
from lms.lti.models.services import Roster
from lms.lti.trust import tool_keys

FETCH_ROSTER = "platform.roster"
"""Job kind that fetches a roster."""
DOUBLE_CLICK = timedelta(minutes=1)
"""A second request within this time is the same click."""
KEPT_FOR = timedelta(days=1)
"""Members of a roster that was not applied are deleted after this time."""


@dataclass(frozen=True, slots=True)
class RosterSource:
    """A platform's course that shows this group and offers its membership."""

    context_id: int
    title: str
    """Empty if the platform does not tell it."""
    platform: str
    links: tuple[tuple[int, str], ...] = ()
    """Links of the course that show this group: the roster may be limited to one of them."""


def sources(session: Session, cohort: Cohort) -> list[RosterSource]:
    """Returns the courses with a roster for this group. Two queries."""
    shown = select(ContentItem.context_id).where(ContentItem.cohort_id == cohort.id)
    rows = session.execute(
        select(Context.id, Context.title, Context.label, Platform.name)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(Context.id.in_(shown), Context.roster_url.is_not(None), Platform.removed_at.is_(None))
        .order_by(Platform.name, Context.title, Context.id)
    ).all()
    links = _links(session, cohort, [row[0] for row in rows]) if rows else {}
    return [
        RosterSource(key, title or label, platform, tuple(links.get(key, ()))) for key, title, label, platform in rows
    ]


def has_sources(session: Session, cohort: Cohort) -> bool:
    """Returns whether any course has a roster for this group. One query."""
    rows = (
        select(Context.id)
        .join(ContentItem, ContentItem.context_id == Context.id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(ContentItem.cohort_id == cohort.id, Context.roster_url.is_not(None), Platform.removed_at.is_(None))
    )
    return session.scalar(rows.limit(1)) is not None


def _links(session: Session, cohort: Cohort, context_ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    rows = session.execute(
        select(Link.context_id, Link.id, func.coalesce(func.nullif(Link.title, ""), ContentItem.title))
        .join(ContentItem, ContentItem.id == Link.placement_id)
        .where(Link.context_id.in_(context_ids), ContentItem.cohort_id == cohort.id, ~Link.unopened)
        .order_by(Link.id)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for context_id, link_id, title in rows:
        found.setdefault(context_id, []).append((link_id, title))
    return found


def request_roster(
    session: Session, *, actor: Actor, cohort: Cohort, context_id: int, link_id: int | None, now: datetime
) -> Roster:
    """Enqueues the fetching of a roster; a double click makes one request.

    Raises ``Invalid`` at ``context`` for a course that does not show this group, at ``link`` for a link of another
    course.
    """
    source = next((one for one in sources(session, cohort) if one.context_id == context_id), None)
    if source is None:
        raise Invalid(code="roster_course_unavailable", field="context")
    if link_id is not None and link_id not in {key for key, _title in source.links}:
        raise Invalid(code="roster_link_foreign", field="link")
    session.get_one(Cohort, cohort.id, with_for_update={"of": Cohort, "key_share": True})
    roster = Roster(
        context_id=context_id, link_id=link_id, cohort_id=cohort.id, asked_by_id=actor.account_id, seen_at=now
    )
    before = _asked_before(session, roster)
    if before is not None:
        return before
    session.add(roster)
    # Creates the first key before the worker signs with it: the platform fetches it while that transaction is open.
    tool_keys.public_set(session, now=now)
    session.flush()
    enqueue(session, FETCH_ROSTER, roster.id)
    audit.record(session, actor, "roster.ask", cohort, site_id=cohort.site_id, context=context_id)
    return roster


def _asked_before(session: Session, roster: Roster) -> Roster | None:
    asked = (
        Roster.cohort_id == roster.cohort_id,
        Roster.context_id == roster.context_id,
        Roster.link_id.is_not_distinct_from(roster.link_id),
        Roster.asked_by_id == roster.asked_by_id,
        Roster.state == "waiting",
        Roster.seen_at > roster.seen_at - DOUBLE_CLICK,
    )
    return session.scalar(select(Roster).where(*asked).order_by(Roster.id.desc()).limit(1))


def retry_roster(session: Session, *, roster: Roster, now: datetime) -> None:
    """Requests a failed or deleted roster again; any other stays unchanged."""
    if roster.state != "failed":
        return  # checked before the lock too: the fetching worker holds it during the call
    session.refresh(roster, with_for_update={"of": Roster})
    if roster.state != "failed":
        return
    roster.state, roster.error, roster.seen_at = "waiting", None, now
    session.flush()
    enqueue(session, FETCH_ROSTER, roster.id)


def forget_old(session: Session, now: datetime) -> None:
    """Deletes the members of rosters that were not applied within a day; results stay."""
    old: Sequence[Roster] = session.scalars(
        select(Roster)
        .where(Roster.state.in_(("waiting", "ready")), Roster.seen_at < now - KEPT_FOR)
        .with_for_update(of=Roster, skip_locked=True)
    ).all()
    for roster in old:
        roster.state, roster.members = "failed", []
        roster.error = ErrorDetail("roster_forgotten")
    session.flush()
