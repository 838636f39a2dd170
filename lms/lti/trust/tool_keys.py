"""Keys of the tool: signing, publication in the JWKS, rotation.

A key is published before it signs, because platforms cache keys, and stays published after its replacement. Private
keys are encrypted with a key derived from the installation's secret.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.lti.models.platforms import OwnKey

ALGORITHM = "RS256"
BITS = 2048
AHEAD = timedelta(days=2)
"""A key is published this long before it signs."""
STAYS = timedelta(days=30)
"""A replaced key stays published this long."""
SIGNS_FOR = timedelta(days=365)
"""A key is replaced after this time. Platforms with a pasted key must be given the new one, so not too often."""
LOCK = 7_130_013
"""Key of the advisory lock for creating keys."""
NONCE = 12

_sealing: list[bytes] = []
_opened: dict[str, RSAKey] = {}


def configure(secret: str) -> None:
    """Sets the secret for encrypting private keys."""
    _sealing[:] = [HKDF(SHA256(), 32, salt=None, info=b"lti-keys").derive(secret.encode())]
    _opened.clear()


def sign(session: Session, claims: Mapping[str, Any], *, now: datetime) -> str:
    """Returns the claims as a JWT signed with the current key (RS256, with ``kid``)."""
    row = signing_key(session, now=now)
    return jwt.encode({"alg": ALGORITHM, "kid": row.kid}, dict(claims), _open(row), algorithms=[ALGORITHM])


def public_set(session: Session, *, now: datetime) -> dict[str, Any]:
    """Returns the JWKS: the signing key, the next one and those replaced lately."""
    return {"keys": [row.public_jwk for row in published(session, now=now)]}


def public_pem(session: Session, *, now: datetime) -> str:
    """Returns the public part of the signing key as PEM, for platforms where it is pasted."""
    return RSAKey.import_key(signing_key(session, now=now).public_jwk).as_pem(private=False).decode()


def published(session: Session, *, now: datetime) -> Sequence[OwnKey]:
    """Returns the published keys, latest first; creates the first key."""
    signing_key(session, now=now)
    return session.scalars(
        select(OwnKey)
        .where(or_(OwnKey.leaves_at.is_(None), OwnKey.leaves_at > now))
        .order_by(OwnKey.signs_from.desc(), OwnKey.id.desc())
    ).all()


def signing_key(session: Session, *, now: datetime) -> OwnKey:
    """Returns the key with the latest ``signs_from`` in the past; creates the first key."""
    row = _signing(session, now)
    if row is None:
        _lock(session)
        row = _signing(session, now) or _make(session, signs_from=now)
    return row


def next_key(session: Session, *, now: datetime) -> OwnKey | None:
    """Returns the published key that will sign later."""
    return session.scalar(select(OwnKey).where(OwnKey.signs_from > now).order_by(OwnKey.id.desc()).limit(1))


def rotate(session: Session, *, actor: Actor | None, now: datetime, at_once: bool = False) -> OwnKey:
    """Creates the next key: published now, signing in two days; repeating it returns the same key.

    ``at_once`` is for a compromised key: the new one signs now, all others are withdrawn, and platforms refuse us until
    they read the new one.
    """
    _lock(session)
    waiting = next_key(session, now=now)
    if waiting is not None and not at_once:
        return waiting
    made = _make(session, signs_from=now if at_once else now + AHEAD)
    leave = now if at_once else made.signs_from + STAYS
    for row in session.scalars(select(OwnKey).where(OwnKey.id != made.id)):
        row.leaves_at = min(row.leaves_at or leave, leave)
    if at_once and waiting is not None:
        session.delete(waiting)
    audit.record(session, actor, "platform.rotate_key", made, kid=made.kid, at_once=at_once)
    session.flush()
    return made


def keep_fresh(session: Session, now: datetime) -> None:
    """Replaces an old signing key and deletes withdrawn ones."""
    session.execute(delete(OwnKey).where(OwnKey.leaves_at < now))
    row = _signing(session, now)
    if row is not None and row.signs_from < now - SIGNS_FOR:
        rotate(session, actor=None, now=now)


def _signing(session: Session, now: datetime) -> OwnKey | None:
    latest = OwnKey.signs_from.desc(), OwnKey.id.desc()
    return session.scalar(select(OwnKey).where(OwnKey.signs_from <= now).order_by(*latest).limit(1))


def _lock(session: Session) -> None:
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _make(session: Session, *, signs_from: datetime) -> OwnKey:
    key = _new_key()
    kid = secrets.token_urlsafe(12)
    public = {**key.as_dict(private=False), "kid": kid, "alg": ALGORITHM, "use": "sig"}
    sealed = _seal(kid, key.as_pem(private=True))
    row = OwnKey(kid=kid, private_key=sealed, public_jwk=public, signs_from=signs_from)
    session.add(row)
    session.flush()
    _opened[kid] = key
    return row


def _new_key() -> RSAKey:
    return RSAKey.generate_key(BITS, auto_kid=False)


def _sealer() -> AESGCM:
    if not _sealing:
        raise RuntimeError("No secret for the keys of the plug-in is configured.")
    return AESGCM(_sealing[0])


def _seal(kid: str, pem: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + _sealer().encrypt(nonce, pem, kid.encode())


def _open(row: OwnKey) -> RSAKey:
    """Returns the private key. Raises ``ValueError`` if it was encrypted with another secret."""
    if row.kid not in _opened:
        try:
            pem = _sealer().decrypt(row.private_key[:NONCE], row.private_key[NONCE:], row.kid.encode())
        except InvalidTag as error:
            raise ValueError(f"The key {row.kid} was sealed with another LMS_SECRET_KEY: make a new one.") from error
        _opened[row.kid] = RSAKey.import_key(pem)
    return _opened[row.kid]
