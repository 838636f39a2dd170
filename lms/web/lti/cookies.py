"""Cookies of the way in: whether this browser keeps any here, and the secret of each login under way."""

from flask import request
from werkzeug.wrappers import Response

from lms.http.launch_context import FRAMES, cross_site
from lms.lti.messages import state

PROBE = "stazhirovka_cookies"
PATH = "/lti"
HALF_A_YEAR = 180 * 86400


def keeps_cookies() -> bool:
    """Whether a cookie set now will be there at the launch.

    In a window it will; in a frame it is known only once one came back. What the browser does not tell is taken for a
    window.
    """
    return PROBE in request.cookies or request.headers.get("Sec-Fetch-Dest") not in FRAMES


def has_probe() -> bool:
    """Whether the cookie that was set for a trial came back."""
    return PROBE in request.cookies


def set_probe(response: Response) -> None:
    """A cookie that says nothing, only that cookies hold."""
    response.set_cookie(PROBE, "1", path=PATH, max_age=HALF_A_YEAR, **cross_site())


def keep_secret(response: Response, name: str, secret: str) -> None:
    """The login's secret, for as long as a login may take."""
    response.set_cookie(name, secret, path=PATH, max_age=int(state.STATE_LIFETIME.total_seconds()), **cross_site())


def forget_secret(response: Response, name: str) -> None:
    """The login is over."""
    response.delete_cookie(name, path=PATH, **cross_site())
