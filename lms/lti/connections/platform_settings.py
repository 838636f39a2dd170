"""Validation of a platform's settings: limits and permitted URLs. Pure."""

from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

from lms.core.errors import Invalid
from lms.lti.errors import AddressRefused
from lms.lti.models.platforms import FAMILIES
from lms.lti.platforms.endpoints import endpoints, name_of
from lms.lti.trust.http_client import check_address

LONGEST_LINE = 500
LONGEST_ADDRESS = 2000
LONGEST_IDENTIFIER = 255
"""LTI 1.3 Core, 5.3: identifiers are ASCII."""
NO_CLOSING_SLASH = ("moodle", "canvas", "sakai", "blackboard", "d2l")
"""Families whose issuers have no trailing slash; one pasted from the address bar is removed."""


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """Settings of a connection, typed by a person or received from the platform."""

    family: str
    issuer: str
    client_id: str
    name: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    jwks_url: str = ""
    token_audience: str = ""
    site_id: int | None = None
    instructors_teach: bool = False

    @property
    def columns(self) -> dict[str, object]:
        """Values of the platform's columns."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"token_audience": self.token_audience or None}


def checked(given: PlatformSettings) -> PlatformSettings:
    """Returns the settings trimmed, completed with the family's default URLs and validated. Raises ``Invalid`` at
    the field.
    """
    trimmed = _trimmed(given)
    if trimmed.family not in FAMILIES:
        raise Invalid(code="platform_family_unknown", field="family")
    _demand_issuer(trimmed.issuer)
    _demand_identifier(trimmed.client_id, "client_id")
    whole = _completed(trimmed)
    for name in ("authorization_endpoint", "token_endpoint", "jwks_url"):
        _demand_address(getattr(whole, name), name)
    if len(whole.token_audience) > LONGEST_ADDRESS:
        raise Invalid(code="platform_audience_too_long", field="token_audience")
    return replace(whole, name=(whole.name or name_of(whole.family, whole.issuer))[:LONGEST_LINE])


def identifier(text: str, field: str) -> str:
    """Returns a valid deployment id or client id. Raises ``Invalid`` at the field."""
    trimmed = text.strip()
    _demand_identifier(trimmed, field)
    return trimmed


def _trimmed(given: PlatformSettings) -> PlatformSettings:
    texts = {f.name: value.strip() for f in fields(given) if isinstance(value := getattr(given, f.name), str)}
    for name in ("name", "token_audience"):
        texts[name] = "".join(sign for sign in texts[name] if sign.isprintable())
    if texts["family"] in NO_CLOSING_SLASH:
        texts["issuer"] = texts["issuer"].rstrip("/")
    return replace(given, **texts)  # type: ignore[arg-type]


def _completed(given: PlatformSettings) -> PlatformSettings:
    usual = endpoints(given.family, given.issuer)
    names = ("authorization_endpoint", "token_endpoint", "jwks_url")
    whole = replace(given, **{name: getattr(given, name) or getattr(usual, name) for name in names})
    if whole.token_endpoint != usual.token_endpoint:
        return whole  # the default audience applies only to the family's own endpoint
    return replace(whole, token_audience=whole.token_audience or usual.token_audience)


def _demand_issuer(issuer: str) -> None:
    if not issuer:
        raise Invalid(code="platform_issuer_missing", field="issuer")
    try:
        parts = urlsplit(issuer)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.fragment
    except ValueError:
        good = False
    if not good or len(issuer) > LONGEST_LINE or not issuer.isascii() or any(sign.isspace() for sign in issuer):
        raise Invalid(code="platform_issuer_malformed", field="issuer")


def _demand_identifier(text: str, field: str) -> None:
    if not text:
        raise Invalid(code="platform_identifier_missing", field=field)
    if len(text) > LONGEST_IDENTIFIER or not text.isascii() or not text.isprintable():
        raise Invalid(code="platform_identifier_malformed", field=field)


def _demand_address(url: str, field: str) -> None:
    if not url:
        raise Invalid(code="platform_endpoint_missing", field=field)
    try:
        check_address(url)
    except AddressRefused as refused:
        raise Invalid(code=refused.code, field=field, params=refused.params) from refused
