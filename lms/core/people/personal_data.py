"""Identity numbers and birth dates: encrypted (AES-256-GCM) with a key id, found by HMAC only.

Keys come from ``LMS_PERSONAL_DATA_KEYS`` (``id:base64``, the first encrypts, all decrypt) or, without it, from the
installation's secret. Each value is bound to its person and its column, so that rows cannot be swapped.
"""

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid
from lms.core.people.models import PersonalData
from lms.core.settings import Settings

NONCE = 12
UNCHECKED_UP_TO = 1001998
"""СНИЛС numbers up to 001-001-998 carry no check digits."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its id stands in the row; separate keys for encryption and for look-up are derived from it."""

    id: str
    secret: bytes

    def derived(self, purpose: str) -> bytes:
        """32 bytes for this purpose alone."""
        return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(self.secret)


class KeyRing:
    """The keys in use: the first encrypts, all decrypt and find."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self.keys = list(keys)

    def encrypt(self, text: str, context: str) -> bytes:
        """The text under the first key, bound to the context."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + AESGCM(self.keys[0].derived("encrypt")).encrypt(nonce, text.encode(), context.encode())

    def decrypt(self, key_id: str, data: bytes, context: str) -> str:
        """The text again. Raises ``ValueError`` for a key that we do not have, or data that was tampered with."""
        key = next((key for key in self.keys if key.id == key_id), None)
        if key is None:
            raise ValueError(f"There is no key {key_id!r} for personal data.")
        try:
            plain = AESGCM(key.derived("encrypt")).decrypt(data[:NONCE], data[NONCE:], context.encode())
        except InvalidTag as error:
            raise ValueError("Personal data that this key cannot open.") from error
        return plain.decode()

    def marks(self, number: str) -> list[str]:
        """The number's HMAC under each key, the first key's first."""
        return [hmac.new(key.derived("find"), number.encode(), sha256).hexdigest() for key in self.keys]


_ring: list[KeyRing] = []


def configure(ring: KeyRing) -> None:
    """Use these keys from now on."""
    _ring[:] = [ring]


def ring() -> KeyRing:
    """This process's keys. Raises ``RuntimeError`` before ``configure``."""
    if not _ring:
        raise RuntimeError("No keys for personal data are configured.")
    return _ring[0]


def ring_of(settings: Settings) -> KeyRing:
    """The keys that the settings name. Raises ``ValueError`` for a list that cannot be read."""
    if settings.personal_data_keys is None:
        return KeyRing([Key("derived", settings.secret("personal-data").encode())])
    return KeyRing(parse_keys(settings.personal_data_keys.get_secret_value()))


def parse_keys(text: str) -> list[Key]:
    """``id:base64key[,id:base64key…]``; raises ``ValueError`` for a malformed, repeated or short key (32 bytes)."""
    keys = [_parse_key(part.strip()) for part in text.split(",") if part.strip()]
    if not keys or len({key.id for key in keys}) != len(keys):
        raise ValueError("LMS_PERSONAL_DATA_KEYS: at least one key, each id once.")
    return keys


def normalize_identity_number(text: str, field: str = "identity_number") -> str:
    """A СНИЛС as eleven digits, however it was typed. Raises ``Invalid`` when its check digits do not fit.

    >>> normalize_identity_number("112-233-445 95")
    '11223344595'
    """
    digits = re.sub(r"[\s\-‐–—.]", "", text)
    if not re.fullmatch(r"[0-9]{11}", digits):
        raise Invalid(code="identity_number_malformed", field=field)
    if int(digits[:9]) > UNCHECKED_UP_TO and check_digits(digits[:9]) != digits[9:]:
        raise Invalid(code="identity_number_mistyped", field=field)
    return digits


def check_digits(nine: str) -> str:
    """The last two digits of a СНИЛС (Pension Fund's rule: weighted sum modulo 101, 100 written as 00)."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(9, 0, -1), strict=True))
    return f"{total % 101 % 100:02d}"


def keep(
    session: Session, *, actor: Actor | None, person_id: int, identity_number: str | None, birth_date: date | None
) -> None:
    """Keep these for the person, replacing what was there. Raises ``Invalid`` at ``identity_number``."""
    number = normalize_identity_number(identity_number) if identity_number else None
    keys = ring()
    row = session.get(PersonalData, person_id) or PersonalData(person_id=person_id)
    row.key_id = keys.keys[0].id
    row.identity_number = keys.encrypt(number, _context(person_id, "number")) if number else None
    row.identity_hmac = keys.marks(number)[0] if number else None
    row.birth_date = keys.encrypt(birth_date.isoformat(), _context(person_id, "birth")) if birth_date else None
    session.add(row)
    audit.record(session, actor, "personal_data.keep", "person", person_id=person_id)
    session.flush()


def read(session: Session, *, actor: Actor | None, person_id: int, purpose: str) -> tuple[str | None, date | None]:
    """Identity number and birth date; that they were read, and what for, goes to the audit log."""
    row = session.get(PersonalData, person_id)
    if row is None:
        return None, None
    audit.record(session, actor, "personal_data.read", "person", person_id=person_id, purpose=purpose)
    number = row.identity_number and ring().decrypt(row.key_id, row.identity_number, _context(person_id, "number"))
    born = row.birth_date and ring().decrypt(row.key_id, row.birth_date, _context(person_id, "birth"))
    return number or None, date.fromisoformat(born) if born else None


def person_with(session: Session, identity_number: str) -> int | None:
    """Id of the person of this identity number. Raises ``Invalid`` when it is none."""
    marks = ring().marks(normalize_identity_number(identity_number))
    return session.scalar(select(PersonalData.person_id).where(PersonalData.identity_hmac.in_(marks)).limit(1))


def forget(session: Session, *, actor: Actor | None, person_id: int) -> None:
    """Remove them for good."""
    row = session.get(PersonalData, person_id)
    if row is not None:
        session.delete(row)
        audit.record(session, actor, "personal_data.forget", "person", person_id=person_id)
        session.flush()


def renew_keys(session: Session, *, at_most: int = 500) -> int:
    """Encrypt rows of earlier keys with the first one; how many were done."""
    first = ring().keys[0].id
    rows = session.scalars(
        select(PersonalData).where(PersonalData.key_id != first).limit(at_most).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        number, born = read(session, actor=None, person_id=row.person_id, purpose="keys renewed")
        keep(session, actor=None, person_id=row.person_id, identity_number=number, birth_date=born)
    return len(rows)


def _context(person_id: int, column: str) -> str:
    return f"{column}:{person_id}"


def _parse_key(text: str) -> Key:
    key_id, colon, encoded = text.partition(":")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ValueError(f"LMS_PERSONAL_DATA_KEYS: the key {key_id!r} is not base64.") from error
    if not colon or not key_id or len(secret) < 32:
        raise ValueError("LMS_PERSONAL_DATA_KEYS: id:base64 of at least 32 bytes.")
    return Key(key_id, secret)
