"""The launch of a request: addresses under ``/in/N``, access to them, and who may frame their pages.

A platform's launch has a number, and all of its pages have addresses under ``/in/<number>/``. The WSGI wrapper moves
that prefix from PATH_INFO to SCRIPT_NAME, so that ``url_for`` keeps it and the cookies of this path are not sent to
another launch or to the ordinary log-in.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from lms.core.i18n import gettext as _
from lms.http.cookies import cross_site, read_cookie, write_cookie
from lms.http.launch_access import is_open, needs_launch
from lms.http.read_only import permitted_write
from lms.http.request_context import db, now
from lms.lti.launches.destinations import Destination
from lms.lti.launches.launch_sessions import find_launch
from lms.lti.models.launches import Launch

COOKIE = "stazhirovka_launch"
NUMBER = "lms.launch"
"""Key of the WSGI environment under which the wrapper stores the launch's number."""
PREFIX = re.compile(r"/in/([1-9]\d{0,8})(?=/|\Z)")
ORIGIN = re.compile(r"https?://[\w.\-]+(:\d{1,5})?|https?://\[[0-9a-fA-F:.]+\](:\d{1,5})?", re.ASCII)
FRAMES = frozenset({"iframe", "frame", "embed", "object"})
"""Values of ``Sec-Fetch-Dest`` for a page inside another page."""

Environment = dict[str, Any]


class InsideLaunch:
    """WSGI wrapper that mounts the application at ``/in/5``: ``/in/5/course`` becomes ``/course``."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: Environment, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Returns the application's response."""
        path = environ.get("PATH_INFO", "")
        if found := PREFIX.match(path):
            environ[NUMBER] = int(found[1])
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + found[0]
            environ["PATH_INFO"] = path[found.end() :] or "/"
        return self._application(environ, start_response)


def init_framed(app: Flask) -> None:
    """Registers the access check before each request and the launch's cookie after it."""
    app.before_request(guard)
    app.after_request(_write_kept)


def launch_number() -> int | None:
    """Returns the launch number of this address, also if the launch has ended."""
    number: int | None = request.environ.get(NUMBER)
    return number


def is_framed() -> bool:
    """Returns whether this is a page of a launch (``/in/N/…``), in a frame or in a window of its own."""
    return launch_number() is not None


def in_window() -> bool:
    """Returns whether the launch's page fills the browser's window.

    Uses ``Sec-Fetch-Dest`` of the browser; without it, the ``document_target`` that the platform sent.
    """
    wanted = request.headers.get("Sec-Fetch-Dest", "")
    if wanted == "document" or wanted in FRAMES:
        return wanted == "document"
    found = living_launch()
    return found is not None and found.target == "window"


def launch() -> Launch:
    """Returns the launch of this page. Raises ``NotFound`` if there is none or it has ended."""
    found = living_launch()
    if found is None:
        raise NotFound
    return found


def living_launch() -> Launch | None:
    """Returns the launch of this address if this browser's cookie opens it. Runs one query a request."""
    if "launch" not in g:
        number = launch_number()
        token = read_cookie(COOKIE, f"/in/{number}")
        g.launch = find_launch(db(), number, token, now=now()) if number is not None and token else None
        with permitted_write("the time of the launch's last request"):
            db().flush()
    found: Launch | None = g.launch
    return found


def here() -> str:
    """Returns the path and query of this page with the launch's prefix, for a link back to it."""
    return request.script_root + request.full_path.rstrip("?")


def guard() -> ResponseReturnValue | None:
    """Refuses views that a launch may not open, and every page of a launch that has ended."""
    if not is_framed() or request.endpoint == "static":
        return None
    endpoint = request.endpoint
    if not needs_launch(endpoint):
        return None
    found = living_launch()
    if found is None:
        return ended()
    if not is_open(endpoint):
        raise NotFound
    if found.session is None and not is_open(endpoint, visitor=True):
        return _to_welcome(found)
    return redirect(start_of(found), 303) if endpoint == "home.index" and found.path != "/" else None


def start_of(found: Launch) -> str:
    """Returns the path that the launch opened, which is the home page inside of it."""
    return f"/in/{found.id}{found.path}"


def _to_welcome(visiting: Launch) -> ResponseReturnValue:
    """Redirects a person without an account to the page that asks for one."""
    endpoint = "linking.welcome" if visiting.subject else "linking.anonymous"
    return redirect(url_for(endpoint), 303)


def path_of(destination: Destination) -> str:
    """Returns the path of a destination without the launch's prefix, as the launch stores it."""
    if destination.path is not None:
        return destination.path
    address = url_for(destination.endpoint, **destination.values)
    return address.removeprefix(request.script_root) if is_framed() else address


def ended() -> ResponseReturnValue:
    """Returns 401 with a page that sends the person back to the platform's course. There is no log-in form on it."""
    g.frame_ancestors = "*"  # the platform is not known, and the page has no controls
    words = _("The session has ended. Go back to the course and open it again; what you typed is kept on this device.")
    if request.headers.get("HX-Request") or request.headers.get("Accept", "").startswith("application/json"):
        return make_response(words, 401)
    return make_response(render_template("lti/session_ended.html", bare=True, request_id=""), 401)


def frame_ancestors() -> str:
    """Returns the ``frame-ancestors`` of the Content-Security-Policy for this answer."""
    if given := g.get("frame_ancestors"):
        return str(given)
    if is_framed() and "launch" not in g:
        return "*"  # the launch was not read: this is an error page
    found = g.get("launch")
    own = ["'self'"] if g.get("framed_by_ourselves") else []
    return " ".join([*own, *(safe_origins(found.origins) if found else [])]) or "'none'"


def allow_ancestors(origins: Iterable[str]) -> None:
    """Allows pages of these origins to show this answer in a frame."""
    g.frame_ancestors = " ".join(safe_origins(origins)) or "'none'"


def safe_origins(origins: Iterable[str]) -> list[str]:
    """Returns the texts that are an origin and nothing else, because they go into a header."""
    return [origin for origin in origins if ORIGIN.fullmatch(origin)]


def keep_launched(token: str) -> None:
    """Gives this browser another token for its launch, after an account was tied to it."""
    g.launch_token = token


def go_on(destination: Destination, token: str) -> ResponseReturnValue:
    """Redirects a visitor who has an account now to what the launch opened, with a new token in the cookie."""
    found = launch()
    found.path = path_of(destination)
    keep_launched(token)
    return redirect(start_of(found), 303)


def write_launch_cookie(response: Response, number: int, token: str, ends_at: datetime) -> None:
    """Sets the cookie that opens the launch of this number until the launch ends."""
    path, age = f"/in/{number}", max(int((ends_at - now()).total_seconds()), 0)
    write_cookie(response, COOKIE, token, path=path, max_age=age, **cross_site())


def _write_kept(response: Response) -> Response:
    token, found = g.get("launch_token"), g.get("launch")
    if token and found and response.status_code < 400:
        write_launch_cookie(response, found.id, token, found.ends_at)
    return response


def is_from_ourselves() -> bool:
    """Returns whether one of our own pages sent this request; a page of another site cannot forge it.

    If the browser does not send ``Sec-Fetch-Site``, the origin or the referrer is compared with our host.
    """
    told = request.headers.get("Sec-Fetch-Site")
    if told is not None:
        return told == "same-origin"
    return urlsplit(request.headers.get("Origin") or request.referrer or "").netloc == request.host
