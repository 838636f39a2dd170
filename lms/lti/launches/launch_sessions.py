"""Active launches: each has its own path prefix, cookie and session, and expires."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload, lazyload

from courses.models.groups import Cohort
from lms.core.people.models import Account, UserSession
from lms.core.people.sessions import SEEN_EVERY, hash_of
from lms.lti.messages import state
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import ContentItem, Context, Launch, Link
from lms.lti.models.platforms import Deployment, Platform, Refusal, UsedNonce

LAUNCH_LIFETIME = timedelta(hours=12)
"""A launch ends after this time; the platform opens another at a click."""
TICKET_LIFETIME = timedelta(minutes=10)
KEPT_AFTER_END = timedelta(days=1)
"""How long ended launches stay in the database."""
REFUSALS_KEPT = timedelta(days=90)
MOST_REFUSALS = 20_000
"""Refusals are kept up to this number, because anybody can cause them."""
LAST_LOGIN_PRECISION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class BrowserInfo:
    """User agent and IP address, shown in the account's session list."""

    agent: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class LaunchData:
    """Claims that a launch keeps."""

    subject: str | None
    platform_role: PlatformRole
    named: Mapping[str, Any] = field(default_factory=dict)
    locale: str | None = None
    target: str = "iframe"
    return_url: str | None = None
    origins: Sequence[str] = ()
    deep_linking: Mapping[str, Any] = field(default_factory=dict)
    mentees: Sequence[str] = ()


def new_launch(
    *,
    context: Context,
    link: Link | None,
    account: Account | None,
    facts: LaunchData,
    browser: BrowserInfo,
    now: datetime,
) -> tuple[Launch, str]:
    """Returns a launch with its session (none without an account) and the token for its cookie.

    The caller adds it to the database once its destination is known.
    """
    token = secrets.token_urlsafe(32)
    opened = _new_session(account, token, browser, now) if account else None
    launch = Launch(
        session=opened,
        visitor_hash=None if opened else hash_of(token),
        context=context,
        link=link,
        subject=facts.subject,
        platform_role=str(facts.platform_role),
        named={} if opened or facts.subject is None else dict(facts.named),
        locale=facts.locale,
        target=facts.target,
        return_url=facts.return_url,
        origins=list(facts.origins),
        deep_linking=dict(facts.deep_linking),
        mentees=list(facts.mentees),
        ends_at=now + LAUNCH_LIFETIME,
    )
    return launch, token


def assign_account(session: Session, launch: Launch, *, account: Account, browser: BrowserInfo, now: datetime) -> str:
    """Gives a visitor's launch a session of this account; returns the new token for its cookie."""
    token = secrets.token_urlsafe(32)
    if launch.session is not None:
        launch.session.ended_at = now
    launch.session = _new_session(account, token, browser, now)
    launch.visitor_hash, launch.named = None, {}
    session.flush()
    return token


ACTIVE_LAUNCH = (
    select(Launch)
    .where(Launch.id == bindparam("launch_id"), Launch.ends_at > bindparam("now"))
    .options(
        joinedload(Launch.context).joinedload(Context.deployment).joinedload(Deployment.platform).defer(Platform.jwks),
        joinedload(Launch.link).options(
            lazyload(Link.context),
            joinedload(Link.placement)
            .joinedload(ContentItem.cohort)
            .options(lazyload(Cohort.site), lazyload(Cohort.version)),
        ),
    )
)
"""Compiled once, because it runs at every request of a launch."""


def find_launch(session: Session, launch_id: int, token: str, *, now: datetime) -> Launch | None:
    """Returns the active launch with this id and token, or None. One query."""
    launch: Launch | None = session.scalar(ACTIVE_LAUNCH, {"launch_id": launch_id, "now": now})
    if launch is None or not _is_open(launch) or not _has_token(launch, token):
        return None
    opened = launch.session
    if opened is not None and now - opened.last_seen_at > SEEN_EVERY:
        opened.last_seen_at = now
    return launch


def create_ticket(launch: Launch, *, now: datetime) -> str:
    """Returns a one-time ticket by which a window without the cookie enters the launch."""
    return state.sign_values([launch.id, secrets.token_urlsafe(12), int(now.timestamp())])


def is_ticket_of(launch_id: int, ticket: str) -> bool:
    """Returns whether the ticket was issued for this launch, even if used or expired."""
    sealed = state.verified_values(ticket)
    return isinstance(sealed, list) and len(sealed) == 3 and sealed[0] == launch_id


def redeem_ticket(session: Session, launch_id: int, ticket: str, *, now: datetime) -> tuple[Launch, str] | None:
    """Returns the launch and a new token for its cookie, which replaces the earlier one.

    None for a ticket that is of another launch, expired or used.
    """
    if not is_ticket_of(launch_id, ticket):
        return None
    sealed = state.verified_values(ticket)
    launch: Launch | None = session.scalar(ACTIVE_LAUNCH, {"launch_id": launch_id, "now": now})
    if launch is None or not _is_open(launch) or now.timestamp() - sealed[2] > TICKET_LIFETIME.total_seconds():
        return None
    if not use_nonce(session, launch.platform.id, f"ticket:{sealed[1]}", ends_at=now + TICKET_LIFETIME):
        return None
    return launch, _renew(session, launch)


def use_nonce(session: Session, platform_id: int, nonce: str, *, ends_at: datetime) -> bool:
    """Returns whether this is the nonce's first use. Of two uses at once, the second waits for the first
    transaction.
    """
    values = {"platform_id": platform_id, "nonce_hash": state.digest(nonce), "expires_at": ends_at}
    return session.connection().execute(USE_NONCE, values).first() is not None


USE_NONCE = (
    insert(UsedNonce)
    .values({name: bindparam(name) for name in ("platform_id", "nonce_hash", "expires_at")})
    .on_conflict_do_nothing()
    .returning(UsedNonce.platform_id)
)


def delete_expired(session: Session, now: datetime) -> None:
    """Deletes expired nonces and launches, their sessions, and old refusals."""
    session.execute(delete(UsedNonce).where(UsedNonce.expires_at < now))
    latest = select(func.max(Refusal.id) - MOST_REFUSALS).scalar_subquery()
    session.execute(delete(Refusal).where(or_(Refusal.seen_at < now - REFUSALS_KEPT, Refusal.id <= latest)))
    over = Launch.ends_at < now - KEPT_AFTER_END
    session.execute(delete(UserSession).where(UserSession.id.in_(select(Launch.session_id).where(over))))
    session.execute(delete(Launch).where(over))


def _new_session(account: Account, token: str, browser: BrowserInfo, now: datetime) -> UserSession:
    if account.last_login_at is None or now - account.last_login_at > LAST_LOGIN_PRECISION:
        account.last_login_at = now
    return UserSession(
        token_hash=hash_of(token),
        account=account,
        last_seen_at=now,
        user_agent=browser.agent[:500],
        ip_address=browser.address[:45],
        launched=True,
    )


def _renew(session: Session, launch: Launch) -> str:
    token = secrets.token_urlsafe(32)
    if launch.session is not None:
        launch.session.token_hash = hash_of(token)
    else:
        launch.visitor_hash = hash_of(token)
    session.flush()
    return token


def _is_open(launch: Launch) -> bool:
    """Returns whether platform, deployment, account and session are all still active."""
    if launch.platform.removed_at is not None or launch.context.deployment.accepted_at is None:
        return False
    opened = launch.session
    return opened is None or (opened.ended_at is None and opened.account.is_active)


def _has_token(launch: Launch, token: str) -> bool:
    kept = launch.session.token_hash if launch.session is not None else launch.visitor_hash
    return kept is not None and compare_digest(kept, hash_of(token))
