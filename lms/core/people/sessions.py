"""Log-in sessions in the database: their owner lists and ends them."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, contains_eager

from lms.core.people.models import Account, UserSession

SEEN_EVERY = timedelta(minutes=5)
"""Precision of ``last_seen_at``, so that a page view is not a write."""


def hash_of(token: str) -> str:
    """Returns the stored hash of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(session: Session, account: Account, *, user_agent: str, ip_address: str, now: datetime) -> str:
    """Opens a session of this account. Returns the token for the cookie, which is not stored."""
    token = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            token_hash=hash_of(token),
            account_id=account.id,
            last_seen_at=now,
            user_agent=user_agent[:500],
            ip_address=ip_address[:45],
        )
    )
    account.last_login_at = now
    session.flush()
    return token


LIVING = (
    select(UserSession)
    .join(UserSession.account)
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.ended_at.is_(None),
        ~UserSession.launched,
        UserSession.last_seen_at > bindparam("since"),
        Account.is_active,
    )
    .options(contains_eager(UserSession.account))
)
"""Built once: the statement runs at every request."""


def find_session(session: Session, token: str, *, now: datetime, days: int) -> UserSession | None:
    """Returns the living session of this token, with its account and person in one query."""
    values = {"token_hash": hash_of(token), "since": now - timedelta(days=days)}
    found: UserSession | None = session.scalar(LIVING, values)
    if found is not None and now - found.last_seen_at > SEEN_EVERY:
        found.last_seen_at = now
    return found


def list_sessions(session: Session, account_id: int) -> Sequence[UserSession]:
    """Returns living sessions, the latest first."""
    return session.scalars(
        select(UserSession)
        .where(UserSession.account_id == account_id, UserSession.ended_at.is_(None))
        .order_by(UserSession.last_seen_at.desc())
    ).all()


def end_session(session: Session, account_id: int, session_id: int, *, now: datetime) -> None:
    """Ends one of the account's own sessions; ending it twice changes nothing."""
    _end(session, UserSession.account_id == account_id, UserSession.id == session_id, now=now)


def end_all(session: Session, account_id: int, *, now: datetime, but: int | None = None) -> None:
    """Ends every session of the account except this one, after a changed password."""
    _end(session, UserSession.account_id == account_id, UserSession.id != (but or 0), now=now)


def _end(session: Session, *which: object, now: datetime) -> None:
    session.execute(update(UserSession).where(*which, UserSession.ended_at.is_(None)).values(ended_at=now))  # type: ignore[arg-type]
