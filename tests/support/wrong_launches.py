"""Launches that must be refused, each for one fault; the table is shared by tests of every level.

``WRONG`` are faults of the token: ``fault.changes(claims)`` are changes of right claims by their short names (None
leaves one out), ``fault.header`` of the header, ``fault.stranger`` signs with an unpublished key, and
``fault.spoil(token)`` is done after signing. (A token without ``kid`` is only wrong where the platform has two keys.)
``WRONG_LOGINS`` are faults of the first step: changes of its parameters. ``reason`` is logged and shown to the
administrator.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Changes = Callable[[dict[str, Any]], dict[str, Any]]

OUTSIDE = "https://elsewhere.test/lti/launch"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a launch."""

    name: str
    reason: str
    changes: Changes = lambda _claims: {}
    header: dict[str, Any] = field(default_factory=dict)
    stranger: bool = False
    spoil: Callable[[str], str] = lambda token: token


@dataclass(frozen=True, slots=True)
class WrongLogin:
    """One fault of a third-party-initiated login."""

    name: str
    reason: str
    login: dict[str, str | None]


def to(**values: Any) -> Changes:
    """Returns a change to these values, whatever the right ones are."""
    return lambda _claims: values


def _part(token: str, number: int, change: Callable[[str], str]) -> str:
    parts = token.split(".")
    parts[number] = change(parts[number])
    return ".".join(parts)


def _flip(text: str) -> str:
    """Replaces a letter in the middle: the token decodes, with another meaning."""
    middle = len(text) // 2
    return text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]


def _many(claims: dict[str, Any]) -> dict[str, Any]:
    return {"aud": [claims["aud"], "another-client"]}


SIGNATURE = (
    Fault("no-token-at-all", "token", spoil=lambda _token: ""),
    Fault("not-a-token", "token", spoil=lambda _token: "hello"),
    Fault("two-parts", "token", spoil=lambda token: token.rpartition(".")[0]),
    Fault("header-is-no-json", "token", spoil=lambda token: _part(token, 0, lambda _part: "aGVsbG8")),
    Fault("longer-than-any", "token", spoil=lambda token: token + "A" * 200_000),
    Fault("algorithm-none", "algorithm", header={"alg": "none"}),
    Fault("algorithm-hs256-with-the-public-key", "algorithm", header={"alg": "HS256"}),
    Fault("algorithm-rs512", "algorithm", header={"alg": "RS512"}),
    Fault("kid-missing", "kid", header={"kid": None}),
    Fault("kid-unknown", "kid", header={"kid": "nobody-published-it"}),
    Fault("signed-by-a-stranger", "signature", stranger=True),
    Fault("signature-spoiled", "signature", spoil=lambda token: _part(token, 2, _flip)),
    Fault("signature-cut-off", "signature", spoil=lambda token: _part(token, 2, lambda _part: "")),
)

STANDARD = (
    Fault("issuer-another", "issuer_claim", to(iss="https://elsewhere.test")),
    Fault("issuer-missing", "issuer_claim", to(iss=None)),
    Fault("issuer-with-a-slash", "issuer_claim", lambda claims: {"iss": claims["iss"] + "/"}),
    Fault("audience-another", "audience", to(aud="another-client")),
    Fault("audience-missing", "audience", to(aud=None)),
    Fault("audience-empty-list", "audience", to(aud=[])),
    Fault("audience-number", "audience", to(aud=5)),
    Fault("several-audiences-without-azp", "authorized_party", _many),
    Fault("azp-another", "authorized_party", lambda claims: _many(claims) | {"azp": "another-client"}),
    Fault("azp-another-with-one-audience", "authorized_party", to(azp="another-client")),
    Fault("expired", "expired", lambda claims: {"iat": claims["iat"] - 3600, "exp": claims["iat"] - 3540}),
    Fault("expiry-missing", "expired", to(exp=None)),
    Fault("expiry-is-no-number", "expired", to(exp="tomorrow")),
    Fault("issued-missing", "issued", to(iat=None)),
    Fault("issued-is-no-number", "issued", to(iat="today")),
    Fault("issued-long-ago", "too_old", lambda claims: {"iat": claims["iat"] - 86400}),
    Fault("issued-in-the-future", "issued", lambda claims: {"iat": claims["iat"] + 3600, "exp": claims["iat"] + 3660}),
    Fault("nonce-missing", "nonce", to(nonce=None)),
    Fault("nonce-of-another-login", "nonce", to(nonce="another")),
    Fault("nonce-is-no-text", "nonce", to(nonce=5)),
    Fault("subject-is-no-text", "subject", to(sub=5)),
    Fault("subject-too-long", "subject", to(sub="s" * 256)),
)

MESSAGE = (
    Fault("version-missing", "version", to(version=None)),
    Fault("version-of-lti-1-1", "version", to(version="LTI-1p0")),
    Fault("message-type-missing", "message_type", to(message_type=None)),
    Fault("message-type-unknown", "message_type", to(message_type="LtiStartAssessment")),
    Fault("deployment-missing", "deployment_missing", to(deployment_id=None)),
    Fault("deployment-is-no-text", "deployment_missing", to(deployment_id=1)),
    Fault("target-missing", "target_missing", to(target_link_uri=None)),
    Fault("target-another-than-at-login", "target_changed", to(target_link_uri="http://localhost/lti/other")),
    Fault("roles-missing", "roles", to(roles=None)),
    Fault("roles-are-no-list", "roles", to(roles="Learner")),
    Fault("resource-link-missing", "resource_link", to(resource_link=None)),
    Fault("resource-link-without-id", "resource_link", to(resource_link={"title": "Ссылка"})),
    Fault("resource-link-id-too-long", "resource_link", to(resource_link={"id": "l" * 256})),
    Fault("context-is-no-object", "context", to(context="course")),
    Fault("context-without-id", "context", to(context={"title": "Курс"})),
    Fault("mentees-are-no-list", "mentees", to(role_scope_mentor="somebody")),
    Fault(
        "deep-linking-without-settings",
        "deep_linking",
        to(message_type="LtiDeepLinkingRequest", deep_linking_settings=None),
    ),
    Fault(
        "deep-linking-without-return-address",
        "deep_linking",
        to(message_type="LtiDeepLinkingRequest", deep_linking_settings={"accept_types": ["ltiResourceLink"]}),
    ),
)

WRONG = (*SIGNATURE, *STANDARD, *MESSAGE)

WRONG_LOGINS = (
    WrongLogin("issuer-missing", "login", {"iss": None}),
    WrongLogin("login-hint-missing", "login", {"login_hint": None}),
    WrongLogin("target-missing", "login", {"target_link_uri": None}),
    WrongLogin("issuer-unknown", "issuer", {"iss": "https://elsewhere.test"}),
    WrongLogin("client-unknown", "client", {"client_id": "another-client"}),
    WrongLogin("target-outside", "target", {"target_link_uri": OUTSIDE}),
    WrongLogin("target-script", "target", {"target_link_uri": "javascript:alert(1)"}),
)
