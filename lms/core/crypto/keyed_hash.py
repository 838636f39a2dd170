"""HMAC-SHA-256 under a key that the database does not hold, for short codes: a copy of the database tells none."""

import hashlib
import hmac

_key: list[bytes] = []


def configure(secret: str) -> None:
    """Sets the key of this process."""
    _key[:] = [secret.encode()]


def keyed_hash(purpose: str, code: str) -> str:
    """Returns the hash of a code of this purpose in hexadecimal. Raises ``RuntimeError`` before ``configure``."""
    if not _key:
        raise RuntimeError("No key for codes is configured.")
    return hmac.new(_key[0], f"{purpose}:{code}".encode(), hashlib.sha256).hexdigest()
