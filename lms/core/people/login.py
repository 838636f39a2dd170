"""Log-in by user name or e-mail and password, rate-limited by name and IP address together.

A browser that has logged in to the account before has a counter of its own: failures elsewhere, and failures of others
at the same address, do not lock its owner out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lms.core.auth import passwords, throttle
from lms.core.auth.throttle import Limit, network_of
from lms.core.errors import Invalid
from lms.core.people.models import Account

log = structlog.get_logger()

BY_PAIR = Limit(8, timedelta(minutes=15))
"""Failures for one name from one IP address."""
BY_ADDRESS = Limit(60, timedelta(minutes=15))
"""A whole school may share an address, so the limit is high; successful attempts are not counted."""
BY_NAME = Limit(100, timedelta(hours=1))
"""Failures for one name from all unknown browsers: bounds guessing from many addresses."""
BY_BROWSER = Limit(8, timedelta(minutes=15))
"""Failures for one account in one browser that its owner has used before."""
BY_OWNER = Limit(8, timedelta(minutes=15))
"""Wrong current passwords in an open session."""

Keys = tuple[str, ...]
"""Keys under which an attempt was counted; the first one is cleared by a success."""


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A browser in which people have logged in before."""

    id: str
    account_ids: frozenset[int]
    """Accounts that have logged in there."""


def authenticate(
    session: Session,
    *,
    login: str,
    password: str,
    address: str,
    now: datetime,
    browser: KnownBrowser | None = None,
) -> Account:
    """Returns the account of this user name (or e-mail, when only one account has it) and password.

    Raises ``Throttled`` after too many failures, and ``Invalid``: at ``login`` when several accounts share an e-mail,
    at ``password`` when the pair is wrong. A missing account takes as long and gives the same message.
    """
    name = login.strip().lower()
    candidates = _candidates(session, name)
    keys = count(session, name, address, now, known=_known_key(browser, candidates))
    if len(candidates) > 1:
        raise Invalid(code="email_shared", field="login")
    account = candidates[0] if candidates else None
    if not passwords.verify(account.password_hash if account else None, password) or account is None:
        log.warning("log_in_failed", way="password", account=account.id if account else None)
        raise Invalid(code="log_in_wrong", field="password")
    _welcome(session, account, password, keys)
    return account


def count(session: Session, name: str, address: str, now: datetime, *, known: str | None = None) -> Keys:
    """Counts an attempt for this name at this IP address, or under the key of a known browser; returns the keys.

    Raises ``Throttled`` at ``login``.
    """
    limits = _limits(name, network_of(address), known)
    for key, limit in limits.items():
        throttle.count_try(session, key, limit, now=now, code="log_in_throttled", field="login")
    return tuple(limits)


def count_link(session: Session, address: str, now: datetime) -> str:
    """Counts an attempt to use a one-time link from this IP address; returns the key. Raises ``Throttled``."""
    key = f"link:{network_of(address)}"
    throttle.count_try(session, key, BY_ADDRESS, now=now, code="log_in_throttled")
    return key


def check_current(session: Session, *, account: Account, password: str, now: datetime, field: str) -> None:
    """Checks the current password of the account's owner, throttled; an account without a password has none to check.

    Raises ``Throttled``, or ``Invalid`` at the field.
    """
    if account.password_hash is None:
        return
    key = f"current:{account.id}"
    throttle.count_try(session, key, BY_OWNER, now=now, code="log_in_throttled", field=field)
    if not passwords.verify(account.password_hash, password):
        log.warning("current_password_wrong", account=account.id)
        raise Invalid(code="password_not_current", field=field)
    throttle.forget(session, key)


def succeeded(session: Session, keys: Keys) -> None:
    """Takes a counted attempt off the counts after a success."""
    throttle.forget(session, keys[0])
    for key in keys[1:]:
        throttle.give_back(session, key)


def _limits(name: str, network: str, known: str | None) -> dict[str, Limit]:
    if known is not None:
        return {f"login:browser:{known}": BY_BROWSER}
    return {
        f"login:pair:{network}:{name}": BY_PAIR,
        f"login:address:{network}": BY_ADDRESS,
        f"login:name:{name}": BY_NAME,
    }


def _known_key(browser: KnownBrowser | None, candidates: list[Account]) -> str | None:
    """Returns the key of the browser's own counter if the account has logged in there before."""
    if browser is None or len(candidates) != 1 or candidates[0].id not in browser.account_ids:
        return None
    return f"{browser.id}:{candidates[0].id}"


def _candidates(session: Session, name: str) -> list[Account]:
    """Returns the account of this user name; else those that have confirmed this e-mail. Inactive ones are left out."""
    confirmed = and_(Account.email == name, Account.email_confirmed_at.is_not(None))
    found = session.scalars(
        select(Account).where(or_(Account.username == name, confirmed), Account.is_active).limit(20)
    ).all()
    return [account for account in found if account.username == name] or list(found)


def _welcome(session: Session, account: Account, password: str, keys: Keys) -> None:
    succeeded(session, keys)
    if account.password_hash and passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.hash_password(password)
        session.flush()
