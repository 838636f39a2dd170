"""Refuses writes in a request that only reads: a GET or a HEAD changes nothing, however a browser came to send it.

Browsers prefetch links, restore tabs and follow addresses of letters and of other sites. A statement that writes is
refused in such a request (``WriteWhileReading``), so a view that forgets it fails in its first test. Three kinds of
writes are permitted: those of a view marked ``@writes_on_get(reason)``, while a person opens the page, those inside
``permitted_write``, and those of ``OWN_TABLES``.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, request
from sqlalchemy import Engine, event

View = TypeVar("View", bound=Callable[..., Any])

MARK, FROM_HERE = "writes_on_get", "writes_from_here"
"""Attributes of a view function: the reason why it may write; whether it may only when opened from our own pages."""
READING = frozenset({"GET", "HEAD"})
OWN_TABLES = {
    "throttle": "tries of keys and codes are counted, also those that are part of an address",
    "lti_key": "the installation's first key is made by its first reader",
}
"""Tables of the application itself that every request may write, with the reason."""
TABLE = r'(?:ONLY\s+)?"?(?:public"?\."?)?(\w+)"?'
WRITE = re.compile(
    rf"\b(?:(?:INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE)\s+{TABLE}"
    rf"|UPDATE\s+{TABLE}\s+(?:AS\s+\w+\s+|(?!SET\b)\w+\s+)?SET\b)",
    re.IGNORECASE,
)
"""Statements that write rows, and their table; ``FOR UPDATE`` of a select is none."""

_refusing: ContextVar[str | None] = ContextVar("refusing", default=None)


class WriteWhileReading(RuntimeError):
    """A request that may only read tried to write; a fault of the view."""


def writes_on_get(reason: str, *, from_here: bool = False) -> Callable[[View], View]:
    """Marks a view that may write when a person opens it; stands under the route's decorator.

    A rule test keeps the list of these views short. A prefetch and a HEAD may not write in them either, and with
    ``from_here`` neither may a request that another site caused.
    """

    def mark(view: View) -> View:
        setattr(view, MARK, reason)
        setattr(view, FROM_HERE, from_here)
        return view

    return mark


def reason_to_write(endpoint: str | None) -> str | None:
    """Returns the reason of the endpoint's mark; ``None`` for a view that only reads."""
    reason: str | None = getattr(current_app.view_functions.get(endpoint or ""), MARK, None)
    return reason


def is_opened_by_person() -> bool:
    """Returns whether a person opens this page: a GET that the browser did not send ahead of a click."""
    ahead = request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    return request.method == "GET" and "prefetch" not in ahead and "prerender" not in ahead


def is_opened_from_here() -> bool:
    """Returns whether a person opens this page from one of ours, by its typed address or from a mail program: no other
    site caused the request. Browsers without ``Sec-Fetch-Site`` tell the page that they come from.
    """
    told = request.headers.get("Sec-Fetch-Site")
    if told is None:
        told = "none" if urlsplit(request.referrer or "").netloc in ("", request.host) else "cross-site"
    return is_opened_by_person() and told in ("same-origin", "none")


def may_write() -> bool:
    """Returns whether the current request, a GET or a HEAD, is to a view that may write now."""
    if not reason_to_write(request.endpoint):
        return False
    view = current_app.view_functions.get(request.endpoint or "")
    return is_opened_from_here() if getattr(view, FROM_HERE, False) else is_opened_by_person()


@contextmanager
def refusing_writes() -> Iterator[None]:
    """Refuses writes while it is open, if the current request may only read."""
    reading = request.method in READING and not may_write()
    token = _refusing.set(f"{request.method} {request.endpoint}" if reading else None)
    try:
        yield
    finally:
        _refusing.reset(token)


@contextmanager
def permitted_write(_reason: str) -> Iterator[None]:
    """Permits writes of the application itself in any request; a rule test keeps the list of reasons short."""
    token = _refusing.set(None)
    try:
        yield
    finally:
        _refusing.reset(token)


@lru_cache(maxsize=4096)
def is_write(statement: str) -> bool:
    """Returns whether the SQL statement writes rows of a table that a reading request may not write."""
    return any((found[1] or found[2]).lower() not in OWN_TABLES for found in WRITE.finditer(statement))


@event.listens_for(Engine, "before_cursor_execute")
def _refuse(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    where = _refusing.get()
    if where is not None and is_write(statement):
        raise WriteWhileReading(f"{where} may only read: {statement[:200]}")
