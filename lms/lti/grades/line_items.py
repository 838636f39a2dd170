"""Line items (gradebook columns) required by our links, and the job that synchronises them with the platform."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Integer, Select, bindparam, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from courses.models.groups import Enrolment
from lms.core.clock import utc_now
from lms.core.jobs.queueing import enqueue, enqueue_many, postpone
from lms.core.people.models import Account
from lms.core.sentences import ErrorDetail
from lms.lti.errors import AddressRefused, Unreachable
from lms.lti.grades import outages
from lms.lti.grades.job_names import LINE_ITEM_LOCK, RECOMPUTE_SCORES, SEND_SCORE, SYNC_LINE_ITEM, enqueue_platform_job
from lms.lti.grades.results import maximum_of
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import ContentItem, Context, Link, Participant
from lms.lti.models.platforms import Deployment, Platform
from lms.lti.models.services import LineItem, Score
from lms.lti.services import line_items
from lms.lti.services.line_items import DesiredLineItem, LineItemRefused

ACTIVE_STATES = ("wanted", "ready", "refused")
"""States of a line item that accepts scores, now or once it is ready."""
LOCKED_RETRY_DELAY = timedelta(seconds=2)
UNOPENED = "unopened:"
"""Beginning of the id of a link whose activity nobody has opened."""
UNOPENED_PAUSE, UNOPENED_LONGEST = timedelta(minutes=1), timedelta(days=1)
UNOPENED_TRIES = 20
"""Number of times that the column of an unopened activity is looked for."""


def ensure_line_item(session: Session, link: Link, *, now: datetime, account: Account | None = None) -> None:
    """Requests the line item of an opened link that shows graded content. One query if the line item exists already.

    ``account``: the learner who opened the link; a recomputation of earlier results is enqueued while no score of
    theirs exists.
    """
    placement = link.placement
    if placement is None or not placement.graded or placement.kind == "certificate":
        return
    who = {"account_id": account.id if account else None, "person_id": account.person_id if account else None}
    known = session.execute(
        EXISTING_LINE_ITEM, {"link_id": link.id, "cohort_id": placement.cohort_id, **who}
    ).one_or_none()
    if known is None or known.state not in ACTIVE_STATES or (link.line_item_url and known.url != link.line_item_url):
        _request_line_item(session, link, placement, now)
    elif known.unscored is not None:
        enqueue(session, RECOMPUTE_SCORES, known.unscored)


def _existing_line_item() -> Select[str | None, str, int | None]:
    """The link's line item, and the learner's enrolment while the line item has no score of theirs."""
    scored = (
        select(Score.id)
        .join(Participant, Participant.id == Score.participant_id)
        .where(Score.line_item_id == LineItem.id, Participant.account_id == bindparam("account_id", type_=Integer))
        .correlate(LineItem)
        .exists()
    )
    unscored = select(Enrolment.id).where(
        Enrolment.person_id == bindparam("person_id", type_=Integer),
        Enrolment.cohort_id == bindparam("cohort_id", type_=Integer),
        ~scored,
    )
    return select(LineItem.url, LineItem.state, unscored.correlate(LineItem).scalar_subquery().label("unscored")).where(
        LineItem.link_id == bindparam("link_id", type_=Integer)
    )


EXISTING_LINE_ITEM = _existing_line_item()
"""Compiled once, because it runs at every launch of graded content."""


def _request_line_item(session: Session, link: Link, placement: ContentItem, now: datetime) -> None:
    """Uses the line item that the platform tied to the link; otherwise enqueues a job that finds or creates one."""
    values = {
        "url": link.line_item_url,
        "label": placement.title,
        "score_maximum": maximum_of(session, placement),
        "state": "ready" if link.line_item_url else "wanted",
        "made_by_us": False,
        "error": None,
        "tries": 0,
        "next_try_at": None,
        "checked_at": now if link.line_item_url else None,
    }
    added = insert(LineItem).values(link_id=link.id, **values)
    item_id = session.scalars(
        added.on_conflict_do_update(index_elements=["link_id"], set_=values).returning(LineItem.id)
    ).one()
    refused = (Score.line_item_id == item_id, Score.state == "refused")
    session.execute(update(Score).where(*refused).values(state="waiting", error=None, tries=0, next_try_at=None))
    if link.line_item_url:
        _enqueue_scores(session, item_id, now)
    else:
        enqueue_platform_job(session, SYNC_LINE_ITEM, item_id, now)


def request_unopened(session: Session, cohort_id: int, *, now: datetime) -> None:
    """Requests the line items of graded content that nobody has opened yet: the platform made them with the activities.

    The row of the link stands for the activity until the platform tells its id.
    """
    for placement in session.scalars(_without_link(cohort_id)).all():
        values = {"context_id": placement.context_id, "placement_id": placement.id, "unopened": True, "seen_at": now}
        row = insert(Link).values(resource_link_id=f"{UNOPENED}{placement.key}", **values)
        link = session.scalars(row.on_conflict_do_nothing().returning(Link)).one_or_none()
        if link is not None:
            _request_line_item(session, link, placement, now)


def _without_link(cohort_id: int) -> Select[ContentItem]:
    linked = exists().where(Link.placement_id == ContentItem.id)
    return (
        select(ContentItem)
        .join(Context, Context.id == ContentItem.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(
            ContentItem.cohort_id == cohort_id,
            ContentItem.graded,
            ContentItem.kind != "certificate",
            Context.line_items_url.is_not(None),
            Platform.removed_at.is_(None),
            ~linked,
        )
    )


def withdraw_line_items(session: Session, link_ids: Iterable[int], *, now: datetime) -> None:
    """Marks the line items of these links as unwanted; the job deletes those that we created."""
    unwanted = (
        update(LineItem)
        .where(LineItem.link_id.in_(list(link_ids)), LineItem.state.in_(ACTIVE_STATES))
        .values(state="unwanted", error=None, tries=0, next_try_at=None)
        .returning(LineItem.id)
    )
    for item_id in session.scalars(unwanted).all():
        enqueue_platform_job(session, SYNC_LINE_ITEM, item_id, now)


def update_for_link(session: Session, link: Link, *, now: datetime) -> None:
    """Updates the line item after staff have changed the content of a link."""
    item = session.scalar(select(LineItem).where(LineItem.link_id == link.id))
    placement = link.placement
    if placement is None or not placement.graded:
        withdraw_line_items(session, [link.id], now=now)
    elif item is None or item.state not in ACTIVE_STATES:
        ensure_line_item(session, link, now=now)
    else:
        update_label_and_maximum(session, item, placement, now=now)
        _enqueue_scores(session, item.id, now)


def update_label_and_maximum(session: Session, item: LineItem, placement: ContentItem, *, now: datetime) -> None:
    """Copies label and maximum of the content item to its line item; one that we created is changed on the platform
    too.
    """
    maximum = maximum_of(session, placement)
    if (item.label, item.score_maximum) == (placement.title, maximum):
        return
    item.label, item.score_maximum = placement.title, maximum
    if item.made_by_us and item.state == "ready":
        item.state, item.tries, item.next_try_at = "wanted", 0, None
        enqueue_platform_job(session, SYNC_LINE_ITEM, item.id, now)
    session.flush()


def retry_line_item(session: Session, item: LineItem, *, now: datetime) -> None:
    """Requests a refused line item again, after the platform's settings were corrected."""
    item.url = item.link.line_item_url
    item.state, item.error, item.tries, item.next_try_at = "wanted", None, 0, None
    session.flush()
    enqueue_platform_job(session, SYNC_LINE_ITEM, item.id, now)


def _enqueue_scores(session: Session, item_id: int, now: datetime) -> None:
    """Enqueues waiting scores of a ready line item, and the recomputation of earlier results."""
    waiting = select(Score.id).where(Score.line_item_id == item_id, Score.state == "waiting")
    for score_id in session.scalars(waiting).all():
        enqueue_platform_job(session, SEND_SCORE, score_id, now)
    enrolments = (
        select(Enrolment.id)
        .join(Account, Account.person_id == Enrolment.person_id)
        .join(Participant, Participant.account_id == Account.id)
        .join(Link, Link.context_id == Participant.context_id)
        .join(LineItem, LineItem.link_id == Link.id)
        .join(ContentItem, ContentItem.id == Link.placement_id)
        .where(
            LineItem.id == item_id,
            Enrolment.cohort_id == ContentItem.cohort_id,
            Participant.platform_role == PlatformRole.LEARNER.value,
        )
    )
    enqueue_many(session, RECOMPUTE_SCORES, session.scalars(enrolments).all())


# Jobs


def sync_line_item(session: Session, item_id: int) -> None:
    """Finds, creates, changes or deletes the line item on its platform; postpones the job while the platform is
    unreachable.
    """
    now = utc_now()
    if not session.scalar(select(func.pg_try_advisory_xact_lock(LINE_ITEM_LOCK, item_id))):
        postpone(session, item_id, now + LOCKED_RETRY_DELAY)
        return
    item = session.get(LineItem, item_id, populate_existing=True)
    if item is None or item.state not in {"wanted", "unwanted"}:
        return
    platform = item.link.context.deployment.platform
    outage = outages.current_outages(session, [platform.id]).get(platform.id)
    if outage is not None and outage.until > now:
        _postpone_sync(session, item, outage.error, outage.until, now)
        return
    try:
        _sync(session, item, now)
    except (LineItemRefused, AddressRefused) as error:
        _mark_refused(item, error.as_detail())
    except Unreachable as error:
        until = outages.record_failure(session, platform.id, error.as_detail(), now=now)
        item.tries += 1
        _postpone_sync(session, item, error.as_detail(), until, now)
        return
    if outage is not None:
        outages.record_success(session, platform.id)


def _mark_refused(item: LineItem, error: ErrorDetail | None) -> None:
    item.state = "removed" if item.state == "unwanted" else "refused"
    item.error, item.tries, item.next_try_at = error, 0, None


def _postpone_sync(session: Session, item: LineItem, error: ErrorDetail | None, until: datetime, now: datetime) -> None:
    if now - (item.checked_at or item.created_at) > outages.GIVE_UP and item.tries:
        _mark_refused(item, error)
        return
    item.error, item.next_try_at = error, until
    postpone(session, item.id, until)


def _sync(session: Session, item: LineItem, now: datetime) -> None:
    platform = item.link.context.deployment.platform
    if item.state == "unwanted" or platform.removed_at is not None or item.link.placement is None:
        _remove(session, item, reachable=platform.removed_at is None)
        return
    if item.link.unopened and not _find_unopened(session, item, item.link.placement, now):
        return
    url, ours = item.url, item.made_by_us
    wanted = _desired(item, item.link.placement)
    if url is None:
        context = item.link.context
        found = line_items.find_line_item(session, context, wanted) or line_items.create_line_item(
            session, context, wanted
        )
        url, ours = found.url, found.ours
    if ours:
        line_items.update_line_item(session, item.link.context, url, wanted)
    item.url, item.made_by_us, item.state, item.checked_at = url, ours, "ready", now
    item.error, item.tries, item.next_try_at = None, 0, None
    session.flush()
    _enqueue_scores(session, item.id, now)


def _find_unopened(session: Session, item: LineItem, placement: ContentItem, now: datetime) -> bool:
    """Finds the line item that the platform made with an activity, and takes the activity's id from it.

    Returns False while there is none: the job tries again, with growing pauses, and the first launch brings it.
    """
    found = line_items.find_by_resource(session, item.link.context, str(placement.key))
    if found is None:
        item.tries += 1
        item.next_try_at = now + min(UNOPENED_PAUSE * (1 << 2 * min(item.tries, 6)), UNOPENED_LONGEST)
        if item.tries <= UNOPENED_TRIES:
            postpone(session, item.id, item.next_try_at)
        return False
    item.url, item.made_by_us = found.url, found.ours
    same = exists().where(Link.context_id == item.link.context_id, Link.resource_link_id == found.link)
    if found.link and not session.scalar(select(same)):
        item.link.resource_link_id, item.link.unopened = found.link, False
    return True


def _remove(session: Session, item: LineItem, *, reachable: bool) -> None:
    if item.url is not None and item.made_by_us and reachable:
        line_items.delete_line_item(session, item.link.context, item.url)
    item.url, item.made_by_us, item.state = None, False, "removed"
    item.error, item.tries, item.next_try_at = None, 0, None


def _desired(item: LineItem, placement: ContentItem) -> DesiredLineItem:
    return DesiredLineItem(
        link=item.link.resource_link_id,
        resource=str(placement.key),
        tag=placement.kind,
        label=item.label,
        maximum=item.score_maximum,
    )
