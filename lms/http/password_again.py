"""Asks for the password again before a sensitive deed, unless it was shown in this session some minutes ago.

An open browser at school, or a stolen cookie, is not enough to log others out, to give roles or to print cards. The
page that asks repeats the form that was sent, so that nothing is typed twice and no script is needed.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from lms.core.errors import DomainError
from lms.core.people import login
from lms.core.people.models import UserSession
from lms.http.request_context import db, now

View = TypeVar("View", bound=Callable[..., Any])

MARK = "asks_password"
"""Attribute of a view function that asks for the password."""
LASTS = timedelta(minutes=10)
FIELD = "password_again"
OWN_FIELDS = frozenset({FIELD, "csrf_token"})


def password_again(view: View) -> View:
    """Marks a view whose POST is a sensitive deed; stands under ``login_required``."""

    @wraps(view)
    def asking(*args: Any, **kwargs: Any) -> Any:
        found: UserSession | None = g.get("user_session")
        if request.method != "POST" or found is None or _is_recent(found):
            return view(*args, **kwargs)
        return _refusal(found) or view(*args, **kwargs)

    setattr(asking, MARK, True)
    return cast(View, asking)


def confirm_password(*, password: str, field: str) -> None:
    """Checks the password of this browser's account and notes it in the session.

    Raises ``Throttled`` or ``Invalid`` at the field.
    """
    found: UserSession = g.user_session
    login.check_current(db(), account=found.account, password=password, now=now(), field=field)
    found.confirmed_at = now()


def _is_recent(found: UserSession) -> bool:
    return found.account.password_hash is None or now() - found.confirmed_at < LASTS


def _refusal(found: UserSession) -> ResponseReturnValue | None:
    """Returns the page that asks for the password; None when the right one was sent."""
    typed, error = request.form.get(FIELD), ""
    if typed is not None:
        try:
            confirm_password(password=typed, field=FIELD)
        except DomainError as wrong:
            error = wrong.message
        else:
            return None
    repeated = [pair for pair in request.form.items(multi=True) if pair[0] not in OWN_FIELDS]
    page = render_template("accounts/password_again.html", error=error, repeated=repeated, account=found.account)
    return page, 422 if error else 403
