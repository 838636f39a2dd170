"""Second factor of a log-in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for a lost phone."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import pyotp
import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth import throttle
from lms.core.auth.policy import Actor
from lms.core.auth.throttle import Limit
from lms.core.crypto.keyed_hash import keyed_hash
from lms.core.errors import Invalid
from lms.core.people import personal_data
from lms.core.people.models import Account, RecoveryCode, SecondFactor

log = structlog.get_logger()

ISSUER = "Stazhirovka"
"""Name in the app; Latin letters keep the QR code small."""
BY_CODE = Limit(8, timedelta(minutes=15))
"""Wrong codes for one account."""
STEP_SECONDS = 30
STEPS_AROUND = 1
"""Steps before and after the present one whose codes are accepted: clocks of phones differ."""
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_secret() -> str:
    """Returns a random secret of 160 bits in base 32."""
    return pyotp.random_base32()


def setup_address(account: Account, secret: str, host: str) -> str:
    """Returns the address in the QR code from which an app takes the secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=f"{account.username}@{host}", issuer_name=ISSUER)


def is_on(session: Session, account_id: int) -> bool:
    """Returns whether the account has a second factor."""
    return _factor(session, account_id) is not None


def codes_left(session: Session, account_id: int) -> int:
    """Returns the number of unused recovery codes."""
    unused = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def turn_on(
    session: Session, *, actor: Actor, account: Account, secret: str, code: str, now: datetime
) -> Sequence[str]:
    """Turns the second factor on, after a code of the app; replaces an earlier one. Returns new recovery codes.

    Raises ``Invalid`` at ``code``.
    """
    step = _matching_step(secret, code, now, after=0)
    if step is None:
        raise Invalid(code="second_factor_wrong", field="code")
    _delete(session, account.id)
    ring = personal_data.ring()
    session.add(
        SecondFactor(
            account_id=account.id,
            key_id=ring.current_id,
            secret=ring.encrypt(secret, _context(account.id)),
            last_step=step,
        )
    )
    audit.record(session, actor, "second_factor.on", account)
    return _new_codes(session, account)


def renew_codes(session: Session, *, actor: Actor, account: Account) -> Sequence[str]:
    """Returns new recovery codes; the earlier ones end."""
    audit.record(session, actor, "second_factor.codes", account)
    return _new_codes(session, account)


def turn_off(session: Session, *, actor: Actor, account: Account) -> None:
    """Removes the second factor and its recovery codes."""
    _delete(session, account.id)
    audit.record(session, actor, "second_factor.off", account)
    session.flush()


def check(session: Session, *, account: Account, code: str, now: datetime, field: str = "code") -> None:
    """Accepts a code of the app or a recovery code, each once; an account without a second factor needs none.

    Raises ``Throttled`` or ``Invalid`` at the field.
    """
    if _factor(session, account.id) is None:
        return
    key = f"code:{account.id}"
    throttle.count_try(session, key, BY_CODE, now=now, code="log_in_throttled", field=field)
    factor = _factor(session, account.id, lock=True)  # only now: counting ends the transaction and its locks
    if factor is None:
        return
    if not (_accept_of_app(factor, code, now) or _accept_recovery(session, account, code, now)):
        log.warning("log_in_failed", way="second factor", account=account.id)
        if not code.strip():
            raise Invalid(code="second_factor_needed", field=field)
        raise Invalid(code="second_factor_wrong", field=field)
    throttle.forget(session, key)
    session.flush()


def renew_key(session: Session) -> int:
    """Encrypts the secrets of earlier keys with the first key of the ring; returns how many no key decrypts."""
    ring, unreadable = personal_data.ring(), 0
    earlier = select(SecondFactor).where(SecondFactor.key_id != ring.current_id).with_for_update()
    for factor in session.scalars(earlier):
        try:
            secret = _secret_of(factor)
        except ValueError:
            unreadable += 1
            continue
        factor.key_id, factor.secret = ring.current_id, ring.encrypt(secret, _context(factor.account_id))
    session.flush()
    return unreadable


def _factor(session: Session, account_id: int, *, lock: bool = False) -> SecondFactor | None:
    query = select(SecondFactor).where(SecondFactor.account_id == account_id)
    if lock:  # what another request has used up meanwhile is seen
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def _accept_of_app(factor: SecondFactor, code: str, now: datetime) -> bool:
    step = _matching_step(_secret_of(factor), code, now, after=factor.last_step)
    if step is None:
        return False
    factor.last_step = step
    return True


def _accept_recovery(session: Session, account: Account, code: str, now: datetime) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash == _hash_of(account.id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).first()
    if used is not None:
        audit.record(session, Actor(account.id, account.person_id), "second_factor.recovery", account)
    return used is not None


def _matching_step(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """Returns the time step whose code this is, later than the last one used; None if there is none."""
    digits = re.sub(r"\s", "", code)
    present = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in range(max(present - STEPS_AROUND, after + 1), present + STEPS_AROUND + 1):
        if secrets.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return step
    return None


def _new_codes(session: Session, account: Account) -> Sequence[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = ["".join(secrets.choice(SIGNS) for _sign in range(RECOVERY_LENGTH)) for _code in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account.id, code_hash=_hash_of(account.id, code)) for code in codes)
    session.flush()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _hash_of(account_id: int, code: str) -> str:
    return keyed_hash(f"recovery {account_id}", re.sub(r"[\s\-]", "", code).upper())


def _secret_of(factor: SecondFactor) -> str:
    return personal_data.ring().decrypt(factor.key_id, factor.secret, _context(factor.account_id))


def _context(account_id: int) -> str:
    return f"second-factor:{account_id}"


def _delete(session: Session, account_id: int) -> None:
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
