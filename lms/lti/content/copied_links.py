"""Links of a copied course: they name content of the course from which they were copied, which is not shown here.

Staff choose what a copied link shows; with «the same for the whole course» the course's other copied links then show
the same parts of the chosen group.
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from courses.models.groups import Cohort
from lms.core import audit
from lms.core.auth.policy import Actor, demand
from lms.lti.content.choices import choices_of
from lms.lti.content.content_items import KEY_NAMESPACE, matching_value
from lms.lti.models.launches import ContentItem, Context, Link


def groups_of_course(session: Session, context: Context, *, besides: Link | None = None) -> list[Cohort]:
    """Returns the groups of which the course shows content, the latest chosen first; ``besides``: not by this link."""
    items = select(ContentItem).where(ContentItem.context_id == context.id).order_by(ContentItem.id.desc())
    if besides is not None and besides.placement_id is not None:
        shared = select(Link.id).where(Link.placement_id == besides.placement_id, Link.id != besides.id)
        if session.scalar(shared.limit(1)) is None:
            items = items.where(ContentItem.id != besides.placement_id)
    found = {item.cohort_id: item.cohort for item in session.scalars(items)}
    return list(found.values())


def choose_for_course(session: Session, *, actor: Actor, context: Context, cohort: Cohort) -> None:
    """Lets the course's copied links show this group."""
    demand(actor, "placement.make", cohort)
    context.cohort_id = cohort.id
    session.flush()
    audit.record(session, actor, "placement.whole_course", cohort, site_id=cohort.site_id, context_id=context.id)


def show_same(session: Session, *, context: Context, link: Link, key: uuid.UUID, now: datetime) -> ContentItem | None:
    """Lets a copied link show its earlier content in the group chosen for the whole course; None if there is none.

    ``key`` names the content in the course from which the link was copied; only the kind of content is taken from it.
    """
    cohort = session.get(Cohort, context.cohort_id) if context.cohort_id else None
    earlier = session.scalar(select(ContentItem).where(ContentItem.key == key))
    if cohort is None or cohort.closed_at is not None or earlier is None or earlier.cohort.site_id != cohort.site_id:
        return None
    choices = choices_of(session, cohort)
    found = choices.named([matching_value(earlier, choices)])
    if not found:
        return None
    choice = found[0]
    values = {
        "key": uuid.uuid5(KEY_NAMESPACE, f"{context.id}/{cohort.id}/{choice.value}"),
        "context_id": context.id,
        "cohort_id": cohort.id,
        "kind": choice.kind,
        "topic_lineage": choice.topic_lineage if choice.kind == "topic" else None,
        "self_check_id": choice.self_check_id,
        "task_id": choice.task_id,
        "title": choice.title,
        "graded": earlier.graded and choice.maximum is not None,
    }
    session.execute(insert(ContentItem).values(values).on_conflict_do_nothing(index_elements=["key"]))
    placement = session.scalars(select(ContentItem).where(ContentItem.key == values["key"])).one()
    link.placement_id, link.placement = placement.id, placement
    session.flush()
    return placement
