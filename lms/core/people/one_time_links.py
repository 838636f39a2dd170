"""One-time links and cards: random, stored as a hash, usable once, with an end. Safe to click twice.

Opening a link (GET) shows a page and changes nothing, so that mail scanners and previews do not use it up; sending the
page's form (POST) does. Links have 192 random bits and are stored as SHA-256. The code of a card is typed by hand and
has 80 bits, so it is stored as HMAC under a key that the database does not hold, and is checked with its user name,
throttled.
"""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.crypto.keyed_hash import keyed_hash
from lms.core.errors import DomainError, Invalid
from lms.core.people.models import Account, OneTimeLink
from lms.core.public_url import address_of

log = structlog.get_logger()

TERMS = {
    "invitation": timedelta(days=14),
    "reset": timedelta(hours=2),
    "card": timedelta(days=60),
    "email": timedelta(days=3),
    "tie": timedelta(hours=1),
}
LINKS = frozenset({"invitation", "reset"})
"""Purposes of the mailed links that set a password."""
CARDS = frozenset({"card"})
"""Purpose of the codes that set a password after they were typed with their user name."""
TIE = "tie"
"""Purpose of a code by which a person without a password ties another platform to the account; it opens no log-in."""
TYING = CARDS | {TIE}
"""Purposes of the codes that tie a platform."""
CONFIRMATION = frozenset({"email"})
"""Purpose of the links that confirm an address and open nothing."""

CARD_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0 and O, no 1 and I: 32 characters, five bits each."""
CARD_LENGTH = 16
FORMER_CARD_LENGTH = 12
"""Cards printed by earlier releases, stored as SHA-256: valid until they end, sixty days after their print."""

DOUBLE_CLICK = timedelta(minutes=10)
"""Time after its use in which a link takes the same new password once more."""


class LinkGone(DomainError):
    """The link was used, has ended, was replaced by a newer one, or never existed."""

    code = "link_expired"
    status = 410

    def __init__(self, reason: str) -> None:
        super().__init__(code=f"link_{reason}")
        self.reason = reason
        """``unknown``, ``used`` or ``ended``."""


def issue(
    session: Session,
    *,
    account: Account,
    purpose: str,
    actor: Actor | None,
    now: datetime,
    sent_to: str | None = None,
) -> str:
    """Creates a link of this purpose; earlier unused ones of the same purpose end. Returns the token, which is not
    stored.

    ``sent_to`` is the address that the link is mailed to.
    """
    _end(session, account.id, OneTimeLink.purpose == purpose, now=now)
    token = _card_code() if purpose in TYING else secrets.token_urlsafe(24)
    session.add(
        OneTimeLink(
            account_id=account.id,
            purpose=purpose,
            token_hash=hash_of(token),
            sent_to=sent_to,
            expires_at=now + TERMS[purpose],
        )
    )
    audit.record(session, actor, f"link.{purpose}", account)
    session.flush()
    return token


def look_up(
    session: Session,
    token: str,
    *,
    now: datetime,
    purposes: Collection[str] = LINKS,
    lock: bool = False,
) -> OneTimeLink:
    """Returns the usable link of this token and of one of these purposes; changes nothing. Raises ``LinkGone``."""
    query = select(OneTimeLink).where(OneTimeLink.token_hash == hash_of(token), OneTimeLink.purpose.in_(purposes))
    link = session.scalar(query.with_for_update(of=OneTimeLink) if lock else query)
    if link is None or not link.account.is_active:
        raise LinkGone("unknown")
    if link.used_at is not None:
        raise LinkGone("used")
    if link.expires_at <= now:
        raise LinkGone("ended")
    return link


def check_card(
    session: Session, *, username: str, code: str, now: datetime, purposes: Collection[str] = CARDS
) -> OneTimeLink:
    """Returns the usable card of this user name and code without using it. Raises ``Invalid`` at ``code``."""
    wrong = Invalid(code="card_code_wrong", field="code")
    try:
        link = look_up(session, code, now=now, purposes=purposes)
    except LinkGone as gone:
        log.warning("log_in_failed", way="card", reason=gone.reason)
        raise (wrong if gone.reason == "unknown" else Invalid(code=gone.code, field="code")) from gone
    if link.account.username != username.strip().lower():
        log.warning("log_in_failed", way="card", reason="user name", account=link.account_id)
        raise wrong
    return link


def consume(session: Session, token: str, *, now: datetime, purposes: Collection[str] = LINKS) -> OneTimeLink:
    """Marks the link as used and confirms the address that it was mailed to; of two requests at once, one succeeds.

    Raises ``LinkGone``.
    """
    link = look_up(session, token, now=now, purposes=purposes, lock=True)
    link.used_at = now
    if link.sent_to is not None and link.sent_to == link.account.email:
        link.account.email_confirmed_at = now
    session.flush()
    return link


def used_by(session: Session, token: str, *, now: datetime, purposes: Collection[str] = LINKS) -> Account | None:
    """Returns the account that used this link within ``DOUBLE_CLICK``: a second click with the same new password is no
    error.
    """
    return session.scalar(
        select(Account)
        .join(OneTimeLink, OneTimeLink.account_id == Account.id)
        .where(
            OneTimeLink.token_hash == hash_of(token),
            OneTimeLink.purpose.in_(purposes),
            OneTimeLink.used_at > now - DOUBLE_CLICK,
            Account.is_active,
        )
    )


def has_open(session: Session, account_id: int, purpose: str, *, now: datetime) -> bool:
    """Returns whether the account has an unused link of this purpose."""
    usable = (*_unused(account_id, now), OneTimeLink.purpose == purpose)
    return session.scalar(select(OneTimeLink.id).where(*usable).limit(1)) is not None


def was_issued(session: Session, account_id: int, purpose: str, *, within: timedelta, now: datetime) -> bool:
    """Returns whether the account has an unused link of this purpose that was issued within this time."""
    recent = (OneTimeLink.purpose == purpose, OneTimeLink.expires_at > now + TERMS[purpose] - within)
    return session.scalar(select(OneTimeLink.id).where(*_unused(account_id, now), *recent).limit(1)) is not None


def end_all(session: Session, account_id: int, *, now: datetime) -> None:
    """Ends every unused link and card of the account, because a new password, address or role has replaced them."""
    _end(session, account_id, now=now)


def hash_of(token: str) -> str:
    """Returns the stored hash of a token, or of a card's code in whatever form it was typed."""
    code = _as_card(token)
    if code is None or len(code) == FORMER_CARD_LENGTH:
        return hashlib.sha256((code or token).encode()).hexdigest()
    return keyed_hash("card", code)


def is_card_code(text: str) -> bool:
    """Returns whether the text has the form of a card's code; no token of a link has."""
    return _as_card(text) is not None


def address_of_link(token: str) -> str:
    """Returns the full address of a link that sets a password, for letters that a job writes."""
    return address_of(f"/link/{token}")


def address_of_card(username: str, code: str) -> str:
    """Returns the full address in a card's QR code. User name and code stand behind ``#``, which browsers send to no
    server.
    """
    return address_of(f"/log-in/card#{username}/{code}")


def as_printed(code: str) -> str:
    """Returns a card's code in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _end(session: Session, account_id: int, *which: ColumnElement[bool], now: datetime) -> None:
    session.execute(update(OneTimeLink).where(*_unused(account_id, now), *which).values(expires_at=now))


def _unused(account_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return OneTimeLink.account_id == account_id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now


def _card_code() -> str:
    return "".join(secrets.choice(CARD_SIGNS) for _sign in range(CARD_LENGTH))


def _as_card(text: str) -> str | None:
    """Returns the code if the text may be one: any case, spaces and hyphens, Cyrillic look-alikes read as Latin."""
    plain = re.sub(r"[\s\-‐–—]", "", text).upper().translate(str.maketrans("АВСЕНКМРТХУ", "ABCEHKMPTXY"))
    fits = len(plain) in (CARD_LENGTH, FORMER_CARD_LENGTH) and set(plain) <= set(CARD_SIGNS)
    return plain if fits else None
