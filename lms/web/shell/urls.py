"""Addresses and the role that the page frame shows."""

from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for

from lms.core.auth.roles import RANKED
from lms.core.i18n import gettext as _
from lms.core.public_url import address_of
from lms.http.request_context import actor
from lms.web.shell.role_labels import role_word


def link_to(*endpoints: str) -> str:
    """Returns the address of the first of these endpoints that exists and needs no arguments, else an empty text."""
    for endpoint in endpoints:
        if endpoint in current_app.view_functions:
            return url_for(endpoint)
    return ""


def page_url() -> str:
    """Returns the address of the list that is shown, with its filters and ``{page}`` for the page's number."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if value and name not in ("page", "all")]
    return f"{request.script_root}{request.path}?{urlencode(kept)}{'&' if kept else ''}page={{page}}"


def whole_address(endpoint: str, **values: Any) -> str:
    """Returns the full public address for a letter or a printout, without the prefix of a launch."""
    path = url_for(endpoint, **values)
    return address_of(path.removeprefix(request.script_root))


def own_role() -> str:
    """Returns the name of the role beside the person's name: the most responsible of several, empty for nobody."""
    acting = actor()
    if acting.is_administrator:
        return _("administrator")
    held = {place.role for place in acting.places}
    for role in RANKED:
        if role in held:
            return role_word(role)
    return _("trainee") if acting.enrolled_in else ""
