"""Content items shown by platforms' links: create, find, assign to links, remove."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, func, select, type_coerce
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from courses.models.groups import Cohort
from lms.core import audit
from lms.core.auth.policy import Actor, allowed, demand
from lms.core.db import StoredDetail
from lms.core.errors import Invalid
from lms.core.sentences import ErrorDetail
from lms.lti.content.choices import Choice, Choices
from lms.lti.grades import line_items
from lms.lti.models.launches import ContentItem, Context, Launch, Link
from lms.lti.models.platforms import Deployment, Platform
from lms.lti.models.services import LineItem

KEY_NAMESPACE = uuid.UUID("8f2d7c52-5f0e-4b0d-9b52-6f0a4f8f2f11")
"""Namespace of the keys, so that the same choice of one launch has one key."""
AGS_SCOPE_PREFIX = "https://purl.imsglobal.org/spec/lti-ags/scope/"
"""Prefix of the scopes of Assignment and Grade Services."""
MOST_AT_ONCE = 60
"""Largest number of content items created at once."""


def parse_key(text: object) -> uuid.UUID | None:
    """Returns the key sent by a platform; None if it is invalid."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def find_copied_item(session: Session, key: object, *, actor: Actor) -> ContentItem | None:
    """Returns the content item with this key of any context if the actor may see its group: the earlier content of a
    copied link.
    """
    name = parse_key(key)
    found = session.scalar(select(ContentItem).where(ContentItem.key == name)) if name else None
    return found if found is not None and allowed(actor, "group.see", found.cohort) else None


def matching_value(placement: ContentItem, choices: Choices) -> str:
    """Returns the value of the item's content among the choices of any group; empty if there is none."""
    lineage = placement.task.lineage if placement.task else None
    for choice in choices.all():
        if choice.kind != placement.kind or choice.missing:
            continue
        if choice.kind == "topic" and choice.topic_lineage != placement.topic_lineage:
            continue
        if choice.self_check_id == placement.self_check_id and choice.lineage == lineage:
            return choice.value
    return ""


def checked_choices(choices: Choices, values: Sequence[str], *, several: bool) -> list[Choice]:
    """Returns the choices with these values. Raises ``Invalid`` at ``show`` for none, too many, or unavailable
    content.
    """
    found = choices.named(values)
    if not found:
        raise Invalid(code="content_not_chosen", field="show")
    if len(found) > 1 and not several:
        raise Invalid(code="content_single_only", field="show")
    if len(found) > MOST_AT_ONCE:
        raise Invalid(code="content_too_many", field="show", params={"count": MOST_AT_ONCE})
    for choice in found:
        if choice.missing:
            raise Invalid(
                code="content_unavailable", field="show", params={"title": choice.title, "why": choice.missing}
            )
    return found


def accepts_scores(launch: Launch, columns_in_items: bool) -> bool:
    """Returns whether the course's gradebook accepts scores, by line items in links or by the service."""
    link = launch.link
    return (
        columns_in_items
        or (link is not None and link.line_item_url is not None)
        or any(scope.startswith(AGS_SCOPE_PREFIX) for scope in launch.context.scopes)
    )


def create_content_item(
    session: Session, *, actor: Actor, launch: Launch, cohort: Cohort, choice: Choice, graded: bool
) -> ContentItem:
    """Creates the content item in the launch's context; the same choice of one launch creates one item.

    ``graded``: scores are sent to the platform's gradebook (if the content has any). Raises ``Forbidden``; ``Invalid``
    at ``group`` for a closed group.
    """
    demand(actor, "placement.make", cohort)
    if cohort.closed_at is not None:
        raise Invalid(code="content_group_ended", field="group")
    key = uuid.uuid5(KEY_NAMESPACE, f"{launch.id}/{cohort.id}/{choice.value}")
    values = {
        "key": key,
        "context_id": launch.context_id,
        "cohort_id": cohort.id,
        "kind": choice.kind,
        "topic_lineage": choice.topic_lineage if choice.kind == "topic" else None,
        "self_check_id": choice.self_check_id,
        "task_id": choice.task_id,
        "title": choice.title,
        "graded": graded and choice.maximum is not None,
        "made_by_id": actor.account_id,
    }
    added = insert(ContentItem).values(values).on_conflict_do_nothing(index_elements=["key"]).returning(ContentItem.id)
    made = session.scalar(added) is not None
    placement = session.scalars(select(ContentItem).where(ContentItem.key == key)).one()
    if made:
        where = {"kind": choice.kind, "title": choice.title, "platform_id": launch.platform.id}
        audit.record(session, actor, "placement.make", placement, site_id=cohort.site_id, cohort_id=cohort.id, **where)
    else:
        placement.graded = bool(values["graded"])
        session.flush()
    return placement


def set_link_content(session: Session, *, actor: Actor, link: Link, placement: ContentItem, now: datetime) -> None:
    """Sets the content item of the link in place of any other; its line item follows."""
    demand(actor, "placement.make", placement.cohort)
    before = link.placement_id
    if before != placement.id:
        link.placement_id, link.placement = placement.id, placement
        session.flush()
        site_id = placement.cohort.site_id
        audit.record(session, actor, "placement.show", placement, site_id=site_id, link_id=link.id, before=before)
    line_items.update_for_link(session, link, now=now)


def remove_content_item(session: Session, *, actor: Actor, placement: ContentItem, now: datetime) -> None:
    """Removes the content item from its links (learners see a message) and deletes the line items made for them."""
    demand(actor, "placement.remove", placement)
    links = session.scalars(select(Link).where(Link.placement_id == placement.id)).all()
    line_items.withdraw_line_items(session, [link.id for link in links], now=now)
    for link in links:
        link.placement_id, link.placement = None, None
    detail = {"kind": placement.kind, "title": placement.title, "cohort_id": placement.cohort_id}
    audit.record(session, actor, "placement.remove", placement, site_id=placement.cohort.site_id, **detail)
    session.delete(placement)
    session.flush()


def put_away(session: Session, *, actor: Actor, placement: ContentItem, now: datetime) -> None:
    """Puts away the links whose columns the platform has no more, and the content item if no other link shows it.

    A launch of such an activity brings its link back.
    """
    demand(actor, "placement.remove", placement)
    links = session.execute(
        select(Link, LineItem).outerjoin(LineItem, LineItem.link_id == Link.id).where(Link.placement_id == placement.id)
    ).all()
    dead = [(link, item) for link, item in links if item is not None and item.state == "gone"]
    for link, item in dead:
        link.placement_id, link.placement = None, None
        item.state, item.url = "removed", None
    audit.record(session, actor, "placement.put_away", placement, site_id=placement.cohort.site_id, links=len(dead))
    session.flush()
    if len(dead) == len(links):
        remove_content_item(session, actor=actor, placement=placement, now=now)


# Content of a group shown on platforms


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A content item with the number of its links, the last opening, and states of their line items."""

    placement: ContentItem
    links: int
    opened_at: datetime | None
    columns: tuple[str, ...]
    """States of its links' line items."""
    error: ErrorDetail | None
    """The platform's reason for refusing a line item."""

    @property
    def is_dead(self) -> bool:
        """True if the platform has the columns of all links no more: most likely the activities were deleted."""
        return self.columns == ("gone",)


@dataclass(frozen=True, slots=True)
class ShownCourse:
    """A platform's course that shows content of a group."""

    context: Context
    platform: Platform
    shown: tuple[ShownItem, ...]


def courses_showing(session: Session, cohort: Cohort) -> list[ShownCourse]:
    """Returns platforms' courses that show content of this group, by platform and course. One query."""
    links = (
        select(
            Link.placement_id,
            func.count(Link.id).filter(~Link.unopened).label("links"),
            func.max(Link.seen_at).filter(~Link.unopened).label("opened_at"),
            func.array_remove(func.array_agg(LineItem.state.distinct()), None).label("states"),
            type_coerce(func.max(type_coerce(LineItem.error, Text)), StoredDetail).label("error"),
        )
        .outerjoin(LineItem, LineItem.link_id == Link.id)
        .group_by(Link.placement_id)
        .subquery()
    )
    rows = session.execute(
        select(ContentItem, links.c.links, links.c.opened_at, links.c.states, links.c.error)
        .join(ContentItem.context)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .outerjoin(links, links.c.placement_id == ContentItem.id)
        .where(ContentItem.cohort_id == cohort.id)
        .options(joinedload(ContentItem.context))
        .order_by(Platform.name, Context.title, Context.id, ContentItem.id)
    )
    courses: dict[int, tuple[Context, list[ShownItem]]] = {}
    for placement, count, opened_at, states, error in rows:
        found = courses.setdefault(placement.context_id, (placement.context, []))[1]
        found.append(ShownItem(placement, count or 0, opened_at, tuple(states or ()), error))
    return [ShownCourse(at, at.deployment.platform, tuple(found)) for at, found in courses.values()]
