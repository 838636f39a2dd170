"""Validation of tokens: parts, signature, keys, envelope."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey

from lms.lti.errors import Refused
from lms.lti.messages import id_token
from lms.lti.messages.id_token import check_envelope, check_signature, choose_key, parse_token, read_keys
from tests.support.platform_tokens import curve_key, public, raw_token, rsa_key

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AT = int(NOW.timestamp())


def verify(token: str, published: Any) -> str:
    """Verifies as a launch does; returns the key's algorithm."""
    opened = parse_token(token)
    key = choose_key(opened, read_keys(published))
    if key is None:
        raise LookupError
    check_signature(opened, key)
    return key.algorithm


def sign(key: Any, algorithm: str = "RS256", **header: Any) -> str:
    told = {"alg": algorithm, "kid": key.kid} | header
    return jwt.encode(
        {name: value for name, value in told.items() if value is not None}, {"a": 1}, key, algorithms=[algorithm]
    )


def test_valid_token_is_accepted():
    assert verify(sign(rsa_key(0)), public(rsa_key(1), rsa_key(0), alg="RS256")) == "RS256"


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_other_algorithm_requires_declaration(algorithm):
    token = sign(rsa_key(0), algorithm)
    verify(token, public(rsa_key(0), alg=algorithm))
    for published in (public(rsa_key(0)), public(rsa_key(0), alg="RS256")):
        with pytest.raises(Refused) as refusal:
            verify(token, published)
        assert refusal.value.reason == "algorithm"


def test_elliptic_curve_key_verifies():
    assert verify(sign(curve_key(0), "ES256"), public(curve_key(0))) == "ES256"
    assert verify(sign(curve_key(0), "ES256"), public(curve_key(0), alg="ES256")) == "ES256"


def test_missing_kid_requires_single_key():
    token = sign(rsa_key(0), kid=None)
    verify(token, public(rsa_key(0)))
    with pytest.raises(LookupError):
        verify(token, public(rsa_key(0), rsa_key(1)))


def test_wrong_key_with_same_kid_is_refused():
    with pytest.raises(Refused) as refusal:
        verify(sign(rsa_key(1), kid="key-0"), public(rsa_key(0)))
    assert refusal.value.reason == "signature"


def test_hmac_signature_is_refused():
    """Algorithm confusion: the public key as the secret of HS256, whatever the platform publishes."""
    secret = OctKey.import_key(json.dumps(public(rsa_key(0))), {"kid": "key-0"})
    token = jwt.encode({"alg": "HS256", "kid": "key-0"}, {"a": 1}, secret, algorithms=["HS256"])
    with pytest.raises(Refused) as refusal:
        verify(token, {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "key-0", "alg": "HS256"}]})
    assert refusal.value.reason == "algorithm"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS512", "EdDSA", "", None, 5, ["RS256"]])
def test_unsupported_algorithm_is_refused(algorithm):
    header = json.dumps({"alg": algorithm, "kid": "key-0"}).encode()
    with pytest.raises(Refused) as refusal:
        parse_token(raw_token(header, b"{}"))
    assert refusal.value.reason in ("algorithm", "token")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "....",
        raw_token(b"[]", b"{}"),
        raw_token(b'{"alg":"RS256"}', b"[]"),
        raw_token(b'{"alg":"RS256"}', b'"text"'),
        raw_token(b'{"alg":"RS256"}', b"{"),
        raw_token(b'{"alg":"RS256","kid":5}', b"{}"),
        raw_token(b'{"alg":"RS256","kid":"' + b"k" * 300 + b'"}', b"{}"),
        raw_token(b'{"alg":"RS256"}', b"[" * 20000),
        raw_token(b'{"alg":"RS256"}', b"[" * 20000 + b"]" * 20000),
        raw_token(b'{"alg":"RS256"}', b'{"exp":' + b"9" * 5000 + b"}"),
        "a" * 70_000,
        "токен.токен.токен",
    ],
)
def test_malformed_token_is_refused(token):
    with pytest.raises(Refused) as refusal:
        parse_token(token)
    assert refusal.value.reason == "token"


@given(
    st.text(max_size=60) | st.tuples(st.binary(max_size=30), st.binary(max_size=30)).map(lambda two: raw_token(*two))
)
def test_any_text_is_parsed_or_refused(token):
    with contextlib.suppress(Refused):
        parse_token(token)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(ANY | st.lists(ANY).map(lambda keys: {"keys": keys}))
def test_any_set_of_keys_is_read(published):
    assert read_keys(published) == ()


@given(st.dictionaries(st.sampled_from(("kty", "n", "e", "kid", "use", "alg", "crv", "x", "y", "d")), ANY))
def test_any_key_is_read_or_skipped(changes):
    good = public(rsa_key(0))["keys"][0]
    assert len(read_keys({"keys": [good | changes, good]})) >= 1


def test_unusable_keys_are_skipped():
    good = public(rsa_key(0), alg="RS256")["keys"][0]
    with pytest.warns(SecurityWarning):
        short = {**rsa_key(9, 1024).as_dict(private=False), "kid": "short"}
    published = {
        "keys": [
            {**good, "use": "enc"},
            {**good, "alg": "RSA-OAEP"},
            {**good, "alg": "HS256"},
            {**good, "kty": "nothing"},
            {**good, "kid": 5},
            short,
            {"kty": "oct", "k": "AAAA", "kid": "secret"},
            "key",
            good,
        ]
    }
    assert [key.kid for key in read_keys(published)] == ["key-0"]


def test_private_key_members_are_dropped():
    published = {"keys": [{**rsa_key(0).as_dict(private=True), "kid": "key-0"}]}
    for key in read_keys(published):
        assert not key.key.is_private


def envelope(**changes: Any) -> dict[str, Any]:
    right = {"iss": "https://p.example", "aud": "c", "nonce": "n", "iat": AT, "exp": AT + 60}
    return {name: value for name, value in (right | changes).items() if value is not ...}


def check(payload: dict[str, Any]) -> None:
    check_envelope(payload, issuer="https://p.example", client_id="c", nonce="n", now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": ["c"]},
        {"aud": ["c"], "azp": "c"},
        {"aud": "c", "azp": "c"},
        {"aud": ["c", "d"], "azp": "c"},
        {"iat": AT + 59, "exp": AT + 3600, "nbf": AT},
        {"iat": AT - 100, "exp": AT - 59},
        {"iat": float(AT), "exp": AT + 0.5},
        {"iat": AT - 600, "exp": AT + 3000},
    ],
)
def test_valid_envelope_is_accepted(changes):
    check(envelope(**changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://p.example/"}, "issuer_claim"),
        ({"iss": ...}, "issuer_claim"),
        ({"iss": ["https://p.example"]}, "issuer_claim"),
        ({"aud": "d"}, "audience"),
        ({"aud": ...}, "audience"),
        ({"aud": []}, "audience"),
        ({"aud": {"c": 1}}, "audience"),
        ({"aud": [["c"]]}, "audience"),
        ({"aud": ["c"] * 21}, "audience"),
        ({"aud": ["c", "d"]}, "authorized_party"),
        ({"aud": ["c", "d"], "azp": "d"}, "authorized_party"),
        ({"azp": "d"}, "authorized_party"),
        ({"azp": ["c"]}, "authorized_party"),
        ({"exp": AT - 61}, "expired"),
        ({"exp": ...}, "expired"),
        ({"exp": "2030"}, "expired"),
        ({"exp": True}, "expired"),
        ({"exp": float("nan")}, "expired"),
        ({"exp": float("inf")}, "expired"),
        ({"exp": 10**400}, "expired"),
        ({"iat": AT + 61}, "issued"),
        ({"iat": ...}, "issued"),
        ({"iat": None}, "issued"),
        ({"iat": AT - 661, "exp": AT + 60}, "too_old"),
        ({"nbf": AT + 100}, "issued"),
        ({"nbf": "now"}, "issued"),
        ({"nonce": "m"}, "nonce"),
        ({"nonce": ...}, "nonce"),
        ({"nonce": ["n"]}, "nonce"),
    ],
)
def test_invalid_envelope_is_refused(changes, reason):
    with pytest.raises(Refused) as refusal:
        check(envelope(**changes))
    assert refusal.value.reason == reason


@given(st.dictionaries(st.sampled_from(("iss", "aud", "azp", "exp", "iat", "nbf", "nonce")), ANY | st.floats()))
def test_any_envelope_is_accepted_or_refused(changes):
    with contextlib.suppress(Refused):
        check(envelope() | changes)


def test_time_limits_are_exact():
    assert id_token.LEEWAY.total_seconds() == 60
    assert id_token.LONGEST_AGE.total_seconds() == 600
