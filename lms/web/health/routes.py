"""Health checks for monitoring."""

import hmac

import redis
import structlog
from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from lms.composition import parts
from lms.core.disk import space_of
from lms.core.files import port, scanning
from lms.http.request_context import db, now

log = structlog.get_logger()
TEXT = "text/plain; charset=utf-8"
bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Returns 200 if the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Returns 200 if database and broker answer, files can be stored and there is free space; else 503 with what is
    wrong.
    """
    state = {"database": _database(), "broker": _broker(), "storage": _storage(), "disk": _disk()}
    if scanning.is_configured():
        state["scanner"] = _scanner()
    ready = all(value == "ok" for value in state.values())
    return {"status": "ok" if ready else "unavailable", **state}, 200 if ready else 503


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Returns the metrics for Prometheus, which sends the token of ``LMS_METRICS_TOKEN``; without that setting there is
    no such page.
    """
    token = parts().settings.metrics_token
    if token is None:
        abort(404)
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {token.get_secret_value()}".encode()):
        log.warning("metrics_refused")
        return Response("The token is missing or wrong.\n", 401, {"WWW-Authenticate": "Bearer"}, content_type=TEXT)
    from lms.web.health.service_metrics import exposition

    return exposition(db(), now(), parts().settings.data.resolve())


def _database() -> str:
    try:
        db().execute(text("SELECT 1"))
    except Exception as error:
        return type(error).__name__
    return "ok"


def _storage() -> str:
    try:
        port.store().check()
    except Exception as error:
        return type(error).__name__
    return "ok"


def _scanner() -> str:
    try:
        scanning.check()
    except (OSError, scanning.ScannerAway) as error:
        return type(error).__name__
    return "ok"


def _disk() -> str:
    space = space_of(parts().settings.data.resolve())
    return f"only {space.free // 1024**2} MB are free" if space.is_spent else "ok"


def _broker() -> str:
    url = parts().settings.redis_url
    if not url:
        return "not configured"
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except redis.RedisError as error:
        return type(error).__name__
    return "ok"
