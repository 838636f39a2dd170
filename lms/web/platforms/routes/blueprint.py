"""Blueprint of platforms: the administrator's pages, and endpoints requested by platforms."""

from typing import TypeVar

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.core.auth.policy import demand, fetch
from lms.http.login import send_to_log_in
from lms.http.request_context import actor, db
from lms.lti.models.platforms import Platform
from lms.web.shell.forms import Form

bp = Blueprint("platforms", __name__)

PREFIX = "/admin/platforms"
PUBLIC = frozenset({"platforms.register", "platforms.canvas", "platforms.tool_icon"})
"""Endpoints requested by platforms and their administrators, who have no account here."""

T = TypeVar("T")


@bp.before_request
def only_administrators() -> ResponseReturnValue | None:
    """Checks the administrator's permission for all pages."""
    if request.endpoint in PUBLIC:
        return None
    if not current_user.is_authenticated:
        return send_to_log_in()
    demand(actor(), "platform.manage")
    return None


def get(model: type[T], key: int) -> T:
    """Returns the row with this key. Raises ``NotFound``."""
    return fetch(db(), model, key, actor=actor(), may="platform.manage")


def get_platform(platform_id: int) -> Platform:
    """Returns the connection with this id. Raises ``NotFound``."""
    return get(Platform, platform_id)


def show(template: str, *forms: Form, **values: object) -> ResponseReturnValue:
    """Renders a page with its forms; 422 if a form has errors."""
    status = 422 if any(form.errors for form in forms) else 200
    return render_template(f"platforms/{template}.html", **values), status
