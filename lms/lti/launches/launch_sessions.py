"""Launches under way: each has its own address prefix, cookie and session, and ends by itself."""

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
"""A launch ends after so long; the platform opens another one at a click."""
TICKET_LIFETIME = timedelta(minutes=10)
KEPT_AFTER_END = timedelta(days=1)
"""How long ended launches stay in the database."""
REFUSALS_KEPT = timedelta(days=90)
MOST_REFUSALS = 20_000
"""Anybody can be refused, as often as they like."""
LAST_LOGIN_PRECISION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class BrowserInfo:
    """Whose launch it is, for the list of sessions that its owner looks at."""

    agent: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class LaunchData:
    """What a launch keeps of its token."""

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
    """A launch with its session (or, of somebody without an account, without) and the token for its cookie.

    It is not in the database yet: whoever calls this adds it once it is known what it opens.
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
    """The visitor of this launch turned out to be this account: a session for it; the new token for its cookie."""
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
"""Put together once: it runs at every request of a launch."""


def find_launch(session: Session, launch_id: int, token: str, *, now: datetime) -> Launch | None:
    """The launch of this number, if the token is of it and it is not over. One query."""
    launch: Launch | None = session.scalar(ACTIVE_LAUNCH, {"launch_id": launch_id, "now": now})
    if launch is None or not _is_open(launch) or not _has_token(launch, token):
        return None
    opened = launch.session
    if opened is not None and now - opened.last_seen_at > SEEN_EVERY:
        opened.last_seen_at = now
    return launch


def create_ticket(launch: Launch, *, now: datetime) -> str:
    """Lets a window that did not get the cookie into the launch, once."""
    return state.sign_values([launch.id, secrets.token_urlsafe(12), int(now.timestamp())])


def is_ticket_of(launch_id: int, ticket: str) -> bool:
    """Whether it was made for this launch, be it used or too old."""
    sealed = state.verified_values(ticket)
    return isinstance(sealed, list) and len(sealed) == 3 and sealed[0] == launch_id


def redeem_ticket(session: Session, launch_id: int, ticket: str, *, now: datetime) -> tuple[Launch, str] | None:
    """The launch and a new token for its cookie (the earlier one is worth nothing any more).

    None for a ticket of another launch, one that is too old, or was used.
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
    """Whether this is the nonce's first use. Of two at once the second waits for what becomes of the first."""
    values = {"platform_id": platform_id, "nonce_hash": state.digest(nonce), "expires_at": ends_at}
    return session.connection().execute(USE_NONCE, values).first() is not None


USE_NONCE = (
    insert(UsedNonce)
    .values({name: bindparam(name) for name in ("platform_id", "nonce_hash", "expires_at")})
    .on_conflict_do_nothing()
    .returning(UsedNonce.platform_id)
)


def delete_expired(session: Session, now: datetime) -> None:
    """Remove nonces and launches that are over, with the sessions that belonged to them, and old refusals."""
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
    """The platform is still connected, the account not closed, the session not ended by its owner."""
    if launch.platform.removed_at is not None or launch.context.deployment.accepted_at is None:
        return False
    opened = launch.session
    return opened is None or (opened.ended_at is None and opened.account.is_active)


def _has_token(launch: Launch, token: str) -> bool:
    kept = launch.session.token_hash if launch.session is not None else launch.visitor_hash
    return kept is not None and compare_digest(kept, hash_of(token))
