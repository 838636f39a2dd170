"""Links of the frame to features that may or may not be there."""

from flask import current_app, url_for


def link_to(*endpoints: str) -> str:
    """The address of the first of these endpoints that exists (and needs no arguments); empty when none does."""
    for endpoint in endpoints:
        if endpoint in current_app.view_functions:
            return url_for(endpoint)
    return ""
