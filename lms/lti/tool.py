"""What we are to platforms: our addresses, our names, what we ask for. The same for every platform."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from lms.core.public_url import address_of

SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
"""Grades: columns and scores; the roster."""
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "middle_name", "email", "locale")
MESSAGES = ("LtiResourceLinkRequest", "LtiDeepLinkingRequest")


@dataclass(frozen=True, slots=True)
class ToolUrls:
    """The addresses that a platform is told."""

    base: str
    login: str
    launch: str
    keys: str
    canvas: str
    icon: str

    @property
    def domain(self) -> str:
        """Host and, where there is one, port: Moodle compares it with the tool's address."""
        return urlsplit(self.base).netloc


def tool_urls() -> ToolUrls:
    """As of the configured public address."""
    return ToolUrls(
        base=address_of(""),
        login=address_of("/lti/login"),
        launch=address_of("/lti/launch"),
        keys=address_of("/lti/jwks.json"),
        canvas=address_of("/lti/canvas.json"),
        icon=address_of("/lti/icon.svg"),
    )


def registration_address(token: str) -> str:
    """The one-time address of this token."""
    return address_of(f"/lti/register/{token}")
