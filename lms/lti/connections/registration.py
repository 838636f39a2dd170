"""Dynamic registration: the platform opens a one-time address pasted by its administrator.

1EdTech LTI Dynamic Registration 1.0 (based on OpenID Connect Dynamic Client Registration 1.0). The one-time token
permits a stranger to make us request a URL, so nothing is requested before the token is verified.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.core.errors import Invalid
from lms.core.i18n import LOCALES, use_locale
from lms.core.sentences import ErrorDetail, sentence
from lms.lti import tool
from lms.lti.connections import operations, registration_links
from lms.lti.connections.platform_settings import PlatformSettings
from lms.lti.errors import AddressRefused, Refused, Unreachable
from lms.lti.messages.urls import origin_of
from lms.lti.models.platforms import Platform, RegistrationAddress
from lms.lti.platforms.endpoints import family_of
from lms.lti.services.tokens import error_of
from lms.lti.trust import http_client

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLACEMENTS = {"canvas": ["ContentArea", "assignment_selection", "link_selection"]}
"""Placements of content selection by family; others use the default."""
OK, REDIRECT = 200, 300
CONFIGURATION_HOSTS = {
    "canvas.instructure.com": "sso.canvaslms.com",
    "canvas.beta.instructure.com": "sso.beta.canvaslms.com",
    "canvas.test.instructure.com": "sso.test.canvaslms.com",
}
"""Issuer's host → another host of the same owner with its configuration: Canvas in the cloud."""

TRUSTED_AUDIENCES = {("https://auth.brightspace.com/core/connect/token", "https://api.brightspace.com/auth/token")}
"""Token endpoint and audience of one owner at two hosts: D2L."""


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """Validated configuration of a platform."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_url: str
    token_audience: str
    registration_endpoint: str
    family: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegistrationResult:
    """Result of a registration."""

    platform: Platform
    already: bool = False
    """True if the platform had used this address before."""
    updated: bool = False
    """True if the platform has updated a tool that is connected here already, under its client id."""


def register(session: Session, *, token: str, configuration: str, access: str, now: datetime) -> RegistrationResult:
    """Reads the platform's configuration, registers the tool there and saves the connection; simultaneous requests
    register once.

    ``configuration`` is ``openid_configuration`` and ``access`` ``registration_token`` of the platform's request.
    Raises ``Refused``; the one-time address then stays usable.
    """
    address = registration_links.lock_link(session, token)
    try:
        return _registered(session, address, configuration, access, now)
    except Refused as refused:
        refused.platform_id, refused.issuer = address.platform_id, origin_of(configuration)
        raise


def _registered(
    session: Session, address: RegistrationAddress, configuration: str, access: str, now: datetime
) -> RegistrationResult:
    if address.used_at is not None and address.platform is not None and _same_host(address, configuration):
        return RegistrationResult(address.platform, already=True)
    registration_links.demand_usable(address, now)
    offered = fetch_configuration(configuration)
    _demand_renewable(address, offered)
    answer = _post_registration(offered, registration_request(offered), access)
    known = operations.find_connection(session, issuer=offered.issuer, client_id=str(answer["client_id"]))
    with session.begin_nested():  # a refused row leaves the session usable for the refusal
        renewed = known or address.platform
        settings = _settings(address, offered, answer, renewed)
        platform = _save_connection(session, settings, _deployment(answer), renewed, now)
    address.platform_id, address.used_at = platform.id, now
    session.flush()
    return RegistrationResult(platform, updated=known is not None)


def fetch_configuration(configuration: str) -> PlatformConfiguration:
    """Fetches and validates the configuration. Raises ``Refused`` if issuer, URL and endpoints do not belong
    together.
    """
    return parse_configuration(_fetch_json(configuration), configuration)


def parse_configuration(told: Mapping[str, Any], configuration: str) -> PlatformConfiguration:
    """Validates the platform's configuration. Pure. Raises ``Refused``."""
    issuer = _text(told, "issuer")
    if not _belongs(configuration, issuer):
        raise Refused(
            "registration_issuer",
            f"issuer {issuer} in {_shown(configuration)}",
            code="registration_issuer_foreign",
        )
    details = told.get(PLATFORM)
    product = details.get("product_family_code") if isinstance(details, dict) else ""
    endpoint = _text(told, "registration_endpoint")
    _demand_at(endpoint, issuer)
    token_endpoint, audience = _text(told, "token_endpoint"), _optional(told, "authorization_server")
    _demand_own_audience(audience, token_endpoint, issuer)
    return PlatformConfiguration(
        issuer=issuer,
        authorization_endpoint=_text(told, "authorization_endpoint"),
        token_endpoint=token_endpoint,
        jwks_url=_text(told, "jwks_uri"),
        token_audience=audience,
        registration_endpoint=endpoint,
        family=family_of(product if isinstance(product, str) else ""),
        scopes=_wanted_scopes(told.get("scopes_supported")),
    )


def registration_request(offered: PlatformConfiguration) -> dict[str, Any]:
    """Returns the registration of the tool in both languages. Pure except for the configured public address."""
    ours = tool.tool_urls()
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": ours.login,
        "redirect_uris": [ours.launch],
        "jwks_uri": ours.keys,
        "token_endpoint_auth_method": "private_key_jwt",
        **_in_languages("client_name", tool_name),
        "client_uri": ours.base,
        "logo_uri": ours.icon,
        "scope": " ".join(offered.scopes),
        TOOL: {
            "domain": ours.domain,
            **_in_languages("description", tool_description),
            "target_link_uri": ours.launch,
            "claims": list(tool.CLAIMS),
            "messages": [_message(kind, offered.family) for kind in tool.MESSAGES],
        },
    }


def tool_name() -> str:
    """Returns the tool's name in teachers' list of tools."""
    return sentence("tool_name", {})


def tool_description() -> str:
    """Returns the tool's description."""
    return sentence("tool_description", {})


def _message(kind: str, family: str) -> dict[str, Any]:
    label = _choose_label if kind == "LtiDeepLinkingRequest" else tool_name
    message: dict[str, Any] = {
        "type": kind,
        "target_link_uri": tool.tool_urls().launch,
        **_in_languages("label", label),
        "icon_uri": tool.tool_urls().icon,
    }
    if kind == "LtiDeepLinkingRequest":
        message["placements"] = PLACEMENTS.get(family, ["ContentArea"])
    return message


def _choose_label() -> str:
    return sentence("tool_choose_label", {})


def _in_languages(name: str, say: Any) -> dict[str, str]:
    """Returns ``name`` in the installation's language and ``name#xx`` in each (OpenID Connect Registration 1.0,
    2.1).
    """
    found = {name: str(say())}
    for locale in LOCALES:
        with use_locale(locale):
            found[f"{name}#{locale}"] = str(say())
    return found


def _fetch_json(configuration: str) -> Mapping[str, Any]:
    try:
        answer = http_client.request("GET", configuration, headers={"Accept": "application/json"})
        told = answer.json() if answer.status == OK else None
    except AddressRefused as refused:
        raise Refused(
            "registration_address", _shown(configuration), code=refused.code, params=refused.params
        ) from refused
    except Unreachable as silent:
        raise _unreachable(silent) from silent
    if not isinstance(told, dict):
        raise Refused(
            "registration_configuration",
            _shown(configuration),
            code="registration_configuration_unreadable",
            params={"status": answer.status},
        )
    return told


def _post_registration(
    offered: PlatformConfiguration, registration: Mapping[str, Any], access: str
) -> Mapping[str, Any]:
    """Returns the platform's answer to our registration. Raises ``Refused``."""
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {access}"} if access else {})
    try:
        answer = http_client.request("POST", offered.registration_endpoint, json=dict(registration), headers=headers)
    except AddressRefused as refused:
        raise Refused(
            "registration_address", offered.registration_endpoint, code=refused.code, params=refused.params
        ) from refused
    except (Unreachable, ValueError) as silent:
        raise _unreachable(silent) from silent
    if not OK <= answer.status < REDIRECT:
        raise Refused(
            "registration_refused",
            f"status {answer.status} of {offered.registration_endpoint}",
            code="registration_refused_by_platform",
            params={"why": error_of(answer)},
        )
    return _accepted(answer)


def _accepted(answer: http_client.PlatformResponse) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except Unreachable as error:
        raise _unreachable(error) from error
    if not isinstance(told, dict) or not isinstance(told.get("client_id"), str | int):
        raise Refused("registration_answer", "no client_id", code="registration_client_id_missing")
    return told


def _settings(
    address: RegistrationAddress, offered: PlatformConfiguration, answer: Mapping[str, Any], known: Platform | None
) -> PlatformSettings:
    """Returns the settings of the connection; a renewed one keeps its name and its owner."""
    return PlatformSettings(
        family=offered.family,
        issuer=offered.issuer,
        client_id=str(answer["client_id"]),
        name=known.name if known else "",
        authorization_endpoint=offered.authorization_endpoint,
        token_endpoint=offered.token_endpoint,
        jwks_url=offered.jwks_url,
        token_audience=offered.token_audience,
        site_id=known.site_id if known else address.site_id,
        instructors_teach=known.instructors_teach if known else address.instructors_teach,
    )


def _save_connection(
    session: Session, given: PlatformSettings, deployment_id: str, known: Platform | None, now: datetime
) -> Platform:
    """Adds the connection, or renews the ``known`` one with its people and results.

    A platform whose administrator chooses to update a tool answers with the client id of that tool.
    """
    try:
        if known is None:
            return operations.add(session, actor=None, given=given, deployment_id=deployment_id, now=now, dynamic=True)
        operations.reconnect(session, actor=None, platform=known, given=given, deployment_id=deployment_id, now=now)
        known.dynamic = True
        return known
    except Invalid as wrong:
        raise Refused("registration_answer", f"at {wrong.field}", code=wrong.code, params=wrong.params) from wrong


def _deployment(answer: Mapping[str, Any]) -> str:
    details = answer.get(TOOL)
    told = details.get("deployment_id") if isinstance(details, dict) else None
    told = told if told is not None else answer.get("deployment_id")
    return str(told) if isinstance(told, str | int) else ""


def _demand_renewable(address: RegistrationAddress, offered: PlatformConfiguration) -> None:
    """Raises ``Refused`` if the address reconnects another platform: people are identified by their platform's user
    ids.
    """
    if address.platform is not None and address.platform.issuer != offered.issuer:
        raise Refused(
            "registration_other",
            f"{offered.issuer} instead of {address.platform.issuer}",
            code="registration_of_other_platform",
            params={"name": address.platform.name},
        )


def _same_host(address: RegistrationAddress, configuration: str) -> bool:
    return address.platform is not None and _belongs(configuration, address.platform.issuer)


def _demand_at(endpoint: str, issuer: str) -> None:
    """Raises ``Refused`` unless the registration endpoint, which receives the token, belongs to the issuer."""
    if not _belongs(endpoint, issuer):
        raise Refused(
            "registration_issuer",
            f"registration_endpoint {_shown(endpoint)} of {issuer}",
            code="registration_endpoint_foreign",
        )


def _demand_own_audience(audience: str, token_endpoint: str, issuer: str) -> None:
    """Raises ``Refused`` if an assertion for this platform's token endpoint could be used elsewhere.

    All platforms know us by the same keys: an assertion with another platform's audience, and our client id there,
    could be passed on and would open its grades and rosters.
    """
    own = audience == "" or _belongs(audience, issuer) or _origin_host(audience) == _origin_host(token_endpoint)
    if not own and (token_endpoint, audience) not in TRUSTED_AUDIENCES:
        raise Refused(
            "registration_issuer",
            f"authorization_server {_shown(audience)} for {_shown(token_endpoint)} of {issuer}",
            code="registration_audience_foreign",
        )


def _wanted_scopes(supported: Any) -> tuple[str, ...]:
    """Returns our scopes that the platform supports; all of ours if it does not say."""
    known = tuple(scope for scope in tool.SCOPES if isinstance(supported, list) and scope in supported)
    return known or tool.SCOPES


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refused(
            "registration_configuration",
            f"no {name}",
            code="registration_value_missing",
            params={"name": name},
        )
    return value.strip()


def _optional(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value.strip() if isinstance(value, str) else ""


def _belongs(url: str, issuer: str) -> bool:
    """Returns whether the URL is on the issuer's host (LTI Dynamic Registration 1.0, 3.5)."""
    host, own = _origin_host(url), _origin_host(issuer)
    return bool(own) and host in (own, CONFIGURATION_HOSTS.get(own))


def _origin_host(url: str) -> str:
    """Returns the host and a non-default port."""
    return origin_of(url.strip()).partition("://")[2]


def _shown(url: str) -> str:
    """Returns a URL for the log, without its query, which may hold a token."""
    return "".join(sign for sign in url.partition("?")[0][:500] if sign.isprintable())


def _unreachable(error: Exception) -> Refused:
    why = (
        error.as_detail()
        if isinstance(error, Unreachable)
        else ErrorDetail("platform_message", params={"text": str(error)})
    )
    return Refused("registration_unreachable", str(error), code="registration_unreachable", params={"why": why})
