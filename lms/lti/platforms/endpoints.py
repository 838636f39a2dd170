"""Families of platforms: names and default endpoints. Pure.

Sources: each product's own documentation of LTI 1.3 (Moodle 4.5, Canvas, Sakai 23, Blackboard Learn Ultra, D2L).
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

NAMES = {
    "moodle": "Moodle",
    "canvas": "Canvas",
    "sakai": "Sakai",
    "blackboard": "Blackboard Learn",
    "d2l": "D2L Brightspace",
    "other": "LTI 1.3",
}
REGISTER_THEMSELVES = ("moodle", "canvas", "sakai", "d2l", "other")
"""Families with dynamic registration; Blackboard registers through its developer portal."""
PRODUCTS = {"moodle": "moodle", "canvas": "canvas", "sakai": "sakai", "blackboard": "blackboard", "desire2learn": "d2l"}
"""Prefix of ``product_family_code`` → family."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Endpoints of a platform; empty if the platform must give them."""

    authorization_endpoint: str = ""
    token_endpoint: str = ""
    jwks_url: str = ""
    token_audience: str = ""


def family_of(product: str) -> str:
    """Returns the family of a ``product_family_code``."""
    code = product.strip().lower()
    return next((family for begin, family in PRODUCTS.items() if code.startswith(begin)), "other")


def endpoints(family: str, issuer: str) -> Endpoints:
    """Returns the endpoints derived from the issuer; empty ones must be given."""
    base = issuer.strip().rstrip("/")
    return DERIVED.get(family, _nothing)(base)


def name_of(family: str, issuer: str) -> str:
    """Returns the default name of a connection."""
    host = urlsplit(issuer).hostname or issuer
    return host if family == "other" else f"{NAMES[family]}, {host}"


def _nothing(_base: str) -> Endpoints:
    return Endpoints()


def _moodle_addresses(base: str) -> Endpoints:
    return Endpoints(f"{base}/mod/lti/auth.php", f"{base}/mod/lti/token.php", f"{base}/mod/lti/certs.php")


def _canvas_addresses(base: str) -> Endpoints:
    host = "https://sso.canvaslms.com" if base == CANVAS_CLOUD else base
    return Endpoints(
        f"{host}/api/lti/authorize_redirect", f"{host}/login/oauth2/token", f"{host}/api/lti/security/jwks"
    )


def _sakai_addresses(base: str) -> Endpoints:
    return Endpoints(f"{base}/imsoidc/lti13/oidc_auth", "", f"{base}/imsblis/lti13/keyset")


def _blackboard_addresses(_base: str) -> Endpoints:
    gateway = "https://developer.blackboard.com/api/v1/gateway"
    return Endpoints(f"{gateway}/oidcauth", f"{gateway}/oauth2/jwttoken")


def _d2l_addresses(base: str) -> Endpoints:
    return Endpoints(
        f"{base}/d2l/lti/authenticate",
        "https://auth.brightspace.com/core/connect/token",
        f"{base}/d2l/.well-known/jwks",
        "https://api.brightspace.com/auth/token",
    )


CANVAS_CLOUD = "https://canvas.instructure.com"
BLACKBOARD = "https://blackboard.com"
DERIVED: dict[str, Callable[[str], Endpoints]] = {
    "moodle": _moodle_addresses,
    "canvas": _canvas_addresses,
    "sakai": _sakai_addresses,
    "blackboard": _blackboard_addresses,
    "d2l": _d2l_addresses,
}
