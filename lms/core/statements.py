"""Measures the statements sent to the database: number and time for metrics, a log line for each slow one.

A statement belongs to the request, job or periodic work that began last in the same thread (``begin``).
"""

import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

log = structlog.get_logger()

LONGEST_TEXT = 2000
"""Characters of a statement that are logged."""
BEGAN = "statement_began"
"""Key of a connection's ``info``: the start of the statement that it runs."""


@dataclass(slots=True)
class Usage:
    """Number and seconds of the statements of one request or job; ``source`` is the endpoint or the kind of job."""

    source: str
    count: int = 0
    seconds: float = 0.0


_usage: ContextVar[Usage | None] = ContextVar("statement_usage", default=None)
_slow_seconds: list[float] = []


def configure(slow_milliseconds: int) -> None:
    """Sets the duration from which a statement is logged; 0 logs none."""
    _slow_seconds[:] = [slow_milliseconds / 1000] if slow_milliseconds else []


def begin(source: str) -> Usage:
    """Counts the statements that follow in this thread for this endpoint or kind of job. Returns the new count."""
    usage = Usage(source)
    _usage.set(usage)
    return usage


def current() -> Usage | None:
    """Returns the count of this thread's request or job."""
    return _usage.get()


def measure(engine: Engine) -> None:
    """Measures every statement of this engine, also one that fails."""
    event.listen(engine, "before_cursor_execute", _note_start)
    event.listen(engine, "after_cursor_execute", _note_end)
    event.listen(engine, "handle_error", _note_failure)


def _note_start(connection: Any, *_more: Any) -> None:
    connection.info[BEGAN] = time.perf_counter()


def _note_end(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    _count(connection, statement, failed=False)


def _note_failure(failure: ExceptionContext) -> None:
    if failure.connection is not None and failure.statement is not None:
        _count(failure.connection, failure.statement, failed=True)


def _count(connection: Any, statement: str, *, failed: bool) -> None:
    began = connection.info.pop(BEGAN, None)
    if began is None:
        return
    took = time.perf_counter() - began
    usage = _usage.get()
    if usage is not None:
        usage.count += 1
        usage.seconds += took
    if _slow_seconds and took >= _slow_seconds[0]:
        log.warning(
            "slow_statement",
            milliseconds=round(took * 1000),
            source=usage.source if usage else "",
            failed=failed,
            statement=" ".join(statement.split())[:LONGEST_TEXT],
        )
