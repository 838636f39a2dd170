"""Scores for platforms: recomputed when a result changes, sent by the worker."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assessment.events import ResultChanged
from courses.models.groups import Enrolment
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.i18n import use_locale
from lms.core.jobs.queueing import enqueue_many
from lms.core.people.models import Account
from lms.lti.grades import line_items
from lms.lti.grades.job_names import RECOMPUTE_SCORES, SEND_SCORE, enqueue_platform_job
from lms.lti.grades.results import result_of
from lms.lti.grades.scoring import is_empty_score, score_of
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import ContentItem, Link, Participant
from lms.lti.models.services import LineItem, Score

MOMENT_STEP = timedelta(microseconds=1)
"""Keeps ``wanted_at`` of successive values distinct when the clock does not advance."""


def on_result_changed(session: Session, event: ResultChanged) -> None:
    """Enqueues the recomputation of scores for enrolments of groups that are graded on a platform. One query.

    Sends no notification to the worker: the sweep runs within five seconds and handles a group's changes together. A
    notification for each change would queue before work that a person waits for.
    """
    graded = exists().where(ContentItem.cohort_id == Enrolment.cohort_id, ContentItem.graded)
    heard = session.scalars(select(Enrolment.id).where(Enrolment.id.in_(event.enrolment_ids), graded)).all()
    enqueue_many(session, RECOMPUTE_SCORES, heard, run_after=event.at)


def recompute_many(session: Session, enrolment_ids: Sequence[int]) -> None:
    """Recomputes the scores of several enrolments."""
    for enrolment_id in sorted(enrolment_ids):
        recompute(session, enrolment_id)


def recompute(session: Session, enrolment_id: int) -> None:
    """Recomputes the scores of one enrolment and enqueues those that have changed."""
    now = utc_now()
    enrolment = session.get_one(Enrolment, enrolment_id)
    line_items.request_unopened(session, enrolment.cohort_id, now=now)
    rows = session.execute(_line_items_of(enrolment_id)).all()
    if not rows:
        return
    with use_locale(enrolment.cohort.version.programme.language):
        for row in rows:
            line_items.update_label_and_maximum(session, row.LineItem, row.ContentItem, now=now)
            mark = score_of(result_of(session, row.ContentItem, enrolment))
            _write_score(session, row, mark, now)


def _line_items_of(enrolment_id: int) -> Any:
    return (
        select(LineItem, ContentItem, Participant.id.label("participant_id"), Score.id.label("score_id"))
        .select_from(Enrolment)
        .join(Account, Account.person_id == Enrolment.person_id)
        .join(Participant, Participant.account_id == Account.id)
        .join(Link, Link.context_id == Participant.context_id)
        .join(ContentItem, ContentItem.id == Link.placement_id)
        .join(LineItem, LineItem.link_id == Link.id)
        .outerjoin(Score, (Score.line_item_id == LineItem.id) & (Score.participant_id == Participant.id))
        .where(
            Enrolment.id == enrolment_id,
            ContentItem.cohort_id == Enrolment.cohort_id,
            ContentItem.graded,
            ContentItem.kind != "certificate",
            Participant.platform_role == PlatformRole.LEARNER.value,
            LineItem.state.in_(line_items.ACTIVE_STATES),
        )
        .order_by(LineItem.id)
    )


def _write_score(session: Session, row: Row[Any], mark: dict[str, Any], now: datetime) -> None:
    """Stores the latest value in place of the waiting one; an equal value changes nothing."""
    if row.score_id is None and is_empty_score(mark):
        return
    added = insert(Score).values(
        line_item_id=row.LineItem.id, participant_id=row.participant_id, wanted=mark, wanted_at=now
    )
    values = {
        "wanted": added.excluded.wanted,
        "wanted_at": func.greatest(added.excluded.wanted_at, Score.wanted_at + MOMENT_STEP),
        "state": "waiting",
        "error": "",
        "tries": 0,
        "next_try_at": None,
    }
    changed = session.execute(
        added.on_conflict_do_update(
            index_elements=["line_item_id", "participant_id"],
            set_=values,
            where=Score.wanted.is_distinct_from(added.excluded.wanted),
        ).returning(Score.id)
    ).scalar_one_or_none()
    if changed is not None and row.LineItem.state == "ready":
        enqueue_platform_job(session, SEND_SCORE, changed, now)


# Repeated sending


def send_again(session: Session, *, actor: Actor, scores: Sequence[Score], now: datetime) -> int:
    """Enqueues these scores again after the platform's settings were corrected; returns their number.

    A refused line item is requested again first. Repeating the call only hurries what waits already.
    """
    for item in {score.line_item.id: score.line_item for score in scores}.values():
        if item.state == "refused":
            line_items.retry_line_item(session, item, now=now)
    for score in scores:
        score.state, score.error, score.tries, score.next_try_at = "waiting", None, 0, None
        score.wanted_at = max(now, score.wanted_at + MOMENT_STEP)
        session.flush()
        if score.line_item.state == "ready":
            enqueue_platform_job(session, SEND_SCORE, score.id, now)
    if scores:
        placement = scores[0].line_item.link.placement
        site_id = placement.cohort.site_id if placement else None
        audit.record(session, actor, "score.again", scores[0], site_id=site_id, scores=len(scores))
    return len(scores)


def unsent_scores(session: Session, cohort_id: int) -> list[Score]:
    """Returns scores of the group that their platforms do not have."""
    return list(
        session.scalars(
            select(Score)
            .join(Score.line_item)
            .join(LineItem.link)
            .join(ContentItem, ContentItem.id == Link.placement_id)
            .where(
                ContentItem.cohort_id == cohort_id,
                ContentItem.graded,
                or_(Score.state != "sent", LineItem.state == "refused"),
                LineItem.state.in_(line_items.ACTIVE_STATES),
            )
            .order_by(Score.id)
        )
    )
