"""Origin of a launch, read in one query and saved: deployment, context, resource link, participant."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Uuid, and_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased, contains_eager, lazyload

from courses.models.groups import Cohort
from lms.core.people.models import Account
from lms.lti.identity.changed_names import next_values, told_of
from lms.lti.messages.claims import LaunchClaims
from lms.lti.messages.roles import STAFF_ROLES, PlatformRole
from lms.lti.models.launches import ContentItem, Context, Link, Participant
from lms.lti.models.platforms import Deployment, Platform

SEEN_PRECISION = timedelta(hours=1)
"""Precision of ``seen_at`` of contexts and links, to save writes at every launch."""


@dataclass(slots=True)
class LaunchOrigin:
    """Known rows of a launch's origin; None for those not seen before."""

    platform: Platform
    deployment: Deployment | None
    context: Context | None
    link: Link | None
    named: ContentItem | None
    """The content item named by the launch, if it was created in this context."""

    @property
    def placement(self) -> ContentItem | None:
        """The content item shown by the link: the latest of the named one and the one chosen here."""
        chosen = self.link.placement if self.link else None
        if chosen is None or self.named is None:
            return chosen or self.named
        return max(chosen, self.named, key=lambda placement: placement.id)


_named, _named_cohort = aliased(ContentItem), aliased(Cohort)
_LIGHT = (lazyload(Cohort.site), lazyload(Cohort.version))

LOCATE = (
    select(Platform, Deployment, Context, Link, _named)
    .select_from(Platform)
    .outerjoin(
        Deployment,
        and_(Deployment.platform_id == Platform.id, Deployment.deployment_id == bindparam("deployment_id")),
    )
    .outerjoin(Context, and_(Context.deployment_id == Deployment.id, Context.context_id == bindparam("context_id")))
    .outerjoin(Link, and_(Link.context_id == Context.id, Link.resource_link_id == bindparam("resource_link_id")))
    .outerjoin(ContentItem, ContentItem.id == Link.placement_id)
    .outerjoin(Cohort, Cohort.id == ContentItem.cohort_id)
    .outerjoin(_named, and_(_named.context_id == Context.id, _named.key == bindparam("key", type_=Uuid)))
    .outerjoin(_named_cohort, _named_cohort.id == _named.cohort_id)
    .where(Platform.id == bindparam("platform_id"))
    .options(
        contains_eager(Deployment.platform),
        contains_eager(Context.deployment).contains_eager(Deployment.platform),
        lazyload(Link.context),
        contains_eager(Link.placement).contains_eager(ContentItem.cohort).options(*_LIGHT),
        contains_eager(_named.cohort.of_type(_named_cohort)).options(
            lazyload(_named_cohort.site), lazyload(_named_cohort.version)
        ),
    )
)
"""Compiled once, because it runs at every launch."""


def locate(
    session: Session,
    *,
    platform_id: int,
    deployment_id: str,
    context_id: str,
    resource_link_id: str,
    placement_key: uuid.UUID | None,
) -> LaunchOrigin | None:
    """Returns the known rows for these identifiers, which are not verified yet. One query; None for an unknown
    platform.
    """
    names = {
        "platform_id": platform_id,
        "deployment_id": deployment_id,
        "context_id": context_id,
        "resource_link_id": resource_link_id,
        "key": placement_key,
    }
    row = session.execute(LOCATE, names).first()
    return LaunchOrigin(*row) if row is not None else None


def save_context_and_link(session: Session, origin: LaunchOrigin, launched: LaunchClaims, *, now: datetime) -> None:
    """Updates the context and the link from the claims; creates them if they are new."""
    assert origin.deployment is not None
    if origin.context is None:
        origin.context = _make_context(session, origin.deployment, launched, now)
    _update_context(origin.context, launched, now)
    if launched.resource_link is None:
        return
    if origin.link is None:
        id_ = launched.resource_link.id
        origin.link = _adopt_unopened(session, origin, id_) or _make_link(session, origin.context, id_, now)
    _update_link(origin.link, launched, now)
    shown = origin.placement
    if shown is not None and origin.link.placement_id != shown.id:
        origin.link.placement_id, origin.link.placement = shown.id, shown


def save_participant(
    session: Session,
    context: Context,
    launched: LaunchClaims,
    *,
    platform_role: PlatformRole,
    account: Account | None,
    now: datetime,
) -> None:
    """Saves the participant with their role and account, and what the platform tells of their name. One query."""
    if launched.subject is None:
        return
    values = {
        "context_id": context.id,
        "subject": launched.subject,
        "account_id": account.id if account else None,
        "platform_role": platform_role,
        "staff_at": now if platform_role in STAFF_ROLES else None,
        "told": told_of(launched.named),
        "seen_at": now,
    }
    session.connection().execute(UPSERT_PARTICIPANT, values)


def _upsert_participant() -> Any:
    row = insert(Participant).values(
        {
            name: bindparam(name)
            for name in ("context_id", "subject", "account_id", "platform_role", "staff_at", "told", "seen_at")
        }
    )
    return row.on_conflict_do_update(
        index_elements=["context_id", "subject"],
        set_={
            "account_id": func.coalesce(row.excluded.account_id, Participant.account_id),
            "platform_role": row.excluded.platform_role,
            "staff_at": func.coalesce(row.excluded.staff_at, Participant.staff_at),
            "active": True,
            "seen_at": row.excluded.seen_at,
            **next_values(row.excluded.told),
        },
    )


UPSERT_PARTICIPANT = _upsert_participant()


def _make_context(session: Session, deployment: Deployment, launched: LaunchClaims, now: datetime) -> Context:
    """Creates the context's row; of two first launches at once, both get the same one."""
    values = {"deployment_id": deployment.id, "context_id": launched.course.id, "seen_at": now}
    row = insert(Context).values(values)
    upsert = row.on_conflict_do_update(index_elements=["deployment_id", "context_id"], set_={"seen_at": now})
    return session.scalars(upsert.returning(Context), execution_options={"populate_existing": True}).one()


def _adopt_unopened(session: Session, origin: LaunchOrigin, resource_link_id: str) -> Link | None:
    """Returns the row that has stood for this activity until its first launch, if any."""
    if origin.named is None or origin.context is None:
        return None
    waiting = (Link.context_id == origin.context.id, Link.placement_id == origin.named.id, Link.unopened)
    taken = update(Link).where(*waiting).values(resource_link_id=resource_link_id, unopened=False)
    return session.scalars(taken.returning(Link), execution_options={"populate_existing": True}).one_or_none()


def _make_link(session: Session, context: Context, resource_link_id: str, now: datetime) -> Link:
    values = {"context_id": context.id, "resource_link_id": resource_link_id, "seen_at": now}
    row = insert(Link).values(values)
    upsert = row.on_conflict_do_update(index_elements=["context_id", "resource_link_id"], set_={"seen_at": now})
    return session.scalars(upsert.returning(Link), execution_options={"populate_existing": True}).one()


def _update_context(context: Context, launched: LaunchClaims, now: datetime) -> None:
    """Updates the context; service URLs missing from a deep linking request are kept."""
    told: dict[str, Any] = {"title": launched.course.title, "label": launched.course.label}
    services = launched.services
    told |= {"roster_url": services.roster_url, "line_items_url": services.line_items_url}
    told["scopes"] = list(services.scopes)
    if launched.resource_link is None:
        told = {name: value for name, value in told.items() if value}
    _set_changed(context, told)
    _update_seen_at(context, now)


def _update_link(link: Link, launched: LaunchClaims, now: datetime) -> None:
    assert launched.resource_link is not None
    _set_changed(link, {"title": launched.resource_link.title, "line_item_url": launched.services.line_item_url})
    _update_seen_at(link, now)


def _set_changed(row: object, told: Mapping[str, Any]) -> None:
    """Sets only changed values: assigning an equal list would cause a write."""
    for name, value in told.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _update_seen_at(row: Context | Link, now: datetime) -> None:
    if now - row.seen_at > SEEN_PRECISION:
        row.seen_at = now
