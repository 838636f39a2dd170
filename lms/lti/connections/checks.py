"""Check of a connection: requests the platform's keys and an access token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.sentences import ErrorDetail
from lms.lti.errors import AddressRefused, Unreachable
from lms.lti.messages.id_token import read_keys
from lms.lti.models.platforms import Platform
from lms.lti.services import tokens
from lms.lti.trust import http_client

OK = 200


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """Outcome of one request: its error, or ``count``, the number of keys that the platform showed."""

    error: ErrorDetail | None = None
    count: int = 0

    @property
    def good(self) -> bool:
        """True if the request succeeded."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class PlatformCheck:
    """Outcomes of both requests."""

    keys: CheckOutcome
    access: CheckOutcome


def check_platform(session: Session, *, actor: Actor, platform: Platform, now: datetime) -> PlatformCheck:
    """Requests the platform's keys (and stores them) and an access token, for which the platform must read our keys."""
    found = PlatformCheck(_keys(platform, now), _access(session, platform, now))
    audit.record(session, actor, "platform.check", platform, keys=found.keys.good, access=found.access.good)
    session.flush()
    return found


def _keys(platform: Platform, now: datetime) -> CheckOutcome:
    try:
        told = fetch_keys(platform.jwks_url)
    except (Unreachable, AddressRefused) as error:
        return CheckOutcome(ErrorDetail(error.code, params=error.params))
    platform.jwks, platform.jwks_fetched_at = told, now
    return CheckOutcome(count=len(read_keys(told)))


def fetch_keys(url: str) -> dict[str, Any]:
    """Returns the platform's key set. Raises ``Unreachable``, ``AddressRefused``."""
    answer = http_client.request("GET", url, headers={"Accept": "application/json"})
    if answer.status != OK:
        raise Unreachable(answer.status, code="platform_keys_status", params={"status": answer.status})
    told = answer.json()
    if not read_keys(told):
        raise Unreachable(answer.status, code="platform_keys_missing")
    return dict(told)


def _access(session: Session, platform: Platform, now: datetime) -> CheckOutcome:
    try:
        tokens.access_token(session, platform, [tokens.SCORE], now=now, fresh=True)
    except (Unreachable, AddressRefused) as error:
        return CheckOutcome(ErrorDetail(error.code, params=error.params))
    return CheckOutcome()
