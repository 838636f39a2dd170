"""Log-in sessions in the database: their owner lists and ends them."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from lms.core.people.models import Account, UserSession
from lms.core.people.session_facts import declared_facts

SEEN_EVERY = timedelta(minutes=5)
"""Precision of ``last_seen_at``, so that a page view is not a write."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms after which a session ends."""

    unused: timedelta = timedelta(days=14)
    longest: timedelta = timedelta(days=30)
    """From the log-in, however often the session is used."""
    longest_of_administrators: timedelta = timedelta(hours=12)

    def moments(self, now: datetime) -> dict[str, datetime]:
        """Returns the values of ``LIVES``: what lies before these moments has ended."""
        return {
            "seen_since": now - self.unused,
            "opened_since": now - self.longest,
            "opened_since_administrator": now - self.longest_of_administrators,
        }

    def longest_for(self, account: Account) -> timedelta:
        """Returns the longest term of a session of this account."""
        return min(self.longest, self.longest_of_administrators) if account.is_administrator else self.longest


_terms = [Terms()]


def configure(terms: Terms) -> None:
    """Sets the terms of this process."""
    _terms[:] = [terms]


def terms() -> Terms:
    """Returns the terms of sessions in this process."""
    return _terms[0]


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
            created_at=now,
            last_seen_at=now,
            confirmed_at=now,
            user_agent=user_agent[:500],
            ip_address=ip_address[:45],
        )
    )
    account.last_login_at = now
    session.flush()
    return token


def _moment(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=DateTime(timezone=True))


LIVES = and_(
    UserSession.ended_at.is_(None),
    UserSession.last_seen_at > _moment("seen_since"),
    UserSession.created_at > _moment("opened_since"),
    or_(~Account.is_administrator, UserSession.created_at > _moment("opened_since_administrator")),
    Account.is_active,
)
"""Condition of a session of a log-in that has not ended; its values are ``Terms.moments``."""


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A living session with the declared facts about its person (``lms.core.people.session_facts``)."""

    session: UserSession
    facts: dict[str, Any]


@lru_cache(maxsize=1)
def _living() -> tuple[Select[Any], tuple[str, ...]]:
    """Returns the statement and the names of its facts. Built once: it runs at every request."""
    facts = declared_facts()
    statement = (
        select(UserSession, *(fact.label(name) for name, fact in facts.items()))
        .join(UserSession.account)
        .where(UserSession.token_hash == bindparam("token_hash"), ~UserSession.launched, LIVES)
        .options(contains_eager(UserSession.account))
    )
    return statement, tuple(facts)


def find_session(session: Session, token: str, *, now: datetime) -> FoundSession | None:
    """Returns the living session of this token with its account, person and facts: one query."""
    statement, names = _living()
    row = session.execute(statement, {"token_hash": hash_of(token)} | terms().moments(now)).first()
    if row is None:
        return None
    found: UserSession = row[0]
    if now - found.last_seen_at > SEEN_EVERY:
        found.last_seen_at = now
    return FoundSession(found, dict(zip(names, row[1:], strict=True)))


def list_sessions(session: Session, account_id: int, *, now: datetime) -> Sequence[UserSession]:
    """Returns living sessions, the latest first. Those of launches end with their launch."""
    return session.scalars(
        select(UserSession)
        .join(UserSession.account)
        .where(UserSession.account_id == account_id, or_(LIVES, UserSession.launched & UserSession.ended_at.is_(None)))
        .order_by(UserSession.last_seen_at.desc()),
        terms().moments(now),
    ).all()


def end_session(session: Session, account_id: int, session_id: int, *, now: datetime) -> None:
    """Ends one of the account's own sessions; ending it twice changes nothing."""
    _end(session, UserSession.account_id == account_id, UserSession.id == session_id, now=now)


def end_all(session: Session, account_id: int, *, now: datetime, but: int | None = None) -> None:
    """Ends every session of the account except this one, after a changed password."""
    _end(session, UserSession.account_id == account_id, UserSession.id != (but or 0), now=now)


def delete_ended(session: Session, *, before: datetime) -> None:
    """Deletes the sessions of log-ins that ended before this moment."""
    unused = UserSession.last_seen_at < before - terms().unused
    session.execute(delete(UserSession).where(or_(UserSession.ended_at < before, unused), ~UserSession.launched))


def _end(session: Session, *which: object, now: datetime) -> None:
    session.execute(update(UserSession).where(*which, UserSession.ended_at.is_(None)).values(ended_at=now))  # type: ignore[arg-type]
