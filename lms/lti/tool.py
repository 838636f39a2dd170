"""The tool as platforms know it: URLs, scopes, claims and messages, the same for every platform."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from lms.core.public_url import address_of

SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
"""Line items, results and scores (AGS); membership (NRPS)."""
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "middle_name", "email", "locale")
MESSAGES = ("LtiResourceLinkRequest", "LtiDeepLinkingRequest")


@dataclass(frozen=True, slots=True)
class ToolUrls:
    """URLs given to a platform."""

    base: str
    login: str
    launch: str
    keys: str
    canvas: str
    icon: str

    @property
    def domain(self) -> str:
        """Host and non-default port: Moodle compares it with the tool's URL."""
        return urlsplit(self.base).netloc

    @property
    def is_private(self) -> bool:
        """True if a platform with usual settings does not ask this address: an inner network, or a port of its own."""
        parts = urlsplit(self.base)
        host = parts.hostname or ""
        try:
            inner = not ip_address(host).is_global
        except ValueError:
            inner = "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan"))
        return inner or parts.port not in (None, 80, 443)


def tool_urls() -> ToolUrls:
    """Returns the URLs under the configured public address."""
    return ToolUrls(
        base=address_of(""),
        login=address_of("/lti/login"),
        launch=address_of("/lti/launch"),
        keys=address_of("/lti/jwks.json"),
        canvas=address_of("/lti/canvas.json"),
        icon=address_of("/lti/icon.svg"),
    )


def registration_address(token: str) -> str:
    """Returns the one-time registration URL of this token."""
    return address_of(f"/lti/register/{token}")
