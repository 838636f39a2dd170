"""Sends scores to platforms and records their answers.

No row that a trainee's request may write is locked during a call: scores are read under an advisory lock, and all
changes are written at the end. A worker killed between the answer and the commit sends the score again.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Integer, String, bindparam, case, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.core.db import StoredDetail
from lms.core.fault_points import fault_point
from lms.core.jobs.queueing import postpone
from lms.core.sentences import ErrorDetail
from lms.lti.errors import AddressRefused, Unreachable
from lms.lti.grades import line_items, outages
from lms.lti.grades.job_names import SCORE_LOCK, SEND_SCORE, enqueue_platform_job
from lms.lti.grades.outages import KnownOutage
from lms.lti.grades.scoring import same_result
from lms.lti.models.launches import Context, Link, Participant
from lms.lti.models.platforms import Deployment, Platform
from lms.lti.models.services import LineItem, Score, ScoreTry
from lms.lti.services import tokens
from lms.lti.services.line_items import GONE, ITEM
from lms.lti.services.urls import with_query, within
from lms.lti.trust.http_client import PlatformResponse

MEDIA = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
CONFLICT = 409
TRANSIENT = frozenset({401, 408, 425, 429})
"""Statuses that may pass, as may all from 500 on."""
TIMESTAMP_STEP = timedelta(seconds=1)
"""Minimum distance between the timestamps of two values of one score: a platform may store whole seconds."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
SLOW_SECONDS = 2.0
"""Seconds. After a longer call the platform pauses for the duration of the call, so that others have their turn."""


@dataclass(frozen=True, slots=True)
class PendingScore:
    """A score to be sent, as read from the database."""

    id: int
    wanted: dict[str, Any]
    wanted_at: datetime
    sent: dict[str, Any] | None
    tries: int
    url: str
    item_id: int
    subject: str
    platform_id: int
    scopes: list[str]
    """AGS scopes granted by the platform."""

    def stamp(self) -> datetime:
        """Returns the timestamp of the message: the moment of the change, later than every timestamp sent before."""
        if self.sent is None or "timestamp" not in self.sent:
            return self.wanted_at
        return max(self.wanted_at, datetime.fromisoformat(self.sent["timestamp"]) + TIMESTAMP_STEP)

    def message(self, stamp: datetime) -> dict[str, Any]:
        """Returns the body of the request (AGS 2.0, 3.4.1)."""
        moment = stamp.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return {"userId": self.subject, "timestamp": moment, **self.wanted}


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """Outcome of sending: ``sent``, ``refused``, ``unreachable`` or ``given up``."""

    outcome: str
    message: dict[str, Any]
    status: int | None = None
    error: ErrorDetail | None = None
    wish: timedelta | None = None
    """The pause requested by the platform (``Retry-After``)."""
    gone: bool = False
    """True if the line item no longer exists."""


@dataclass(slots=True)
class SendBatch:
    """Scores sent in one transaction, with their outcomes."""

    session: Session
    now: datetime
    down: dict[int, KnownOutage]
    """Current outages by platform id."""
    told: list[tuple[PendingScore, SendOutcome]] = field(default_factory=list)
    paused: dict[int, datetime] = field(default_factory=dict)
    """Platforms that have failed in this batch, with the end of their pause."""
    answered: set[int] = field(default_factory=set)


_slow_until: dict[int, float] = {}
"""Platform id → end of its pause for slowness, by the monotonic clock."""


def send_scores(session: Session, score_ids: Sequence[int]) -> None:
    """Sends the latest values of these scores; postpones those of unreachable or slow platforms."""
    now = utc_now()
    waiting = _claim(session, score_ids, now)
    if not waiting:
        return
    work = SendBatch(session, now, outages.current_outages(session, {one.platform_id for one in waiting}))
    for one in waiting:
        _process(work, one)
    if work.told:
        fault_point("score-answered")
    _write_outcomes(work)


def send_score(session: Session, score_id: int) -> None:
    """Sends the latest value of one score."""
    send_scores(session, [score_id])


def _claim(session: Session, score_ids: Sequence[int], now: datetime) -> list[PendingScore]:
    """Locks and returns the waiting scores; postpones those locked by another worker."""
    locks = select(Score.id, func.pg_try_advisory_xact_lock(SCORE_LOCK, Score.id)).where(Score.id.in_(score_ids))
    mine = []
    for score_id, locked in session.execute(locks):
        if locked:
            mine.append(score_id)
        else:
            postpone(session, score_id, now + line_items.LOCKED_RETRY_DELAY)
    rows = session.execute(PENDING_SCORES, {"ids": mine}).all() if mine else []
    return [PendingScore(*row) for row in rows]  # type: ignore[call-arg, arg-type]  # columns of the statement, in order


PENDING_SCORES = (
    select(
        Score.id,
        Score.wanted,
        Score.wanted_at,
        Score.sent,
        Score.tries,
        LineItem.url,
        LineItem.id,
        Participant.subject,
        Deployment.platform_id,
        Context.scopes,
    )
    .join(LineItem, LineItem.id == Score.line_item_id)
    .join(Participant, Participant.id == Score.participant_id)
    .join(Link, Link.id == LineItem.link_id)
    .join(Context, Context.id == Link.context_id)
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(Platform, Platform.id == Deployment.platform_id)
    .where(
        Score.id.in_(bindparam("ids", expanding=True)),
        Score.state == "waiting",
        LineItem.state == "ready",
        LineItem.url.is_not(None),
        Platform.removed_at.is_(None),
    )
    .order_by(Score.wanted_at, Score.id)
)


def _process(work: SendBatch, one: PendingScore) -> None:
    outage = work.down.get(one.platform_id)
    until = work.paused.get(one.platform_id) or (outage.until if outage and outage.until > work.now else None)
    if until is None and _slow_until.get(one.platform_id, 0) > time.monotonic():
        until = work.now + timedelta(seconds=SLOW_SECONDS)
    if until is not None:
        _defer(work, one, until, outage.error if outage else None)
        return
    began = time.monotonic()
    told = _send(work.session, one)
    took = time.monotonic() - began
    if took > SLOW_SECONDS:
        _slow_until[one.platform_id] = time.monotonic() + took
    work.told.append((one, told))
    if told.outcome == "unreachable":
        _record_failure(work, one, told)
    else:
        work.answered.add(one.platform_id)


def _defer(work: SendBatch, one: PendingScore, until: datetime, error: ErrorDetail | None) -> None:
    """Postpones a score of an unreachable platform without a request or an attempt; gives it up after a day."""
    if error and work.now - one.wanted_at > outages.GIVE_UP:
        work.told.append((one, SendOutcome("given up", {}, error=error)))
    else:
        postpone(work.session, one.id, until)


def _record_failure(work: SendBatch, one: PendingScore, told: SendOutcome) -> None:
    until = outages.record_failure(work.session, one.platform_id, told.error, now=work.now, wish=told.wish)
    work.paused[one.platform_id] = until
    if work.now - one.wanted_at <= outages.GIVE_UP:
        postpone(work.session, one.id, next_try(one, until, work.now))


def next_try(one: PendingScore, until: datetime, now: datetime) -> datetime:
    """Returns the moment of the next attempt: after the platform's pause and after the score's own, which grows."""
    return max(until, now + min(FIRST_PAUSE * (1 << 2 * min(one.tries, 8)), LONGEST_PAUSE))


# One message


def _send(session: Session, one: PendingScore) -> SendOutcome:
    message = one.message(one.stamp())
    try:
        answer = _post(session, one, message)
        if answer.status == CONFLICT:
            return _resolve_conflict(session, one, message, answer)
        told = _outcome_of(answer, message)
        return replace(told, gone=True) if told.status in GONE and _is_line_item_gone(session, one) else told
    except AddressRefused as error:
        return SendOutcome("refused", message, None, error.as_detail())
    except Unreachable as error:
        return SendOutcome("unreachable", message, error.answered, error.as_detail())


def _post(session: Session, one: PendingScore, message: dict[str, Any]) -> PlatformResponse:
    platform = session.get_one(Platform, one.platform_id)
    body = json.dumps(message, ensure_ascii=False).encode()
    url = within(one.url, "scores")
    return tokens.call(session, platform, "POST", url, scopes={tokens.SCORE}, media=MEDIA, content=body)


def _is_line_item_gone(session: Session, one: PendingScore) -> bool:
    """Returns whether the line item is missing, and not only the user."""
    scope = next((scope for scope in (tokens.LINE_ITEM_READ, tokens.LINE_ITEM) if scope in one.scopes), None)
    if scope is None:
        return False
    platform = session.get_one(Platform, one.platform_id)
    return tokens.call(session, platform, "GET", one.url, scopes={scope}, accept=ITEM).status in GONE


def _outcome_of(answer: PlatformResponse, message: dict[str, Any]) -> SendOutcome:
    if 200 <= answer.status < 300:
        return SendOutcome("sent", message, answer.status)
    error = tokens.error_of(answer)
    if answer.status in TRANSIENT or answer.status >= 500:
        return SendOutcome(
            "unreachable", message, answer.status, error, outages.retry_after_of(answer.headers.get("Retry-After"))
        )
    return SendOutcome("refused", message, answer.status, error)


def _resolve_conflict(
    session: Session, one: PendingScore, message: dict[str, Any], answer: PlatformResponse
) -> SendOutcome:
    """Handles a 409: the platform holds a result with a later timestamp.

    Our current value, sent by a worker killed before it could record the answer: sent. Our previous value: the
    platform's clock is ahead or counts in seconds, so the score is sent again with a later timestamp. Any other value
    was entered there after our result and stays.
    """
    stands = _current_result(session, one)
    if stands is not None and "scoreGiven" in one.wanted and same_result(one.wanted, *stands):
        return SendOutcome("sent", message, answer.status, ErrorDetail("result_there_already"))
    if stands is not None and stands[0] is not None and not (one.sent and same_result(one.sent, *stands)):
        return SendOutcome("refused", message, answer.status, ErrorDetail("result_of_platform_newer"))
    anew = one.message(max(utc_now(), one.stamp() + TIMESTAMP_STEP))
    answer = _post(session, one, anew)
    if answer.status == CONFLICT:
        error = tokens.error_of(answer, otherwise=ErrorDetail("result_taken_for_older"))
        return SendOutcome("unreachable", anew, answer.status, error)
    return _outcome_of(answer, anew)


def _current_result(session: Session, one: PendingScore) -> tuple[float | None, float | None] | None:
    """Returns the platform's current result as (given, maximum); None if it may not or cannot be read."""
    if tokens.RESULT_READ not in one.scopes:
        return None
    url = with_query(within(one.url, "results"), user_id=one.subject)
    platform = session.get_one(Platform, one.platform_id)
    answer = tokens.call(session, platform, "GET", url, scopes={tokens.RESULT_READ}, accept=RESULTS)
    if answer.status != 200:
        return None
    found = answer.json()
    for result in found if isinstance(found, list) else []:
        if isinstance(result, dict) and str(result.get("userId")) == one.subject:
            return _number(result.get("resultScore")), _number(result.get("resultMaximum"))
    return None, None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


# Writing the outcomes

NEXT = case((Score.wanted_at == bindparam("read_at", type_=DateTime(timezone=True)), bindparam("next", type_=String)))
"""A value changed in the meantime stays waiting: its own job sends it."""
WRITE_SENT = (
    update(Score)
    .where(Score.id == bindparam("score_id", type_=Integer))
    .values(
        state=func.coalesce(NEXT, "waiting"),
        sent=func.coalesce(bindparam("message", type_=JSONB(none_as_null=True)), Score.sent),
        sent_at=func.coalesce(bindparam("moment", type_=DateTime(timezone=True)), Score.sent_at),
        error=bindparam("error", type_=StoredDetail),
        tries=bindparam("tried", type_=Integer),
        next_try_at=bindparam("again", type_=DateTime(timezone=True)),
    )
)
STATE_AFTER = {"sent": "sent", "refused": "refused", "given up": "refused"}


def _write_outcomes(work: SendBatch) -> None:
    if not work.told:
        return
    connection = work.session.connection()
    connection.execute(WRITE_SENT, [_score_values(work, one, told) for one, told in work.told])
    tries = [_try_values(one, told, work.now) for one, told in work.told if told.outcome != "given up"]
    if tries:
        connection.execute(insert(ScoreTry), tries)
    _mark_missing_line_items(work)
    for platform_id in work.answered & work.down.keys() - work.paused.keys():
        outages.record_success(work.session, platform_id)
        _requeue_given_up(work.session, platform_id, work.now)


def _score_values(work: SendBatch, one: PendingScore, told: SendOutcome) -> dict[str, Any]:
    late = work.now - one.wanted_at > outages.GIVE_UP
    down = told.outcome in {"unreachable", "given up"}
    waits = told.outcome == "unreachable" and not late
    sent = told.outcome == "sent"
    return {
        "score_id": one.id,
        "read_at": one.wanted_at,
        "next": "waiting" if waits else STATE_AFTER.get(told.outcome, "refused"),
        "message": told.message if sent else None,
        "moment": work.now if sent else None,
        "error": None if sent else told.error,
        "tried": one.tries + 1 if down else 0,
        "again": next_try(one, work.paused[one.platform_id], work.now) if waits else None,
    }


def _try_values(one: PendingScore, told: SendOutcome, now: datetime) -> dict[str, Any]:
    return {
        "score_id": one.id,
        "outcome": told.outcome,
        "status": told.status,
        "detail": told.error,
        "sent": told.message,
        "at": now,
    }


def _mark_missing_line_items(work: SendBatch) -> None:
    """Marks line items that were not found as refused, so that nothing is collected for them until somebody opens the
    activity.
    """
    gone = {one.item_id for one, told in work.told if told.gone}
    if gone:
        work.session.execute(
            update(LineItem)
            .where(LineItem.id.in_(gone), LineItem.state == "ready")
            .values(state="gone", error=None)
            .execution_options(synchronize_session=False)
        )


def _requeue_given_up(session: Session, platform_id: int, now: datetime) -> None:
    """Enqueues the scores that were given up during the outage of a platform that answers again."""
    given_up = (
        update(Score)
        .where(
            Score.line_item_id == LineItem.id,
            LineItem.link_id == Link.id,
            Link.context_id == Context.id,
            Context.deployment_id == Deployment.id,
            Deployment.platform_id == platform_id,
            Score.state == "refused",
            Score.tries > 0,
        )
        .values(state="waiting", tries=0, next_try_at=None, wanted_at=func.greatest(now, Score.wanted_at))
        .returning(Score.id)
        .execution_options(synchronize_session=False)
    )
    for score_id in session.scalars(given_up).all():
        enqueue_platform_job(session, SEND_SCORE, score_id, now)


def reset_pauses() -> None:
    """Clears the pauses of slow platforms, for tests."""
    _slow_until.clear()
