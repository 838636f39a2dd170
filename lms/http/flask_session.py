"""Flask's session (CSRF token, flashed messages): one for the ordinary log-in and one for each launch."""

import hashlib
from datetime import datetime
from typing import Any

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from lms.http.cookies import cookie_name, cross_site, is_secure
from lms.http.launch_context import launch_number, living_launch

COOKIE = "stazhirovka"


class LaunchSessions(SecureCookieSessionInterface):
    """Session cookies; inside a launch with another name, the launch's path and attributes, signed for this launch
    only.
    """

    digest_method = staticmethod(hashlib.sha256)

    def get_cookie_name(self, app: Flask) -> str:
        """Returns another name inside a launch, so that the session of path ``/`` is never read there."""
        return cookie_name("stazhirovka_inside", request.script_root) if launch_number() else cookie_name(COOKIE)

    def get_cookie_path(self, app: Flask) -> str:
        """Returns the launch's prefix inside a launch."""
        return request.script_root if launch_number() else super().get_cookie_path(app)

    def get_cookie_samesite(self, app: Flask) -> str | None:
        """Returns ``None`` in a launch over HTTPS, because the page is in the platform's frame."""
        return str(cross_site().get("samesite", "Lax")) if launch_number() else super().get_cookie_samesite(app)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Returns whether the cookie is sent over HTTPS only."""
        return is_secure()

    def get_cookie_partitioned(self, app: Flask) -> bool:
        """Returns whether the cookie is kept apart for each platform (CHIPS)."""
        return bool(cross_site().get("partitioned")) if launch_number() else super().get_cookie_partitioned(app)

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """Returns the end of the launch inside a launch."""
        found = living_launch() if launch_number() else None
        return found.ends_at if found else super().get_expiration_time(app, session)

    def get_signing_serializer(self, app: Flask) -> Any:
        """Returns a serializer whose signatures are valid in this launch only."""
        made = super().get_signing_serializer(app)
        if made is not None and (number := launch_number()):
            made.salt = f"launch {number}".encode()
        return made
