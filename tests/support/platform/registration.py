"""Dynamic registration of a test platform (LTI Dynamic Registration 1.0), with Moodle's answers.

``platform.registration_query()`` is added to the tool's address; its token is valid once. Afterwards
``platform.client_id``, ``platform.deployment`` and ``platform.tool`` have the agreed values, and
``platform.registrations`` the received requests.
"""

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, request

from tests.support.platform import grades, roster
from tests.support.platform.wire import answer_json, demand, read_json

if TYPE_CHECKING:
    from tests.support.platform.strict import StrictPlatform

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


def configuration(platform: "StrictPlatform") -> dict[str, Any]:
    """Returns the answer of openid-configuration.php."""
    return {
        "issuer": platform.issuer,
        "token_endpoint": platform.url("token"),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": platform.url("keys"),
        "authorization_endpoint": platform.url("auth"),
        "registration_endpoint": platform.url("registration"),
        "scopes_supported": ["openid", *platform.grade_scopes, roster.SCOPE],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        PLATFORM: {
            "product_family_code": platform.family,
            "version": "2024100700",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"},
                {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
            ],
            "variables": ["CourseSection.title", "User.id", "Person.name.full"],
        },
    }


def register(platform: "StrictPlatform") -> Response:
    """Registers the tool."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    demand(kind == "Bearer" and token, 401, "the registration token did not come")
    demand(token in platform.registration_tokens, 403, "the registration token was used, or never made")
    told = read_json("application/json")
    check_registration(told)
    platform.registration_tokens.remove(token)
    platform.registrations.append(told)
    if not platform.updates_tool:
        platform.client_id = f"client-{secrets.token_hex(4)}"
        platform.deployment = secrets.token_hex(2)
    platform.tool.take(told)
    platform.registered_scopes = tuple(told.get("scope", "").split())
    agreed = {**told, "client_id": platform.client_id, "registration_client_uri": platform.url("registration")}
    if platform.tells_deployment:
        agreed[TOOL] = {**told[TOOL], "deployment_id": platform.deployment}
    return answer_json(agreed, status=201)


def check_registration(told: dict[str, Any]) -> None:
    """Records a complaint for missing members."""
    demand(told.get("application_type") == "web", 400, "application_type is not web")
    demand(told.get("response_types") == ["id_token"], 400, "response_types is not [id_token]")
    demand(
        {"implicit", "client_credentials"} <= set(told.get("grant_types", [])),
        400,
        "grant_types lack implicit or client_credentials",
    )
    demand(told.get("token_endpoint_auth_method") == "private_key_jwt", 400, "token_endpoint_auth_method")
    demand(isinstance(told.get("client_name"), str) and told["client_name"], 400, "client_name is missing")
    demand(told.get("redirect_uris"), 400, "redirect_uris is missing")
    tool = told.get(TOOL)
    demand(isinstance(tool, dict), 400, f"{TOOL} is missing")
    assert isinstance(tool, dict)
    for address in (
        told.get("initiate_login_uri"),
        told.get("jwks_uri"),
        tool.get("target_link_uri"),
        *told["redirect_uris"],
    ):
        demand(
            isinstance(address, str) and urlsplit(address).scheme in ("https", "http"),
            400,
            f"{address!r} is no address",
        )
        demand(
            urlsplit(str(address)).netloc.startswith(str(tool.get("domain"))),
            400,
            f"{address} is outside {tool.get('domain')}",
        )
    demand(isinstance(tool.get("claims"), list), 400, "claims is missing")
    demand(
        {one.get("type") for one in tool.get("messages", [])} >= {"LtiDeepLinkingRequest"},
        400,
        "messages lack deep linking",
    )
    demand(all(word for word in told.get("scope", "").split()), 400, "scope")
    demand(
        set(told.get("scope", "").split()) <= {*grades.SCOPES, roster.SCOPE, "openid"},
        400,
        "scopes that were not offered",
    )
