"""Headers that keep browsers careful, and the request's id."""

import secrets

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

from lms.composition import parts

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def init_headers(app: Flask) -> None:
    """Identify each request and write the headers of each answer."""
    app.before_request(identify)
    app.after_request(write_headers)


def identify() -> None:
    """Name the request, so that its log lines, its jobs and its error page can be found."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if given.isalnum() and len(given) <= 64 else secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def allow_frames(*sources: str) -> None:
    """Let this page alone show frames from these sources: the player of a video after a click, a file's preview."""
    g.frame_sources = [*g.get("frame_sources", []), *sources]


def write_headers(response: Response) -> Response:
    """Content-Security-Policy and its companions."""
    policy = dict(POLICY)
    if sources := g.get("frame_sources"):
        policy["frame-src"] = " ".join(sources)
    if g.get("framed_by_ourselves"):
        policy["frame-ancestors"] = "'self'"
    value = "; ".join(f"{name} {allowed}" for name, allowed in policy.items())
    response.headers.setdefault("Content-Security-Policy", value)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    if (parts().settings.public_url or "").startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
