"""Explanations of refused launches and registrations for the administrator, with advice; outcomes of checks."""

from typing import Any, NamedTuple

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import ngettext
from lms.lti.connections.checks import CheckOutcome


class Words(NamedTuple):
    """Explanation and advice."""

    what: Any
    advice: Any


AGAIN = _l("Nothing to do: whoever opened it opens the link once more.")
ANEW = _l("If it happens often, connect the platform anew: its settings and ours have parted.")
CLOCK = _l("Compare the clocks of both servers: they must not differ by more than a minute.")
COMPARE = _l("Compare the client id, the issuer and the addresses with what the platform shows.")
KEYS = _l("Ask for the platform's keys here; if that fails, look at the address of its keys and at its firewall.")
MAKERS = _l("The platform does not keep to LTI 1.3 here: look for an update of it, and tell its administrator.")
TRY_AGAIN = _l("The one-time address stays usable: the platform's administrator may try again.")
BY_HAND = _l("Connect this platform by hand.")
FRESH = _l("Make a new one-time address.")

REASONS: dict[str, Words] = {
    # The login
    "login": Words(_l("The platform's login lacked what it must say"), MAKERS),
    "issuer": Words(
        _l("A platform that is not connected"), _l("If it is yours, connect it. If not, there is nothing to do.")
    ),
    "client": Words(
        _l("A connected platform under another client id"),
        _l("The tool was registered there once more: connect the platform anew, or remove the second tool there."),
    ),
    "client_missing": Words(
        _l("The platform did not say which of its connections it means"),
        _l("It is connected several times: remove what is not needed."),
    ),
    "removed": Words(
        _l("The connection was removed here"), _l("Connect it anew, or remove the tool from the platform.")
    ),
    "target": Words(_l("A link to somewhere else"), _l("The tool's address on the platform must be ours: compare it.")),
    # The browser
    "state": Words(_l("The answer belongs to no login of ours"), AGAIN),
    "state_old": Words(_l("The login took more than ten minutes"), AGAIN),
    "browser": Words(
        _l("The browser did not keep its cookie"),
        _l("It helps to open the link in a new window; in frames both addresses must be HTTPS."),
    ),
    "replay": Words(_l("The same launch came twice"), AGAIN),
    # The signature
    "token": Words(_l("What came was no token"), MAKERS),
    "algorithm": Words(
        _l("The token is signed in a way that we do not take"), _l("RS256 is needed: see the platform's settings.")
    ),
    "kid": Words(_l("The token is signed by a key that the platform does not show"), KEYS),
    "keys": Words(_l("The platform's keys could not be read"), KEYS),
    "signature": Words(_l("The token's signature is wrong"), KEYS),
    # The claims
    "issuer_claim": Words(_l("The token names another issuer"), COMPARE),
    "audience": Words(_l("The token is meant for another client"), COMPARE),
    "authorized_party": Words(_l("The token was made out for another client"), COMPARE),
    "expired": Words(_l("The token had expired"), CLOCK),
    "too_old": Words(_l("The token was too old"), CLOCK),
    "issued": Words(_l("The token comes from the future"), CLOCK),
    "nonce": Words(_l("The token belongs to another login"), AGAIN),
    "version": Words(_l("The message is not of LTI 1.3"), MAKERS),
    "message_type": Words(_l("A message of a kind that we do not know"), MAKERS),
    "deployment": Words(
        _l("From a deployment that nobody has accepted"), _l("Accept it on the connection's page, if it is right.")
    ),
    "deployment_missing": Words(_l("The message names no deployment"), MAKERS),
    "deployment_changed": Words(_l("Login and token name different deployments"), ANEW),
    "target_missing": Words(_l("The message does not say what to open"), MAKERS),
    "target_changed": Words(_l("Login and token name different links"), ANEW),
    "roles": Words(_l("The message says nothing of roles"), MAKERS),
    "resource_link": Words(_l("The message names no link"), MAKERS),
    "deep_linking": Words(_l("The request to choose content cannot be understood"), MAKERS),
    "deep_linking_settings": Words(_l("The request to choose content cannot be understood"), MAKERS),
    "deep_linking_targets": Words(_l("The request to choose content does not say how to show it"), MAKERS),
    "deep_linking_types": Words(
        _l("Content was asked for in a place that takes no links"),
        _l("On the platform the tool belongs among activities, not into the text editor or where files are chosen."),
    ),
    "deep_linking_return": Words(_l("What is chosen was to go back to an address that is not the platform's"), MAKERS),
    "subject": Words(_l("The message names its person wrongly"), MAKERS),
    "context": Words(_l("The message names its course wrongly"), MAKERS),
    "mentees": Words(_l("The message names a mentor's people wrongly"), MAKERS),
    "platform_error": Words(
        _l("The platform itself refused the launch"),
        _l("Often its address of the redirect is not exactly ours: compare it letter by letter."),
    ),
    # Registration
    "registration_issuer": Words(_l("A registration whose addresses do not belong together"), BY_HAND),
    "registration_configuration": Words(_l("A registration without a readable configuration"), TRY_AGAIN),
    "registration_address": Words(
        _l("A registration from an address that we do not ask"),
        _l("Inner networks and plain HTTP must be allowed by the operator: LMS_PLATFORM_PRIVATE_HOSTS."),
    ),
    "registration_unreachable": Words(_l("The platform did not answer while it registered"), TRY_AGAIN),
    "registration_refused": Words(_l("The platform refused our registration"), TRY_AGAIN),
    "registration_answer": Words(_l("The platform's answer to our registration lacks something"), BY_HAND),
    "registration_other": Words(_l("Another platform used an address that was not for it"), FRESH),
    "registration_used": Words(_l("A one-time address was opened by a second platform"), FRESH),
    "registration_ended": Words(_l("A one-time address was opened too late"), FRESH),
}
"""Code of ``lms.lti.errors.Refused`` → explanation."""

UNKNOWN = Words(_l("The launch was refused"), _l("The details below tell more."))


def words(reason: str) -> Words:
    """Returns the explanation of a code."""
    return REASONS.get(reason, UNKNOWN)


def keys_words(outcome: CheckOutcome) -> str:
    """Returns the outcome of the request for the platform's keys."""
    if outcome.error:
        return outcome.error.message
    return ngettext("The platform showed %(num)s key.", "The platform showed %(num)s keys.", outcome.count)


def access_words(outcome: CheckOutcome) -> str:
    """Returns the outcome of the request for an access token."""
    return outcome.error.message if outcome.error else _("The platform has read our key and gives access to grades.")
