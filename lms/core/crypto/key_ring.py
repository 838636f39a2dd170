"""Keys that encrypt short texts (AES-256-GCM) and make them findable (HMAC-SHA-256).

The first key of a ring encrypts; every key decrypts and finds, so that a key can be replaced while rows of the earlier
key exist. A ciphertext is bound to a context (a row and a column), so that rows cannot be swapped.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """A named secret. Encryption and look-up use separate keys derived from it."""

    id: str
    secret: bytes

    def derived(self, purpose: str) -> bytes:
        """Returns 32 bytes for this purpose alone (HKDF-SHA-256, RFC 5869)."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self.secret)

    def as_setting(self) -> str:
        """Returns ``id:base64``, the form that settings use."""
        return f"{self.id}:{base64.b64encode(self.secret).decode()}"


class KeyRing:
    """The keys in use: the first one encrypts, all of them decrypt and find."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self.keys = list(keys)

    @property
    def current_id(self) -> str:
        """Id of the key that encrypts."""
        return self.keys[0].id

    def encrypt(self, text: str, context: str) -> bytes:
        """Returns nonce and ciphertext under the first key, bound to the context."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.keys[0].derived("encrypt")).encrypt(nonce, text.encode(), context.encode())

    def decrypt(self, key_id: str, data: bytes, context: str) -> str:
        """Returns the text. Raises ``ValueError`` for an unknown key, and for data that this key cannot decrypt."""
        key = next((key for key in self.keys if key.id == key_id), None)
        if key is None:
            raise ValueError(f"There is no key {key_id!r} for personal data.")
        try:
            plain = AESGCM(key.derived("encrypt")).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], context.encode())
        except InvalidTag as error:
            raise ValueError(f"Personal data that the key {key_id!r} cannot decrypt.") from error
        return plain.decode()

    def marks(self, text: str) -> list[str]:
        """Returns the text's HMAC under each key, the first key's first."""
        return [hmac.new(key.derived("find"), text.encode(), sha256).hexdigest() for key in self.keys]


def parse_keys(text: str) -> list[Key]:
    """Parses ``id:base64key[,id:base64key…]``; raises ``ValueError`` for a malformed, repeated or short key."""
    keys = [_parse_key(part.strip()) for part in text.split(",") if part.strip()]
    if not keys or len({key.id for key in keys}) != len(keys):
        raise ValueError("LMS_PERSONAL_DATA_KEYS: at least one key, each id once.")
    return keys


def _parse_key(text: str) -> Key:
    key_id, colon, encoded = text.partition(":")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ValueError(f"LMS_PERSONAL_DATA_KEYS: the key {key_id!r} is not base64.") from error
    if not colon or not key_id or len(secret) < KEY_BYTES:
        raise ValueError(f"LMS_PERSONAL_DATA_KEYS: id:base64 of at least {KEY_BYTES} bytes.")
    return Key(key_id, secret)
