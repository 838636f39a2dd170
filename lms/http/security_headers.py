"""Security headers, the request's id and the log line of a request."""

import secrets
import time

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

from lms.http.cookies import is_secure
from lms.http.launch_context import frame_ancestors, safe_origins

log = structlog.get_logger()
QUIET = frozenset({"static", "health.healthz", "health.readyz"})

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def init_headers(app: Flask) -> None:
    """Gives each request an id and each answer its headers."""
    app.before_request(identify)
    app.after_request(write_headers)
    app.after_request(note_request)


def identify() -> None:
    """Gives the request an id, which its log lines, jobs and error page show."""
    given = request.headers.get("X-Request-ID", "")
    g.began = time.perf_counter()
    g.request_id = given if given.isascii() and given.isalnum() and len(given) <= 64 else secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def note_request(response: Response) -> Response:
    """Logs one line a request, except for static files and health checks."""
    if request.endpoint not in QUIET:
        took = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000)
        log.info("request", method=request.method, path=_path(), status=response.status_code, milliseconds=took)
    return response


def _path() -> str:
    """Returns the path for the log, without the secret of a one-time link."""
    path = request.script_root + request.path
    secret = (request.view_args or {}).get("token")
    return path.replace(secret, "…") if isinstance(secret, str) and secret else path


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
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    if is_secure():
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
