"""Error pages: what happened, what to do next, and the request's id for support."""

import errno
from contextlib import suppress

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException

from lms.core.errors import DomainError, Forbidden, Invalid, Throttled
from lms.core.i18n import gettext as _
from lms.http.request_log import logged_path

log = structlog.get_logger()
PAGES = frozenset({400, 403, 404, 409, 413, 429, 500, 503})
RETRY_SECONDS = 30
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
MOST_TYPED = 500_000
"""Characters of a form that are offered to be sent again."""


def init_errors(app: Flask) -> None:
    """Registers the handlers that show domain errors and HTTP errors with the same templates."""
    app.register_error_handler(DomainError, show_domain_error)
    app.register_error_handler(DataError, show_data_error)
    for kind in (OperationalError, InterfaceError, NoFreeConnection):
        app.register_error_handler(kind, show_unavailable)
    app.register_error_handler(CSRFError, show_csrf_error)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(Exception, show_failure)


def page(status: int, message: str = "", **headers: str) -> ResponseReturnValue:
    """Returns the page of this status; htmx and scripts get a fragment of text."""
    session = g.get("db")
    if session is not None:
        with suppress(SQLAlchemyError):  # the database may be away
            session.rollback()
    if request.headers.get("HX-Request"):
        return message or _("Something went wrong."), status, headers
    g.bare = status >= 500  # without navigation, which the database knows
    name = status if status in PAGES else (400 if status < 500 else 500)
    values = {"message": message, "status": status, "typed": g.get("typed")}
    return render_template(f"errors/{name}.html", **values), status, headers


def show_domain_error(error: DomainError) -> ResponseReturnValue:
    """Returns the page of a domain error that the view did not show at a form."""
    if isinstance(error, Forbidden):
        log.warning("forbidden", method=request.method, path=logged_path())
    if isinstance(error, Throttled):
        return page(429, error.message, **{"Retry-After": str(error.retry_after)})
    return page(error.status, error.message)


def show_data_error(error: DataError) -> ResponseReturnValue:
    """Returns the page for a value that the database refused: the last net below the checks of each field."""
    log.warning("value_refused", path=logged_path(), exc_info=error)
    return show_domain_error(Invalid(code="value_out_of_range"))


def show_unavailable(error: Exception) -> ResponseReturnValue:
    """Returns the page for a database that cannot be reached or has no room; a form can be sent again from it."""
    log.error("service_unavailable", path=logged_path(), exc_info=error)
    g.typed = typed_fields()
    return page(503, **{"Retry-After": str(RETRY_SECONDS)})


def typed_fields() -> list[tuple[str, str]]:
    """Returns what was typed into the form that could not be handled; empty for one with a password."""
    if request.method != "POST":
        return []
    with suppress(OSError, HTTPException):  # files of the form may have found no room
        fields = list(request.form.items(multi=True))
        is_secret = any("password" in name for name, _value in fields)
        return fields if sum(len(value) for _name, value in fields) <= MOST_TYPED and not is_secret else []
    return []


def show_csrf_error(error: CSRFError) -> ResponseReturnValue:
    """Returns the page for a form with a missing, old or foreign CSRF token."""
    log.warning("form_refused", path=logged_path(), reason=error.description)
    return page(
        400, _("This page was open for too long. Go back, reload it and send it again; what you typed is kept.")
    )


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    """Returns the page of an HTTP error (not found, too large, not allowed…); redirects pass unchanged."""
    if error.code is None or error.code < 400:
        return error.get_response()
    return page(error.code)


def show_failure(error: Exception) -> ResponseReturnValue:
    """Logs an unexpected exception with its traceback and returns a short page."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return show_unavailable(error)
    log.error("request_failed", path=logged_path(), exc_info=error)
    try:
        return page(500)
    except Exception:  # the page needs the database or a template that fails
        return _("Something went wrong on our side. Try again in a minute."), 500
