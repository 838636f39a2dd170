"""Validation of an id_token: signature, issuer, audience, times and nonce.

Pure: keys and clock are arguments. Sources: LTI Security Framework 1.0 (5.1.3), OpenID Connect Core (3.1.3.7).
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from lms.lti.messages.refusals import refused

LONGEST = 64_000
"""Characters of a token."""
LEEWAY = timedelta(seconds=60)
"""Tolerance for the difference between a platform's clock and ours."""
LONGEST_AGE = timedelta(minutes=10)
"""An older token is refused, whatever its ``exp``."""
MOST_AUDIENCES = 20
MOST_KEYS = 100
LEAST_BITS, MOST_BITS = 2048, 8192

BY_CURVE = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
RSA_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")

PublicKey = RSAKey | ECKey
KINDS: Mapping[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth"})
"""Private members of a key, which a platform should never publish and we never read."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A platform's key and its only algorithm."""

    kid: str | None
    algorithm: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """A parsed token, not verified."""

    algorithm: str
    kid: str | None
    payload: Mapping[str, Any]
    signed: jws.CompactSignature


def parse_token(token: str) -> UnverifiedToken:
    """Parses the token. Raises ``Refused`` (``token``, ``algorithm``)."""
    if len(token) > LONGEST:
        raise refused("token", f"{len(token)} characters")
    try:
        signed = jws.extract_compact(token.encode("ascii"))
        payload = json.loads(signed.payload or b"")
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise refused("token", type(error).__name__) from error
    header = signed.headers()
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(payload, dict) or not isinstance(kid, str | None) or len(kid or "") > 255:
        raise refused("token", "not an object of claims")
    if algorithm not in (*RSA_ALGORITHMS, *BY_CURVE.values()):
        raise refused("algorithm", f"came: {str(algorithm)[:20]!r}")
    return UnverifiedToken(str(algorithm), kid, payload, signed)


def read_keys(published: Any) -> tuple[TrustedKey, ...]:
    """Returns the usable signing keys of a JWKS; others are skipped."""
    listed = published.get("keys") if isinstance(published, dict) else None
    keys = (_read_key(key) for key in (listed[:MOST_KEYS] if isinstance(listed, list) else ()))
    return tuple(key for key in keys if key is not None)


def choose_key(opened: UnverifiedToken, keys: Iterable[TrustedKey]) -> TrustedKey | None:
    """Returns the key with the token's ``kid``; a token without ``kid`` needs a platform with a single key.

    Raises ``Refused("algorithm")`` if the key has another algorithm.
    """
    known = tuple(keys)
    if opened.kid is None:
        key = known[0] if len(known) == 1 else None
    else:
        key = next((key for key in known if key.kid == opened.kid), None)
    if key is not None and key.algorithm != opened.algorithm:
        raise refused("algorithm", f"the key is for {key.algorithm}, came: {opened.algorithm}")
    return key


def check_signature(opened: UnverifiedToken, key: TrustedKey) -> None:
    """Raises ``Refused("signature")`` for an invalid signature."""
    try:
        good = jws.validate_compact(opened.signed, key.key, [key.algorithm])
    except (JoseError, ValueError) as error:
        raise refused("signature", type(error).__name__) from error
    if not good:
        raise refused("signature", f"kid {opened.kid!r}")


def check_envelope(payload: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now: datetime) -> None:
    """Validates issuer, audience, times and nonce.

    Raises ``Refused``: ``issuer_claim``, ``audience``, ``authorized_party``, ``expired``, ``issued``, ``nonce``.
    """
    if payload.get("iss") != issuer:
        raise refused("issuer_claim", f"expected {issuer!r}, came: {str(payload.get('iss'))[:200]!r}")
    _check_audience(payload.get("aud"), payload.get("azp"), client_id)
    _check_times(payload, now)
    if payload.get("nonce") != nonce:
        raise refused("nonce", "missing" if payload.get("nonce") is None else "another one than was sent")


def _check_audience(audience: Any, party: Any, client_id: str) -> None:
    several = audience if isinstance(audience, list) else [audience]
    if len(several) > MOST_AUDIENCES or client_id not in several:
        raise refused("audience", f"expected {client_id!r}, came: {str(audience)[:200]!r}")
    if (len(several) > 1 or party is not None) and party != client_id:
        raise refused("authorized_party", f"expected {client_id!r}, came: {str(party)[:200]!r}")


def _check_times(payload: Mapping[str, Any], now: datetime) -> None:
    moment = now.timestamp()
    ends, made = _seconds(payload.get("exp")), _seconds(payload.get("iat"))
    if ends is None or ends <= moment - LEEWAY.total_seconds():
        raise refused("expired", f"exp {payload.get('exp')!r}"[:80] + f", now {int(moment)}")
    if made is None or made > moment + LEEWAY.total_seconds():
        raise refused("issued", f"iat {payload.get('iat')!r}"[:80] + f", now {int(moment)}")
    if made < moment - (LONGEST_AGE + LEEWAY).total_seconds():
        raise refused("too_old", f"iat {int(made)}, now {int(moment)}")
    begins = payload.get("nbf")
    if begins is not None and ((_seconds(begins) or math.inf) > moment + LEEWAY.total_seconds()):
        raise refused("issued", f"nbf {begins!r}"[:80] + f", now {int(moment)}")


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e12 < value < 1e12:
        return None
    return float(value)


def _read_key(published: Any) -> TrustedKey | None:
    if not isinstance(published, dict) or published.get("use", "sig") != "sig" or _is_short(published):
        return None
    kind, kid = KINDS.get(str(published.get("kty"))), published.get("kid")
    if kind is None or not isinstance(kid, str | None):
        return None
    try:
        key = kind.import_key({name: value for name, value in published.items() if name not in PRIVATE})
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        return None
    algorithm = _algorithm(key, published.get("alg"))
    return None if algorithm is None else TrustedKey(kid, algorithm, key)


def _is_short(published: Mapping[str, Any]) -> bool:
    """Returns whether an RSA modulus is too short, by the length of its base64, before the library warns about it."""
    return published.get("kty") == "RSA" and len(str(published.get("n")).strip("A=")) < LEAST_BITS // 6


def _algorithm(key: PublicKey, declared: Any) -> str | None:
    """Returns the key's algorithm: the declared one, RS256 for an RSA key without one, or that of its curve."""
    if isinstance(key, ECKey):
        means = BY_CURVE.get(key.curve_name)
        return means if declared in (None, means) else None
    if not LEAST_BITS <= key.public_key.key_size <= MOST_BITS:
        return None
    return (declared or "RS256") if declared in (None, *RSA_ALGORITHMS) else None
