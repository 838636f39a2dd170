"""Access tokens for a platform's services: client credentials with a signed assertion (LTI Security Framework 1.0,
4.1).

A token is cached in the process for its platform and scopes until shortly before it expires.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.core.sentences import ErrorDetail
from lms.lti.errors import Unreachable
from lms.lti.models.platforms import Platform
from lms.lti.trust import http_client, tool_keys

LINE_ITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
LINE_ITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
RESULT_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE = timedelta(seconds=60)
RENEWAL_MARGIN = timedelta(seconds=30)
"""A token is renewed this long before it expires."""
SHORTEST_LIFE, LONGEST_LIFE = 60, 3600
"""Seconds: limits for the ``expires_in`` of a platform."""
MOST_KEPT = 200
LONGEST_WORDS = 300


class TokenRefused(Unreachable):
    """The platform refuses an access token; its settings of the tool must be corrected."""

    code = "platform_token_refused"


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    ends_at: datetime


_Name = tuple[str, str, str, frozenset[str]]
_kept: dict[_Name, _Kept] = {}


def access_token(
    session: Session, platform: Platform, scopes: Collection[str], *, now: datetime | None = None, fresh: bool = False
) -> str:
    """Returns a token for these scopes, cached or requested; ``fresh``: the cached one was refused.

    Raises ``TokenRefused``, ``Unreachable``, ``AddressRefused``.
    """
    now = now or utc_now()
    name = (platform.issuer, platform.client_id, platform.token_endpoint, frozenset(scopes))
    known = _kept.get(name)
    if known is not None and not fresh and known.ends_at > now:
        return known.token
    found = _request_token(session, platform, scopes, now)
    _kept.pop(name, None)
    while len(_kept) >= MOST_KEPT:
        _kept.pop(next(iter(_kept)), None)
    _kept[name] = found
    return found.token


def _request_token(session: Session, platform: Platform, scopes: Collection[str], now: datetime) -> _Kept:
    fields = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": tool_keys.sign(session, _claims(platform, now), now=now),
        "scope": " ".join(sorted(scopes)),
    }
    answer = http_client.request("POST", platform.token_endpoint, fields=fields, headers={"Accept": "application/json"})
    if answer.status >= 500 or answer.status == 429:
        raise Unreachable(answer.status, code="platform_token_unavailable")
    told = _json_object(answer)
    token = told.get("access_token")
    if answer.status != 200 or not isinstance(token, str) or not token or not token.isascii():
        raise TokenRefused(answer.status, params={"reason": error_of(answer)})
    return _Kept(token, now + timedelta(seconds=_lifetime(told.get("expires_in"))) - RENEWAL_MARGIN)


def _claims(platform: Platform, now: datetime) -> dict[str, Any]:
    return {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.token_audience or platform.token_endpoint,
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIFE).timestamp()),
        "jti": uuid.uuid4().hex,
    }


def _lifetime(told: Any) -> int:
    try:
        seconds = int(told)
    except (TypeError, ValueError):
        return SHORTEST_LIFE
    return min(max(seconds, SHORTEST_LIFE), LONGEST_LIFE)


def _json_object(answer: http_client.PlatformResponse) -> dict[str, Any]:
    try:
        told = answer.json()
    except Unreachable:
        return {}
    return told if isinstance(told, dict) else {}


def error_text(answer: http_client.PlatformResponse) -> str:
    """Returns the error of a platform's answer, shortened: its description or plain text, no markup."""
    told = _json_object(answer)
    for name in ("error_description", "reason", "message", "detail", "title", "error"):
        if isinstance(told.get(name), str) and told[name].strip():
            return _cut(told[name])
    words = answer.body.decode("utf-8", "replace")
    return "" if "<" in words or "{" in words else _cut(words)


def error_of(answer: http_client.PlatformResponse, otherwise: ErrorDetail | None = None) -> ErrorDetail:
    """Returns the error of a platform's answer: its own text, else ``otherwise``, else its HTTP status."""
    text = error_text(answer)
    if text:
        return ErrorDetail("platform_message", params={"text": text})
    return otherwise or ErrorDetail("platform_status", params={"status": answer.status})


def _cut(words: str) -> str:
    printed = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
    return printed if len(printed) <= LONGEST_WORDS else printed[: LONGEST_WORDS - 1] + "…"


def call(
    session: Session,
    platform: Platform,
    method: str,
    url: str,
    *,
    scopes: Collection[str],
    accept: str | None = None,
    media: str | None = None,
    content: bytes | None = None,
    now: datetime | None = None,
) -> http_client.PlatformResponse:
    """Calls a service of the platform; sends ``content`` of the media type ``media`` and accepts ``accept``.

    Requests a new token once if the cached one is refused (401). Returns answers of any status. Raises as
    ``access_token``.
    """
    named = {"Accept": accept, "Content-Type": media}
    headers = {name: value for name, value in named.items() if value is not None}
    for fresh in (False, True):
        token = access_token(session, platform, scopes, now=now, fresh=fresh)
        answer = http_client.request(method, url, headers={**headers, "Authorization": f"Bearer {token}"}, body=content)
        if answer.status != 401:
            break
    return answer


def reset_tokens() -> None:
    """Clears the cached tokens, for tests."""
    _kept.clear()
