"""What the frame says of the person and where it leads, whatever features there are."""

from typing import Any

from flask import current_app, request, url_for

from lms.core.auth.roles import RANKED
from lms.core.i18n import gettext as _
from lms.core.public_url import address_of
from lms.http.request_context import actor
from lms.registry.roles import role_word


def link_to(*endpoints: str) -> str:
    """The address of the first of these endpoints that exists (and needs no arguments); empty when none does."""
    for endpoint in endpoints:
        if endpoint in current_app.view_functions:
            return url_for(endpoint)
    return ""


def whole_address(endpoint: str, **values: Any) -> str:
    """For a letter or for paper: at the public address, outside of whatever launch it is written in."""
    path = url_for(endpoint, **values)
    return address_of(path.removeprefix(request.script_root))


def own_role() -> str:
    """The word beside the person's name: of several roles the one that answers for most; empty for nobody."""
    acting = actor()
    if acting.is_administrator:
        return _("administrator")
    held = {place.role for place in acting.places}
    for role in RANKED:
        if role in held:
            return role_word(role)
    return _("trainee") if acting.enrolled_in else ""
