"""Password hashes that cost next to nothing: a test that logs in would else spend most of its time on them."""

from argon2 import PasswordHasher

from lms.core.auth import passwords

REAL_HASHER = passwords._hasher


def hash_quickly() -> None:
    """Lets this process hash passwords with little work; hashes of any cost are still verified."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
    passwords._NOBODYS = passwords._hasher.hash("nobody has this password")
