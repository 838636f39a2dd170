"""Identity numbers and birth dates: encrypted with a key id, found by HMAC only.

Keys come from ``LMS_PERSONAL_DATA_KEYS`` (``id:base64``, the first encrypts, all decrypt) and from the installation's
secret. Each value is bound to its person and its column, so that rows cannot be swapped.
"""

import re
from datetime import date

from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.crypto.key_ring import Key, KeyRing, parse_keys
from lms.core.errors import Invalid
from lms.core.people.models import PersonalData
from lms.core.settings import Settings

DERIVED = "derived"
"""Id of the key that is derived from the installation's secret."""
UNCHECKED_UP_TO = 1001998
"""СНИЛС numbers up to 001-001-998 carry no check digits."""


_ring: list[KeyRing] = []


def configure(ring: KeyRing) -> None:
    """Sets the keys of this process."""
    _ring[:] = [ring]


def ring() -> KeyRing:
    """Returns this process's keys. Raises ``RuntimeError`` before ``configure``."""
    if not _ring:
        raise RuntimeError("No keys for personal data are configured.")
    return _ring[0]


def ring_of(settings: Settings) -> KeyRing:
    """Returns the keys of the settings, and last the key derived from the installation's secret.

    The derived key stays in the ring when ``LMS_PERSONAL_DATA_KEYS`` is set, because rows from before are encrypted
    with it. Raises ``ValueError`` for a malformed list.
    """
    listed = settings.personal_data_keys
    keys = parse_keys(listed.get_secret_value()) if listed else []
    if all(key.id != DERIVED for key in keys):
        keys.append(Key(DERIVED, settings.secret("personal-data").encode()))
    return KeyRing(keys)


def normalize_identity_number(text: str, field: str = "identity_number") -> str:
    """Returns a СНИЛС as eleven digits, in whatever form it was typed. Raises ``Invalid`` when its check digits do not
    fit.

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
    """Returns the last two digits of a СНИЛС (Pension Fund's rule: weighted sum modulo 101, 100 written as 00)."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(9, 0, -1), strict=True))
    return f"{total % 101 % 100:02d}"


def keep(
    session: Session, *, actor: Actor | None, person_id: int, identity_number: str | None, birth_date: date | None
) -> None:
    """Stores both values for the person, replacing earlier ones. Raises ``Invalid`` at ``identity_number``."""
    number = normalize_identity_number(identity_number) if identity_number else None
    keys = ring()
    row = session.get(PersonalData, person_id) or PersonalData(person_id=person_id)
    row.key_id = keys.current_id
    row.identity_number = keys.encrypt(number, _context(person_id, "number")) if number else None
    row.identity_hmac = keys.marks(number)[0] if number else None
    row.birth_date = keys.encrypt(birth_date.isoformat(), _context(person_id, "birth")) if birth_date else None
    session.add(row)
    audit.record(session, actor, "personal_data.keep", "person", person_id=person_id)
    session.flush()


def read(session: Session, *, actor: Actor | None, person_id: int, purpose: str) -> tuple[str | None, date | None]:
    """Returns identity number and birth date. The access and its purpose are recorded in the audit log."""
    row = session.get(PersonalData, person_id)
    if row is None:
        return None, None
    audit.record(session, actor, "personal_data.read", "person", person_id=person_id, purpose=purpose)
    number = row.identity_number and ring().decrypt(row.key_id, row.identity_number, _context(person_id, "number"))
    born = row.birth_date and ring().decrypt(row.key_id, row.birth_date, _context(person_id, "birth"))
    return number or None, date.fromisoformat(born) if born else None


def forget(session: Session, *, actor: Actor | None, person_id: int) -> None:
    """Deletes both values."""
    row = session.get(PersonalData, person_id)
    if row is not None:
        session.delete(row)
        audit.record(session, actor, "personal_data.forget", "person", person_id=person_id)
        session.flush()


def _context(person_id: int, column: str) -> str:
    return f"{column}:{person_id}"
