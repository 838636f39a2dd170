"""Flask's own session (CSRF, messages in passing): one for the ordinary log-in and one for each launch."""

from datetime import datetime
from typing import Any

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from lms.http.launch_context import cross_site, launch_number, living_launch


class LaunchSessions(SecureCookieSessionInterface):
    """Inside a launch: a cookie of another name, of the launch's path and attributes, signed for this launch only."""

    def get_cookie_name(self, app: Flask) -> str:
        """Another name, so that an ordinary session of the path ``/`` is never read inside a launch."""
        return "stazhirovka_inside" if launch_number() else super().get_cookie_name(app)

    def get_cookie_path(self, app: Flask) -> str:
        """The launch's prefix."""
        return request.script_root if launch_number() else super().get_cookie_path(app)

    def get_cookie_samesite(self, app: Flask) -> str | None:
        """None in a launch over HTTPS: the page stands in the platform's frame."""
        return str(cross_site()["samesite"]) if launch_number() else super().get_cookie_samesite(app)

    def get_cookie_secure(self, app: Flask) -> bool:
        """As the launch's own cookie."""
        return bool(cross_site()["secure"]) if launch_number() else super().get_cookie_secure(app)

    def get_cookie_partitioned(self, app: Flask) -> bool:
        """Kept for this platform's pages apart (CHIPS)."""
        return bool(cross_site().get("partitioned")) if launch_number() else super().get_cookie_partitioned(app)

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """As long as the launch lasts."""
        found = living_launch() if launch_number() else None
        return found.ends_at if found else super().get_expiration_time(app, session)

    def get_signing_serializer(self, app: Flask) -> Any:
        """A session of one launch is worth nothing in another."""
        made = super().get_signing_serializer(app)
        if made is not None and (number := launch_number()):
            made.salt = f"launch {number}".encode()
        return made
