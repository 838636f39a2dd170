"""Reasons for refusing a launch: codes for the log, messages for the person."""

from typing import Any

from lms.core.i18n import _
from lms.core.i18n import lazy_gettext as _l
from lms.lti.errors import Refused

AGAIN = _l("The link is too old, or was opened already. Go back to the course and open it again.")
BROWSER = _l("The browser did not keep what the launch needs. Go back to the course and open the link in a new window.")
SETTINGS = _l("The connection with the platform is not set up right. Please tell the administrator of the platform.")
UNKNOWN = _l("This platform is not connected here. Please tell its administrator.")
WAITING = _l("The administrator has yet to accept this place of the platform. Please try again later.")
MESSAGE = _l("The platform sent a message that cannot be understood. Please tell its administrator.")
PLATFORM = _l("The platform's keys could not be read just now. Please try again in a minute.")

MESSAGES: dict[str, Any] = {
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
    return Refused(reason, str(MESSAGES[reason]), detail)


def platform_error(error: str, description: str) -> Refused:
    """Returns the refusal for an error sent by the platform instead of a token."""
    return Refused("platform_error", _("The platform refused the launch: %(why)s", why=(description or error)[:300]))
