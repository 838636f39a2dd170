"""Cookies of logins: a probe for cookie support, and the secret of each login."""

from flask import request
from werkzeug.wrappers import Response

from lms.http.cookies import cross_site, delete_cookie, read_cookie, write_cookie
from lms.http.launch_context import FRAMES
from lms.lti.messages import state

PROBE = "stazhirovka_cookies"
PATH = "/lti"
HALF_A_YEAR = 180 * 86400


def keeps_cookies() -> bool:
    """Returns whether a cookie set now will be sent with the launch.

    True in a window; in a frame only after the probe was sent back. A browser that does not tell counts as a window.
    """
    return has_probe() or request.headers.get("Sec-Fetch-Dest") not in FRAMES


def has_probe() -> bool:
    """Returns whether the browser sent the probe."""
    return read_cookie(PROBE, PATH) is not None


def set_probe(response: Response) -> None:
    """Sets the probe, a cookie without information."""
    write_cookie(response, PROBE, "1", path=PATH, max_age=HALF_A_YEAR, **cross_site())


def keep_secret(response: Response, name: str, secret: str) -> None:
    """Sets the cookie with the login's secret for the lifetime of the login state."""
    age = int(state.STATE_LIFETIME.total_seconds())
    write_cookie(response, name, secret, path=PATH, max_age=age, **cross_site())


def kept_secret(name: str) -> str | None:
    """Returns the login's secret that the browser sent."""
    return read_cookie(name, PATH)


def forget_secret(response: Response, name: str) -> None:
    """Deletes the cookie with the login's secret."""
    delete_cookie(response, name, path=PATH, **cross_site())
