"""Security headers of every answer."""

from flask import Flask, g
from werkzeug.wrappers import Response

from lms.http.cookies import is_secure
from lms.http.launch_context import frame_ancestors, safe_origins

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def init_headers(app: Flask) -> None:
    """Gives each answer its headers."""
    app.after_request(write_headers)


def allow_frames(*sources: str) -> None:
    """Allows this answer to frame these sources: the player of a video after a click, the preview of a file."""
    g.frame_sources = [*g.get("frame_sources", []), *sources]


def allow_forms(*origins: str) -> None:
    """Allows this answer to send forms to these origins too: the answer that is posted back to a platform."""
    g.form_targets = [*g.get("form_targets", []), *safe_origins(origins)]


def write_headers(response: Response) -> Response:
    """Writes Content-Security-Policy and the other security headers."""
    policy = dict(POLICY)
    if sources := g.get("frame_sources"):
        policy["frame-src"] = " ".join(sources)
    if targets := g.get("form_targets"):
        policy["form-action"] = " ".join(["'self'", *targets])
    policy["frame-ancestors"] = frame_ancestors()
    value = "; ".join(f"{name} {allowed}" for name, allowed in policy.items())
    response.headers.setdefault("Content-Security-Policy", value)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if is_secure():
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
