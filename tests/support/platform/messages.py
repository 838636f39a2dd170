"""Names of LTI claims, and the claims of a launch message.

``launch_claims(platform, user, link, nonce=…)`` and ``deep_linking_claims(…)`` are right ones; ``changed(claims,
{"roles": [], "nonce": None})`` changes them: LTI claims by their short names, None leaves one out.
"""

import time
from typing import TYPE_CHECKING, Any

from tests.support.platform.course import PlatformLink, Somebody

if TYPE_CHECKING:
    from tests.support.platform.strict import StrictPlatform

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SHORT = {
    **{
        name: LTI + name
        for name in (
            "message_type",
            "version",
            "deployment_id",
            "target_link_uri",
            "resource_link",
            "roles",
            "context",
            "tool_platform",
            "role_scope_mentor",
            "launch_presentation",
            "custom",
        )
    },
    **{
        name: DEEP_LINKING + name
        for name in ("deep_linking_settings", "content_items", "data", "msg", "log", "errormsg", "errorlog")
    },
    "grades": "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint",
    "roster": "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",
}
LIFE = 60
"""Seconds that Moodle's id_token is valid."""


def changed(claims: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Returns the claims with these changes."""
    full = {SHORT.get(name, name): value for name, value in changes.items()}
    return {name: value for name, value in (claims | full).items() if value is not None}


def base_claims(platform: "StrictPlatform", user: Somebody, *, nonce: str, target: str) -> dict[str, Any]:
    """Returns the claims of every message."""
    now = int(time.time())
    course = platform.course
    return user.identity() | {
        "iss": platform.issuer,
        "aud": platform.client_id,
        "iat": now,
        "exp": now + LIFE,
        "nonce": nonce,
        "locale": user.locale,
        SHORT["version"]: "1.3.0",
        SHORT["deployment_id"]: platform.deployment,
        SHORT["target_link_uri"]: target,
        SHORT["roles"]: list(user.roles),
        SHORT["context"]: {
            "id": course.id,
            "title": course.title,
            "label": course.label,
            "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
        },
        SHORT["tool_platform"]: {"guid": platform.host, "name": "Платформа", "product_family_code": "moodle"},
        SHORT["launch_presentation"]: {
            "document_target": "iframe",
            "locale": user.locale,
            "return_url": platform.url("return"),
        },
        SHORT["roster"]: {
            "context_memberships_url": platform.service_url("members"),
            "service_versions": ["1.0", "2.0"],
        },
    }


def launch_claims(platform: "StrictPlatform", user: Somebody, link: PlatformLink, *, nonce: str) -> dict[str, Any]:
    """Returns an ``LtiResourceLinkRequest``."""
    claims = base_claims(platform, user, nonce=nonce, target=platform.target_of(link)) | {
        SHORT["message_type"]: "LtiResourceLinkRequest",
        SHORT["resource_link"]: {"id": link.id, "title": link.title},
        SHORT["grades"]: _grades(platform, link),
    }
    if link.custom:
        claims[SHORT["custom"]] = dict(link.custom)
    if user.mentees:
        claims[SHORT["role_scope_mentor"]] = list(user.mentees)
    return claims


def _grades(platform: "StrictPlatform", link: PlatformLink) -> dict[str, Any]:
    told: dict[str, Any] = {"scope": list(platform.grade_scopes), "lineitems": platform.service_url("line_items")}
    if link.line_item:
        told["lineitem"] = platform.line_item_url(link.line_item)
    return told


def deep_linking_claims(platform: "StrictPlatform", user: Somebody, *, nonce: str) -> dict[str, Any]:
    """Returns an ``LtiDeepLinkingRequest`` like Moodle's: several links with line items."""
    return base_claims(platform, user, nonce=nonce, target=platform.tool.target) | {
        SHORT["message_type"]: "LtiDeepLinkingRequest",
        SHORT["deep_linking_settings"]: {
            "deep_link_return_url": platform.url("deep-linking-return"),
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_copy_advice": False,
            "accept_multiple": True,
            "accept_unsigned": False,
            "auto_create": False,
            "can_confirm": False,
            "accept_lineitem": True,
            "data": platform.deep_linking_data,
        },
    }
