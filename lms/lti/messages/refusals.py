"""Reasons for refusing a launch: codes for the log, messages for the person."""

from typing import Final

from lms.core.sentences import ErrorDetail
from lms.lti.errors import Refused

AGAIN: Final = ErrorDetail("launch_too_old")
BROWSER: Final = ErrorDetail("launch_of_other_browser")
SETTINGS: Final = ErrorDetail("launch_settings_wrong")
UNKNOWN: Final = ErrorDetail("launch_platform_unknown")
WAITING: Final = ErrorDetail("launch_deployment_not_accepted")
MESSAGE: Final = ErrorDetail("launch_message_malformed")
PLATFORM: Final = ErrorDetail("launch_keys_unavailable")

MESSAGES: dict[str, ErrorDetail] = {
    # The login
    "login": MESSAGE,
    "issuer": UNKNOWN,
    "client": UNKNOWN,
    "client_missing": SETTINGS,
    "removed": UNKNOWN,
    "target": SETTINGS,
    # The browser
    "state": AGAIN,
    "state_old": AGAIN,
    "browser": BROWSER,
    "replay": AGAIN,
    # The signature
    "token": MESSAGE,
    "algorithm": SETTINGS,
    "kid": SETTINGS,
    "keys": PLATFORM,
    "signature": SETTINGS,
    # The claims
    "issuer_claim": SETTINGS,
    "audience": SETTINGS,
    "authorized_party": SETTINGS,
    "expired": AGAIN,
    "too_old": AGAIN,
    "issued": SETTINGS,
    "nonce": AGAIN,
    "version": MESSAGE,
    "message_type": MESSAGE,
    "deployment": WAITING,
    "deployment_missing": MESSAGE,
    "target_missing": MESSAGE,
    "deployment_changed": SETTINGS,
    "target_changed": SETTINGS,
    "roles": MESSAGE,
    "resource_link": MESSAGE,
    "deep_linking": MESSAGE,
    "subject": MESSAGE,
    "context": MESSAGE,
    "mentees": MESSAGE,
}
"""Reason → message of the page."""


def refused(reason: str, detail: str = "") -> Refused:
    """Returns the refusal for this reason. Raises ``KeyError`` for a reason without a message."""
    return Refused(reason, detail, code=MESSAGES[reason].code)


def platform_error(error: str, description: str) -> Refused:
    """Returns the refusal for an error sent by the platform instead of a token."""
    return Refused("platform_error", code="launch_refused_by_platform", params={"why": (description or error)[:300]})
