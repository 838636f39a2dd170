"""Cookies: their names and attributes, in one place.

Over HTTPS a name begins with ``__Host-`` (path ``/``) or ``__Secure-`` (other paths), so that a page of a neighbouring
subdomain or of plain HTTP cannot plant a cookie that we read. Browsers accept such names over HTTPS only; over plain
HTTP (``http://localhost``) the names are plain.
"""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lms.composition import parts

A_YEAR = 365 * 86400


def is_secure() -> bool:
    """Returns whether browsers reach us over HTTPS."""
    return parts().settings.is_secure


def cookie_name(name: str, path: str = "/") -> str:
    """Returns the full name of the cookie with this path."""
    if not is_secure():
        return name
    return f"__Host-{name}" if path == "/" else f"__Secure-{name}"


def read_cookie(name: str, path: str = "/") -> str | None:
    """Returns the value that the browser sent."""
    return request.cookies.get(cookie_name(name, path))


def write_cookie(response: Response, name: str, value: str, *, max_age: int, path: str = "/", **more: Any) -> None:
    """Sets the cookie, hidden from scripts, for pages of our own; ``more`` are those of ``cross_site`` for others."""
    attributes: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": is_secure()} | more
    response.set_cookie(cookie_name(name, path), value, max_age=max_age, path=path, **attributes)


def delete_cookie(response: Response, name: str, *, path: str = "/", **more: Any) -> None:
    """Makes the browser forget the cookie."""
    attributes: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": is_secure()} | more
    response.delete_cookie(cookie_name(name, path), path=path, **attributes)


def cross_site() -> dict[str, Any]:
    """Returns the attributes of a cookie that must work in another site's frame.

    Over plain HTTP browsers do not accept such cookies; there the cookie works in a window, or in a frame of a platform
    on the same site.
    """
    return {"secure": True, "samesite": "None", "partitioned": True} if is_secure() else {}
