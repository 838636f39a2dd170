"""Keys and tokens of a platform of the tests, on PyJWT: another library than the product's own.

- ``ring = KeyRing("platform")``; ``ring.sign(claims)``; ``ring.public_set()`` is the JWKS.
- ``ring.rotate()`` signs with a new key and publishes both; ``ring.rotate(keep=False)`` only the new one.
- ``ring.sign(claims, header={"kid": None}, key=stranger())``: what is wrong with a token is said here.
- ``read_token(token, keys)`` verifies a token of the tool against its JWKS.
"""

import base64
import hashlib
import hmac
import json
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm


@cache
def key_number(number: int) -> rsa.RSAPrivateKey:
    """Returns the key with this number, generated once per process because it is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def stranger() -> rsa.RSAPrivateKey:
    """Returns a key that no platform published."""
    return key_number(-1)


class KeyRing:
    """Key pairs; the last one signs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.numbers = [0]
        self.published = [0]

    def rotate(self, *, keep: bool = True) -> None:
        """Adds a key that signs from now on."""
        self.numbers.append(len(self.numbers))
        self.published = self.numbers[-2:] if keep else self.numbers[-1:]

    @property
    def kid(self) -> str:
        return f"{self.name}-{self.numbers[-1]}"

    def public_set(self) -> dict[str, Any]:
        """Returns the JWKS."""
        return {"keys": [self._public(number) for number in self.published]}

    def _public(self, number: int) -> dict[str, Any]:
        jwk = RSAAlgorithm.to_jwk(key_number(number).public_key(), as_dict=True)
        jwk.pop("key_ops", None)
        return {**jwk, "kid": f"{self.name}-{number}", "alg": "RS256", "use": "sig"}

    def public_pem(self) -> bytes:
        return key_number(self.numbers[-1]).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(
        self, claims: dict[str, Any], *, header: dict[str, Any] | None = None, key: rsa.RSAPrivateKey | None = None
    ) -> str:
        """Returns a token; ``header`` changes the header (None: left out), ``key`` signs instead."""
        wanted = {"typ": "JWT", "alg": "RS256", "kid": self.kid} | (header or {})
        told = {name: value for name, value in wanted.items() if value is not None}
        if told.get("alg") == "RS256" and "kid" in told and set(told) == {"typ", "alg", "kid"}:
            return jwt.encode(claims, key or key_number(self.numbers[-1]), algorithm="RS256", headers=told)
        return self._sign_anyhow(claims, told, key)

    def _sign_anyhow(self, claims: dict[str, Any], header: dict[str, Any], key: rsa.RSAPrivateKey | None) -> str:
        """Signs with a header that the library refuses."""
        signed = f"{encoded(header)}.{encoded(claims)}"
        algorithm = header.get("alg")
        if algorithm == "none":
            return f"{signed}."
        if algorithm == "HS256":  # the public key as the secret: the classic confusion
            return f"{signed}.{_b64(hmac.new(self.public_pem(), signed.encode(), hashlib.sha256).digest())}"
        private = key or key_number(self.numbers[-1])
        digest = {"RS384": RSAAlgorithm.SHA384, "RS512": RSAAlgorithm.SHA512}.get(str(algorithm), RSAAlgorithm.SHA256)
        return f"{signed}.{_b64(RSAAlgorithm(digest).sign(signed.encode(), private))}"


def encoded(part: dict[str, Any]) -> str:
    """Returns a part of a token."""
    return _b64(json.dumps(part).encode())


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def claims_of(token: str) -> dict[str, Any]:
    """Returns a token's claims, not verified."""
    return jwt.decode(token, options={"verify_signature": False})


def read_token(token: str, keys: dict[str, Any], *, audience: str | list[str], required: list[str]) -> dict[str, Any]:
    """Returns the claims of a token signed by the tool. Raises ``jwt.InvalidTokenError``."""
    header = jwt.get_unverified_header(token)
    if header.get("alg") != "RS256":
        raise jwt.InvalidTokenError(f"alg is {header.get('alg')}, not RS256")
    known = next((one for one in keys.get("keys", []) if one.get("kid") == header.get("kid")), None)
    if known is None:
        raise jwt.InvalidTokenError(f"no key {header.get('kid')} in the tool's set")
    if {"d", "p", "q"} & known.keys():
        raise jwt.InvalidTokenError("the tool publishes a private key")
    public = RSAAlgorithm.from_jwk(known)
    return jwt.decode(token, public, algorithms=["RS256"], audience=audience, options={"require": required}, leeway=0)
