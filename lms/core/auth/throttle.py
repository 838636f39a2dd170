"""Rate limits: a window and a count per key, for log-in, one-time links and the verification of certificates.

An attempt is counted before it is checked, in a transaction of its own, so that neither the rollback of the failed
request nor many simultaneous requests get around the limit. A successful attempt is not counted: it is given back when
the transaction of the request has ended.

None of these transactions is open beside that of the request. Requests that hold a connection and wait for a second one
would lock each other out when a pool, ours or PgBouncer's, has none left.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from math import ceil

import structlog
from sqlalchemy import Executable, case, delete, event, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction

from lms.core.auth.models import Throttle
from lms.core.errors import Throttled

log = structlog.get_logger()
LONGEST_KEY = 200
GIVEN_BACK = "attempts.given_back"
"""Key of a session's ``info``: statements that wait for the end of its transaction."""
NETWORK_BITS = 64
"""Leading bits of an IPv6 address that are counted: the rest is free for one subscriber to choose."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Attempts allowed within a window. After them the key is blocked until the window ends."""

    tries: int
    window: timedelta


def network_of(address: str | None) -> str:
    """Returns the part of an IP address that attempts are counted by: IPv4 whole, the first 64 bits of IPv6.

    >>> network_of("2001:db8:1:2:aaaa::1")
    '2001:db8:1:2::/64'
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, NETWORK_BITS), strict=False))


def seconds_left(failures: int, started: datetime, limit: Limit, now: datetime) -> int:
    """Returns the whole seconds until the key is unblocked; 0 while attempts are left or after the window."""
    if failures <= limit.tries:
        return 0
    return max(0, ceil((started + limit.window - now).total_seconds()))


def count_try(session: Session, key: str, limit: Limit, *, now: datetime, code: str, field: str | None = None) -> None:
    """Counts an attempt for this key. Commits the session's transaction, which is over with that: locks are taken
    afterwards.

    Raises ``Throttled`` with this code, and the ``seconds`` to wait as its param, when the limit is exceeded.
    """
    session.commit()
    failures, started = _counted(session, key, limit, now)
    if wait := seconds_left(failures, started, limit, now):
        log.warning("throttled", limit=_kind_of(key), seconds=wait)
        raise Throttled(retry_after=wait, field=field, code=code, params={"seconds": wait})


def give_back(session: Session, key: str) -> None:
    """Takes one attempt off the count, after a success."""
    fewer = update(Throttle).where(Throttle.key == _fitting(key), Throttle.failures > 0)
    _later(session, fewer.values(failures=Throttle.failures - 1))


def forget(session: Session, key: str) -> None:
    """Clears the counter after a success."""
    _later(session, delete(Throttle).where(Throttle.key == _fitting(key)))


def sweep(session: Session, *, before: datetime) -> None:
    """Deletes windows that began before this moment."""
    session.execute(delete(Throttle).where(Throttle.window_started_at < before))


def _counted(session: Session, key: str, limit: Limit, now: datetime) -> tuple[int, datetime]:
    row = insert(Throttle).values(key=_fitting(key), failures=1, window_started_at=now)
    over = Throttle.window_started_at <= now - limit.window
    counted = row.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "failures": case((over, 1), else_=func.least(Throttle.failures + 1, limit.tries + 1)),
            "window_started_at": case((over, now), else_=Throttle.window_started_at),
        },
    ).returning(Throttle.failures, Throttle.window_started_at)
    with _apart(session) as own:
        failures, started = own.execute(counted).one()
    return failures, started


def _kind_of(key: str) -> str:
    """Returns the part of the key without names and addresses, for the log."""
    first, _colon, rest = key.partition(":")
    return f"{first}:{rest.partition(':')[0]}" if first == "login" else first


def _fitting(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


@contextmanager
def _apart(session: Session) -> Iterator[Session]:
    """Opens a short transaction of its own (a savepoint where a test holds the connection)."""
    with Session(session.get_bind(), join_transaction_mode="create_savepoint") as own, own.begin():
        yield own


def _later(session: Session, statement: Executable) -> None:
    """Lets the statement be executed when the session's transaction has ended, by a rollback too."""
    session.info.setdefault(GIVEN_BACK, []).append(statement)


@event.listens_for(Session, "after_transaction_end")
def _give_back(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is not None or transaction.nested or GIVEN_BACK not in session.info:
        return
    statements = session.info.pop(GIVEN_BACK)
    try:
        with _apart(session) as own:
            for statement in statements:
                own.execute(statement)
    except DBAPIError:
        log.warning("attempt_not_given_back", count=len(statements), exc_info=True)
