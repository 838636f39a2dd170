"""Passwords: argon2id hashes, at least ten characters, none that is guessed first."""

from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lms.core.auth.guessable import is_listed, is_of_context
from lms.core.errors import Invalid
from lms.core.sentences import ErrorDetail

SHORTEST = 10
LONGEST = 200
"""Characters. A longer password is no safer and costs time to hash."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's second recommendation for argon2id: 19 MiB, two passes; about 20 ms of one core."""

_NOBODYS = _hasher.hash("nobody has this password")


def check_new(password: str, *, words: Iterable[str] = (), field: str = "password") -> None:
    """Raises ``Invalid`` at the field when the password is too short, too long, published, or made of these words."""
    if problem := problem_of(password, words):
        raise Invalid(code=problem.code, field=field, params=problem.params)


def problem_of(password: str, words: Iterable[str] = ()) -> ErrorDetail | None:
    """Returns the problem of a new password; None when it is acceptable. ``words``: name, user name, e-mail of its
    owner.
    """
    if len(password) < SHORTEST:
        return ErrorDetail("password_too_short", params={"count": SHORTEST})
    if len(password) > LONGEST:
        return ErrorDetail("text_too_long", params={"count": LONGEST})
    if is_of_context(password, words):
        return ErrorDetail("password_of_context")
    return ErrorDetail("password_common") if is_listed(password) else None


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
