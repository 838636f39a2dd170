"""Blueprint of the administrator's pages; only administrators may open them."""

from typing import TypeVar

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.core.auth.policy import demand, fetch
from lms.http.login import send_to_log_in
from lms.http.request_context import actor, db
from lms.web.shell.forms import Form

bp = Blueprint("admin", __name__, url_prefix="/admin")

T = TypeVar("T")


@bp.before_request
def only_administrators() -> ResponseReturnValue | None:
    """Refuses everybody except administrators, before each request of this blueprint."""
    if not current_user.is_authenticated:
        return send_to_log_in()
    demand(actor(), "installation.manage")
    return None


def get(model: type[T], key: int) -> T:
    """Returns the row with this key. Raises ``NotFound``."""
    return fetch(db(), model, key, actor=actor(), may="installation.manage")


def show(template: str, *forms: Form, **values: object) -> ResponseReturnValue:
    """Returns a page with its forms; status 422 if one of them has errors."""
    status = 422 if any(form.errors for form in forms) else 200
    return render_template(f"admin/{template}.html", **values), status
