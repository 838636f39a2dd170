"""Check of a connection: requests the platform's keys and an access token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.i18n import gettext as _
from lms.core.i18n import ngettext
from lms.lti.errors import AddressRefused, Unreachable
from lms.lti.messages.id_token import read_keys
from lms.lti.models.platforms import Platform
from lms.lti.services import tokens
from lms.lti.trust import http_client

OK = 200


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """Outcome of one request, with a message."""

    good: bool
    words: str


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
        return CheckOutcome(False, error.message)
    platform.jwks, platform.jwks_fetched_at = told, now
    count = len(read_keys(told))
    return CheckOutcome(True, ngettext("The platform showed %(num)s key.", "The platform showed %(num)s keys.", count))


def fetch_keys(url: str) -> dict[str, Any]:
    """Returns the platform's key set. Raises ``Unreachable``, ``AddressRefused``."""
    answer = http_client.request("GET", url, headers={"Accept": "application/json"})
    if answer.status != OK:
        raise Unreachable(
            _("The address of the keys answers with the status %(status)s.", status=answer.status), answer.status
        )
    told = answer.json()
    if not read_keys(told):
        raise Unreachable(_("There are no keys at this address that we could use."), answer.status)
    return dict(told)


def _access(session: Session, platform: Platform, now: datetime) -> CheckOutcome:
    try:
        tokens.access_token(session, platform, [tokens.SCORE], now=now, fresh=True)
    except (Unreachable, AddressRefused) as error:
        return CheckOutcome(False, error.message)
    return CheckOutcome(True, _("The platform has read our key and gives access to grades."))
