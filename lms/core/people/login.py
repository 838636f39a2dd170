"""Log-in by user name or e-mail and password, rate-limited by name and by address."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.core.auth import passwords, throttle
from lms.core.auth.throttle import Limit
from lms.core.errors import Invalid
from lms.core.people.models import Account

BY_NAME = Limit(8, timedelta(minutes=15))
BY_ADDRESS = Limit(60, timedelta(minutes=15))
"""A whole school may share an address, so the limit is high; successful attempts are not counted."""


def authenticate(session: Session, *, login: str, password: str, address: str, now: datetime) -> Account:
    """Returns the account of this user name (or e-mail, when only one account has it) and password.

    Raises ``Throttled`` after too many failures, and ``Invalid``: at ``login`` when several accounts share an e-mail,
    at ``password`` when the pair is wrong. A missing account takes as long and gives the same message.
    """
    name = login.strip().lower()
    keys = count(session, name, address, now)
    candidates = _candidates(session, name)
    if len(candidates) > 1:
        raise Invalid(code="email_shared", field="login")
    account = candidates[0] if candidates else None
    if not passwords.verify(account.password_hash if account else None, password) or account is None:
        raise Invalid(code="log_in_wrong", field="password")
    _welcome(session, account, password, keys)
    return account


def count(session: Session, name: str, address: str, now: datetime) -> tuple[str, str]:
    """Counts an attempt for this name and this address; returns both keys. Raises ``Throttled`` at ``login``."""
    keys = f"login:name:{name}", f"login:address:{address}"
    for key, limit in zip(keys, (BY_NAME, BY_ADDRESS), strict=True):
        throttle.count_try(session, key, limit, now=now, code="log_in_throttled", field="login")
    return keys


def succeeded(session: Session, keys: tuple[str, str]) -> None:
    """Takes a counted attempt off the counts after a success."""
    throttle.forget(session, keys[0])
    throttle.give_back(session, keys[1])


def _candidates(session: Session, name: str) -> list[Account]:
    """Returns the account of this user name; else those of this e-mail. Inactive accounts are left out."""
    found = session.scalars(
        select(Account).where(or_(Account.username == name, Account.email == name), Account.is_active).limit(20)
    ).all()
    return [account for account in found if account.username == name] or list(found)


def _welcome(session: Session, account: Account, password: str, keys: tuple[str, str]) -> None:
    succeeded(session, keys)
    if account.password_hash and passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.hash_password(password)
        session.flush()
