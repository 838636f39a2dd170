"""Cookies of logins: a probe for cookie support, and the secret of each login."""

from flask import request
from werkzeug.wrappers import Response

from lms.http.launch_context import FRAMES, cross_site
from lms.lti.messages import state

PROBE = "stazhirovka_cookies"
PATH = "/lti"
HALF_A_YEAR = 180 * 86400


def keeps_cookies() -> bool:
    """Returns whether a cookie set now will be sent with the launch.

    True in a window; in a frame only after the probe was sent back. A browser that does not tell counts as a window.
    """
    return PROBE in request.cookies or request.headers.get("Sec-Fetch-Dest") not in FRAMES


def has_probe() -> bool:
    """Returns whether the browser sent the probe."""
    return PROBE in request.cookies


def set_probe(response: Response) -> None:
    """Sets the probe, a cookie without information."""
    response.set_cookie(PROBE, "1", path=PATH, max_age=HALF_A_YEAR, **cross_site())


def keep_secret(response: Response, name: str, secret: str) -> None:
    """Sets the cookie with the login's secret for the lifetime of the login state."""
    response.set_cookie(name, secret, path=PATH, max_age=int(state.STATE_LIFETIME.total_seconds()), **cross_site())


def forget_secret(response: Response, name: str) -> None:
    """Deletes the cookie with the login's secret."""
    response.delete_cookie(name, path=PATH, **cross_site())
