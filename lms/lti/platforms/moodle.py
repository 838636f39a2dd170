"""Set-up guide for Moodle, with the labels of its English and Russian screens. Pure."""

from lms.core.i18n import gettext as _
from lms.core.i18n import pgettext
from lms.lti.platforms.endpoints import NAMES
from lms.lti.platforms.setup_page import FieldToFill, SetupGuide, ValueToCopy
from lms.lti.tool import ToolUrls


def moodle(ours: ToolUrls) -> SetupGuide:
    return SetupGuide(
        family="moodle",
        name=NAMES["moodle"],
        where=_(
            "Site administration → Plugins → Activity modules → External tool → Manage tools → configure "
            "a tool manually"
        ),
        pastes=_fields_to_fill(ours),
        gives=_values_to_copy(),
        warnings=moodle_warnings()[:2],
        afterwards=_(
            "Open any course, turn editing on, choose «Stazhirovka» in the activity chooser and press «Select content»."
        ),
        issuer_hint=_("The address of Moodle itself as it stands in «Platform ID», without a slash at the end."),
    )


def _fields_to_fill(ours: ToolUrls) -> tuple[FieldToFill, ...]:
    """Returns the fields of Moodle's form for a tool, in its order, with our values."""
    return (
        FieldToFill(pgettext("Moodle", "Tool name"), _("Stazhirovka")),
        FieldToFill(pgettext("Moodle", "Tool URL"), ours.launch),
        FieldToFill(pgettext("Moodle", "LTI version"), "LTI 1.3", choose=True),
        *_public_key(ours),
        FieldToFill(pgettext("Moodle", "Initiate login URL"), ours.login),
        FieldToFill(pgettext("Moodle", "Redirection URI(s)"), ours.launch),
        FieldToFill(
            pgettext("Moodle", "Tool configuration usage"),
            pgettext("Moodle", "Show in activity chooser and as a preconfigured tool"),
            choose=True,
        ),
        FieldToFill(
            pgettext("Moodle", "Default launch container"),
            pgettext("Moodle", "Embed, without blocks"),
            choose=True,
        ),
        FieldToFill(
            pgettext("Moodle", "Supports Deep Linking (Content-Item Message)"),
            _("tick it"),
            choose=True,
            note=_("Then a teacher chooses a programme, a task or a self-assessment in a window of ours."),
        ),
        FieldToFill(pgettext("Moodle", "Content Selection URL"), ours.launch),
        FieldToFill(pgettext("Moodle", "Icon URL"), ours.icon),
        FieldToFill(pgettext("Moodle", "Secure icon URL"), ours.icon),
        FieldToFill(
            pgettext("Moodle", "IMS LTI Assignment and Grade Services"),
            pgettext("Moodle", "Use this service for grade sync and column management"),
            choose=True,
        ),
        FieldToFill(
            pgettext("Moodle", "IMS LTI Names and Role Provisioning"),
            pgettext("Moodle", "Use this service to retrieve members' information as per privacy settings"),
            choose=True,
        ),
        FieldToFill(pgettext("Moodle", "Share launcher's name with tool"), pgettext("Moodle", "Always"), choose=True),
        FieldToFill(pgettext("Moodle", "Share launcher's email with tool"), pgettext("Moodle", "Always"), choose=True),
        FieldToFill(pgettext("Moodle", "Accept grades from the tool"), pgettext("Moodle", "Always"), choose=True),
    )


def _values_to_copy() -> tuple[ValueToCopy, ...]:
    """Returns the values that Moodle shows of a tool and that our form asks for."""
    return (
        ValueToCopy(
            "issuer",
            pgettext("Moodle", "Platform ID"),
            _("Manage tools → the tool's card → the magnifier (view configuration details)"),
        ),
        ValueToCopy("client_id", pgettext("Moodle", "Client ID")),
        ValueToCopy("jwks_url", pgettext("Moodle", "Public keyset URL")),
        ValueToCopy("token_endpoint", pgettext("Moodle", "Access token URL")),
        ValueToCopy("authorization_endpoint", pgettext("Moodle", "Authentication request URL")),
        ValueToCopy("deployment_id", pgettext("Moodle", "Deployment ID")),
    )


def _public_key(ours: ToolUrls) -> tuple[FieldToFill, ...]:
    """Returns the fields of our public key: pasted where Moodle would not fetch it from an address like ours."""
    kind = pgettext("Moodle", "Public key type")
    if not ours.is_private:
        return (
            FieldToFill(kind, pgettext("Moodle", "Keyset URL"), choose=True),
            FieldToFill(pgettext("Moodle", "Public keyset"), ours.keys),
        )
    return (
        FieldToFill(
            kind,
            pgettext("Moodle", "RSA key"),
            choose=True,
            note=_("Moodle does not fetch keys from an address like ours (an inner network or a port of its own)."),
        ),
        FieldToFill(pgettext("Moodle", "Public key"), _("our public key, which stands below"), choose=True),
    )


def moodle_warnings() -> tuple[str, ...]:
    """Returns the most frequent problems with Moodle."""
    return (
        _(
            "Moodle fetches our keys by itself. If our address is in an inner network or on a port of "
            "its own, allow it: Site administration → General → Security → HTTP security, «cURL blocked "
            "hosts list» and «cURL allowed ports list»."
        ),
        _(
            "If Moodle cannot fetch our keys, a teacher who presses «Select content» sees an exception of PHP in "
            "the window (JWK::parseKeySet), and grades and lists end with a 404. Then choose «RSA key» instead of "
            "«Keyset URL» and paste our public key."
        ),
        _(
            "A tool from dynamic registration waits for Moodle's administrator: press «Activate» on its "
            "card under Manage tools. Then the gear of the card → «Tool configuration usage»: «Show in activity "
            "chooser and as a preconfigured tool», or teachers do not find it."
        ),
    )
