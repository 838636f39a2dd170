"""Log-in by a cookie with the token of a session that is stored in the database."""

from typing import Any

import structlog
from flask import Flask, Response, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin
from werkzeug.wrappers import Response as BaseResponse

from lms.core.i18n import gettext as _
from lms.core.people.models import Account
from lms.core.people.sessions import end_session, find_session, open_session, terms
from lms.http.cookies import read_cookie, write_cookie
from lms.http.known_browsers import remember
from lms.http.launch_context import ended, is_framed, living_launch
from lms.http.read_only import permitted_write
from lms.http.request_context import db, now
from lms.http.request_log import note_account
from lms.http.urls import is_safe_path

log = structlog.get_logger()
COOKIE = "stazhirovka_session"

manager = LoginManager()


class User(UserMixin):
    """The account, as Flask-Login and the templates use it."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.id = str(account.id)

    @property
    def display_name(self) -> str:
        """Surname and initials."""
        return self.account.person.short_name


def init_login(app: Flask) -> None:
    """Installs Flask-Login. It reads our cookie when it is first needed and stores nothing of its own."""
    manager.init_app(app)
    manager.session_protection = None
    manager.request_loader(load_user)
    manager.unauthorized_handler(send_to_log_in)
    app.after_request(_write_cookie)


def load_user(_request: Any) -> User | None:
    """Returns the user of the cookie's session if it is valid: of the launch's session inside a launch, else of the
    log-in's.
    """
    if is_framed():
        return _launched_user()
    token = read_cookie(COOKIE)
    if not token:
        return None
    found = find_session(db(), token, now=now())
    if found is None:
        return None
    save_last_seen()
    g.user_session = found.session
    g.session_facts = found.facts
    note_account(found.session.account_id)
    return User(found.session.account)


def save_last_seen() -> None:
    """Writes the time of the session's last request, also in a request that only reads."""
    with permitted_write("the time of the session's last request"):
        db().flush()


def _launched_user() -> User | None:
    visiting = living_launch()
    if visiting is None or visiting.session is None:
        return None
    g.user_session = visiting.session
    note_account(visiting.session.account_id)
    return User(visiting.session.account)


def send_to_log_in() -> ResponseReturnValue:
    """Redirects to the log-in page, which leads back here. htmx and scripts get a status instead.

    Inside a launch nobody logs in: the page leads back to the platform's course.
    """
    if is_framed():
        return ended()
    if request.headers.get("HX-Request") or request.headers.get("Accept", "").startswith("application/json"):
        return Response(_("Log in again: the session has ended. What you typed is kept on this device."), 401)
    if request.method == "GET":
        return redirect(url_for("accounts.log_in", next=request.full_path.rstrip("?")))
    flash(_("Log in again: the session has ended. What you typed is kept on this device."), "warn")
    return redirect(url_for("accounts.log_in", next=referring_path()))


def referring_path() -> str | None:
    """Returns the path of our page that contained the form."""
    referrer = request.referrer or ""
    path = referrer.removeprefix(request.host_url.rstrip("/"))
    return path if is_safe_path(path) else None


def log_in_user(account: Account, *, way: str) -> None:
    """Ends this browser's former session, opens one of the account and clears the Flask session with its CSRF token.

    ``way`` is logged: ``password``, ``link``, ``card`` or ``registration``.
    """
    log_out_user()
    agent = request.user_agent.string
    g.new_token = open_session(db(), account, user_agent=agent, ip_address=request.remote_addr or "", now=now())
    g.new_age = int(terms().longest_for(account).total_seconds())
    remember(account)
    log.info("log_in", way=way, account=account.id)


def log_out_user() -> None:
    """Ends this browser's session."""
    found = g.get("user_session")
    if found is not None:
        log.info("log_out", account=found.account_id)
        end_session(db(), found.account_id, found.id, now=now())
    session.clear()
    g.new_token = ""


def _write_cookie(response: BaseResponse) -> BaseResponse:
    token = g.get("new_token")
    if token is None or response.status_code >= 400:
        return response
    write_cookie(response, COOKIE, token, max_age=g.new_age if token else 0)
    return response
