"""JSON configuration of a Canvas developer key (its «Enter URL» method). Pure."""

from typing import Any

from lms.lti.connections.registration import tool_description, tool_name
from lms.lti.tool import SCOPES, ToolUrls

PLACEMENTS = {
    "assignment_selection": "LtiDeepLinkingRequest",
    "link_selection": "LtiDeepLinkingRequest",
}
"""Canvas placement → message type."""


def configuration(ours: ToolUrls) -> dict[str, Any]:
    """Returns the configuration in Canvas's format."""
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
