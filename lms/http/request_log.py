"""The request's id and its log line, with account and IP address and without secrets of the path."""

import secrets
import time

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

from lms.composition import parts
from lms.core import statements

log = structlog.get_logger()
QUIET = frozenset({"static", "health.healthz", "health.readyz", "health.metrics"})
SECRETS = frozenset({"token", "key", "code"})
"""Names of the parts of paths that open something: one-time links, keys of groups, codes of certificates."""
HIDDEN = "…"


def init_request_log(app: Flask) -> None:
    """Gives each request an id and a log line."""
    app.before_request(identify)
    app.after_request(note_request)


def identify() -> None:
    """Gives the request an id, which its log lines, jobs and error page show.

    The id of a reverse proxy is taken over if the settings trust one.
    """
    given = request.headers.get("X-Request-ID", "") if parts().settings.trusted_proxies else ""
    g.began = time.perf_counter()
    g.request_id = given if given.isascii() and given.isalnum() and len(given) <= 64 else secrets.token_hex(8)
    statements.begin(request.endpoint or "")
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id, address=request.remote_addr)


def note_account(account_id: int) -> None:
    """Adds the account to the log lines of this request."""
    structlog.contextvars.bind_contextvars(account=account_id)


def note_request(response: Response) -> Response:
    """Logs one line a request, except for static files, health checks and metrics; the answer carries the id."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint not in QUIET:
        took = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000)
        log.info("request", method=request.method, path=logged_path(), status=response.status_code, milliseconds=took)
    return response


def logged_path() -> str:
    """Returns the path for the log. Of an address without a page only the first part is logged."""
    path = request.script_root + request.path
    if request.url_rule is None:
        first, _slash, rest = path.lstrip("/").partition("/")
        return f"/{first[:40]}/{HIDDEN}" if rest else f"/{first[:40]}"
    for name, value in (request.view_args or {}).items():
        if name in SECRETS and str(value):
            path = path.replace(str(value), HIDDEN)
    return path
