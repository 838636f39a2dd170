"""Launches at the edge: addresses under ``/in/N``, what is open there, who may frame it.

A platform's launch has a number, and all of its pages live under ``/in/<number>/``: the wrapper moves that prefix from
the path to SCRIPT_NAME, so that ``url_for`` keeps it by itself, and cookies of this path never meet those of another
launch or of the ordinary log-in.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from lms.composition import parts
from lms.core.i18n import gettext as _
from lms.http.launch_access import is_open, needs_launch
from lms.http.request_context import db, now
from lms.lti.launches.destinations import Destination
from lms.lti.launches.launch_sessions import find_launch
from lms.lti.models.launches import Launch

COOKIE = "stazhirovka_launch"
NUMBER = "lms.launch"
"""Where the wrapper leaves the launch's number in the WSGI environment."""
PREFIX = re.compile(r"/in/([1-9]\d{0,8})(?=/|\Z)")
ORIGIN = re.compile(r"https?://[\w.\-]+(:\d{1,5})?|https?://\[[0-9a-fA-F:.]+\](:\d{1,5})?", re.ASCII)
FRAMES = frozenset({"iframe", "frame", "embed", "object"})
"""``Sec-Fetch-Dest`` of a page inside another one."""

Environment = dict[str, Any]


class InsideLaunch:
    """The WSGI wrapper: ``/in/5/course`` is ``/course`` of the application mounted at ``/in/5``."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: Environment, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The application's answer."""
        path = environ.get("PATH_INFO", "")
        if found := PREFIX.match(path):
            environ[NUMBER] = int(found[1])
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + found[0]
            environ["PATH_INFO"] = path[found.end() :] or "/"
        return self._application(environ, start_response)


def init_framed(app: Flask) -> None:
    """Before the views: inside a launch only what is open there, for whom it was launched."""
    app.before_request(guard)
    app.after_request(_write_kept)


def launch_number() -> int | None:
    """The number of the launch that this address belongs to, whether it lives or not."""
    number: int | None = request.environ.get(NUMBER)
    return number


def is_framed() -> bool:
    """Whether this is a page of a launch (``/in/N/…``), be it in a frame or in a window of its own."""
    return launch_number() is not None


def in_window() -> bool:
    """Whether the launch's page has the browser's window to itself; what browsers do not tell, the platform did."""
    wanted = request.headers.get("Sec-Fetch-Dest", "")
    if wanted == "document" or wanted in FRAMES:
        return wanted == "document"
    found = living_launch()
    return found is not None and found.target == "window"


def launch() -> Launch:
    """The launch whose page this is. Raises ``NotFound`` outside of a living launch."""
    found = living_launch()
    if found is None:
        raise NotFound
    return found


def living_launch() -> Launch | None:
    """The launch of this address, if this browser's cookie opens it; one query, once a request."""
    if "launch" not in g:
        number, token = launch_number(), request.cookies.get(COOKIE)
        g.launch = find_launch(db(), number, token, now=now()) if number is not None and token else None
    found: Launch | None = g.launch
    return found


def here() -> str:
    """This page's own path and query, with the launch's prefix: for a way back to it."""
    return request.script_root + request.full_path.rstrip("?")


def guard() -> ResponseReturnValue | None:
    """Inside a launch: nothing but what is open there; nothing at all once it has ended."""
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
    """What the launch opened: inside of it, this is home."""
    return f"/in/{found.id}{found.path}"


def _to_welcome(visiting: Launch) -> ResponseReturnValue:
    """Whoever has no account yet goes on where they are asked for one."""
    endpoint = "linking.welcome" if visiting.subject else "linking.anonymous"
    if endpoint not in current_app.view_functions:
        raise NotFound
    return redirect(url_for(endpoint), 303)


def path_of(destination: Destination) -> str:
    """The path of ours, without a launch's prefix, that the launch keeps as what it opens."""
    if destination.path is not None:
        return destination.path
    address = url_for(destination.endpoint, **destination.values)
    return address.removeprefix(request.script_root) if is_framed() else address


def ended() -> ResponseReturnValue:
    """The launch is over, or this browser has no part in it: back to the platform's course, no log-in form."""
    g.frame_ancestors = "*"  # whose it was is not known, and there is nothing to click
    words = _("The session has ended. Go back to the course and open it again; what you typed is kept on this device.")
    if request.headers.get("HX-Request") or request.headers.get("Accept", "").startswith("application/json"):
        return make_response(words, 401)
    return make_response(render_template("lti/ended.html", bare=True, request_id=""), 401)


def frame_ancestors() -> str:
    """Who may show this page in a frame, for the Content-Security-Policy."""
    if given := g.get("frame_ancestors"):
        return str(given)
    if is_framed() and "launch" not in g:
        return "*"  # not even looked up: a page that tells of a failure
    found = g.get("launch")
    own = ["'self'"] if g.get("framed_by_ourselves") else []
    return " ".join([*own, *(safe_origins(found.origins) if found else [])]) or "'none'"


def allow_ancestors(origins: Iterable[str]) -> None:
    """Let pages of these origins show this answer in a frame."""
    g.frame_ancestors = " ".join(safe_origins(origins)) or "'none'"


def safe_origins(origins: Iterable[str]) -> list[str]:
    """Those that are nothing but an origin: they go into a header."""
    return [origin for origin in origins if ORIGIN.fullmatch(origin)]


def keep_launched(token: str) -> None:
    """Inside a launch: this browser holds the launch by another token from now on (an account was tied to it)."""
    g.launch_token = token


def go_on(destination: Destination, token: str) -> ResponseReturnValue:
    """Inside a visitor's launch that has an account by now: on to what was opened, with the new token in the cookie."""
    found = launch()
    found.path = path_of(destination)
    keep_launched(token)
    return redirect(start_of(found), 303)


def write_launch_cookie(response: Response, number: int, token: str, ends_at: datetime) -> None:
    """Let this browser into the launch of this number until it ends."""
    path, age = f"/in/{number}", max(int((ends_at - now()).total_seconds()), 0)
    response.set_cookie(COOKIE, token, path=path, max_age=age, **cross_site())


def _write_kept(response: Response) -> Response:
    token, found = g.get("launch_token"), g.get("launch")
    if token and found and response.status_code < 400:
        write_launch_cookie(response, found.id, token, found.ends_at)
    return response


def is_from_ourselves() -> bool:
    """Whether one of our own pages sent this: another site's page cannot make a browser say so.

    Browsers that do not tell it plainly name the page (our pages' policy lets them, to ourselves) or its origin.
    """
    told = request.headers.get("Sec-Fetch-Site")
    if told is not None:
        return told == "same-origin"
    return urlsplit(request.headers.get("Origin") or request.referrer or "").netloc == request.host


def is_secure() -> bool:
    """Whether browsers reach us by HTTPS."""
    return (parts().settings.public_url or "").startswith("https:")


def cross_site() -> dict[str, Any]:
    """Attributes of cookies that shall hold in another site's frame.

    Over plain HTTP no browser takes such cookies: there they hold in a window, or beside a platform of the same site.
    """
    if is_secure():
        return {"secure": True, "samesite": "None", "partitioned": True, "httponly": True}
    return {"secure": False, "samesite": "Lax", "httponly": True}
