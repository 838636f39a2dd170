"""Passwords: argon2id hashes, at least ten characters, no common password."""

import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lms.core.errors import Invalid
from lms.core.sentences import ErrorDetail

SHORTEST = 10
LONGEST = 200
"""Characters. A longer password is no safer and costs time to hash."""

TRIED_FIRST = """
1234567890 0123456789 12345678910 123456789012 0987654321 9876543210 1q2w3e4r5t 1q2w3e4r5t6y qwertyuiop qwerty12345
qwerty123456 qwertyuiop123 1qaz2wsx3edc asdfghjkl123 zaq12wsxcde3 password12 password123 password1234 passw0rd123
administrator iloveyou123 letmein12345 welcome12345 changeme123 йцукенгшщз йцукен12345 йцукенгшщзхъ парольпароль
пароль1234 пароль12345 пароль123456 учитель123 учитель2026 стажировка стажировка1 стажировка2026 stazhirovka
stazhirovka1 школа12345
"""
COMMON = frozenset(TRIED_FIRST.split())

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's second recommendation for argon2id: 19 MiB, two passes; about 20 ms of one core."""

_NOBODYS = _hasher.hash("nobody has this password")


def check_new(password: str, *, username: str = "", field: str = "password") -> None:
    """Raises ``Invalid`` at the field when the password is too short, too long, common, or the user name."""
    if problem := problem_of(password, username):
        raise Invalid(code=problem.code, field=field, params=problem.params)


def problem_of(password: str, username: str = "") -> ErrorDetail | None:
    """Returns what is wrong with a new password; None when it is acceptable."""
    if len(password) < SHORTEST:
        return ErrorDetail("password_too_short", params={"count": SHORTEST})
    if len(password) > LONGEST:
        return ErrorDetail("text_too_long", params={"count": LONGEST})
    folded = password.casefold()
    if username and _letters(folded) == _letters(username.casefold()):
        return ErrorDetail("password_is_username")
    if folded in COMMON or len(set(folded)) < 4:
        return ErrorDetail("password_common")
    return None


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def hash_password(password: str) -> str:
    """Returns the argon2id hash with its salt and parameters."""
    return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Returns whether the password matches the hash. Takes as long when there is no hash."""
    try:
        return _hasher.verify(password_hash or _NOBODYS, password[: LONGEST * 4]) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Returns whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
