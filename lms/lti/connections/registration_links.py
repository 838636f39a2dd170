"""One-time registration addresses: made by the administrator, pasted into a platform, used once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import DomainError
from lms.lti.errors import Refused
from lms.lti.models.platforms import Platform, RegistrationAddress

LINK_LIFETIME = timedelta(hours=24)


def create_link(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    site_id: int | None = None,
    instructors_teach: bool = False,
    platform: Platform | None = None,
) -> tuple[RegistrationAddress, str]:
    """Creates an address and returns it with its token, which is not stored; ``platform``: reconnects that one."""
    token = secrets.token_urlsafe(24)
    address = RegistrationAddress(
        token_hash=hash_of(token),
        site_id=platform.site_id if platform else site_id,
        instructors_teach=platform.instructors_teach if platform else instructors_teach,
        platform_id=platform.id if platform else None,
        made_by_id=actor.account_id,
        expires_at=now + LINK_LIFETIME,
    )
    session.add(address)
    session.flush()
    audit.record(session, actor, "platform.make_address", address, renews=platform.id if platform else None)
    session.flush()
    return address, token


def revoke(session: Session, *, actor: Actor, address: RegistrationAddress, now: datetime) -> None:
    """Makes the address unusable. Raises ``DomainError`` if it was used already."""
    if address.used_at is not None:
        raise DomainError(code="registration_link_used")
    if address.expires_at > now:
        address.expires_at = now
        audit.record(session, actor, "platform.take_back_address", address)
        session.flush()


def lock_link(session: Session, token: str) -> RegistrationAddress:
    """Returns the address of this token, locked until the end of the transaction.

    Raises ``Refused`` for an unknown token.
    """
    found = session.scalar(
        select(RegistrationAddress)
        .where(RegistrationAddress.token_hash == hash_of(token))
        .with_for_update(of=RegistrationAddress)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Refused(
            "registration_unknown",
            code="registration_link_unknown",
        )
    return found


def demand_usable(address: RegistrationAddress, now: datetime) -> None:
    """Raises ``Refused`` for an address that is used or expired."""
    if address.used_at is not None:
        raise Refused(
            "registration_used",
            code="registration_link_used_elsewhere",
        )
    if address.expires_at <= now:
        raise Refused(
            "registration_ended",
            code="registration_link_expired",
        )


def hash_of(token: str) -> str:
    """Returns the stored hash of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
