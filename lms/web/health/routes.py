"""Health checks for monitoring."""

import redis
from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from lms.composition import parts
from lms.http.request_context import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Returns 200 if the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Returns 200 if database and broker answer, else 503 with the name of the one that does not."""
    state = {"database": _database(), "broker": _broker()}
    ready = all(value == "ok" for value in state.values())
    return {"status": "ok" if ready else "unavailable", **state}, 200 if ready else 503


def _database() -> str:
    try:
        db().execute(text("SELECT 1"))
    except Exception as error:
        return type(error).__name__
    return "ok"


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
