"""The configuration that a Canvas developer key is made from (its «Enter URL» method). Pure."""

from typing import Any

from lms.lti.connections.registration import tool_description, tool_name
from lms.lti.tool import SCOPES, ToolUrls

PLACEMENTS = {
    "assignment_selection": "LtiDeepLinkingRequest",
    "link_selection": "LtiDeepLinkingRequest",
}
"""Where Canvas offers the tool, and with which message it opens it."""


def configuration(ours: ToolUrls) -> dict[str, Any]:
    """As Canvas reads it."""
    return {
        "title": tool_name(),
        "description": tool_description(),
        "oidc_initiation_url": ours.login,
        "target_link_uri": ours.launch,
        "redirect_uris": [ours.launch],
        "public_jwk_url": ours.keys,
        "scopes": list(SCOPES),
        "custom_fields": {},
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": ours.domain,
                "tool_id": "stazhirovka",
                "privacy_level": "public",
                "settings": {
                    "text": tool_name(),
                    "icon_url": ours.icon,
                    "placements": [_placement(name, kind, ours) for name, kind in PLACEMENTS.items()],
                },
            }
        ],
    }


def _placement(name: str, kind: str, ours: ToolUrls) -> dict[str, Any]:
    return {
        "placement": name,
        "message_type": kind,
        "target_link_uri": ours.launch,
        "text": tool_name(),
        "icon_url": ours.icon,
    }
