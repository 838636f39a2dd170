"""Caches of browsers and proxies: every answer is ``no-store`` unless its view says otherwise.

Pages, downloads, exports and JSON hold personal data, and many people share one computer. Static files have names with
the hash of their content and are kept for a year by Flask.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])

MARK = "cache_policy"
"""Attribute of a view function that holds its ``Cache-Control``."""
REVALIDATED = "private, no-cache"
"""Kept by the browser of one person, and asked for again before each use, so that permissions are checked."""


def init_caching(app: Flask) -> None:
    """Sets ``Cache-Control`` of every answer."""
    app.after_request(_write_policy)


def cached(policy: str) -> Callable[[View], View]:
    """Lets successful answers of a view be kept by this policy; stands under the route's decorator.

    A rule test keeps the list of these views short: they show no personal data.
    """

    def mark(view: View) -> View:
        setattr(view, MARK, policy)
        return view

    return mark


def policy_of(endpoint: str | None) -> str | None:
    """Returns the policy that the view of this endpoint declares."""
    policy: str | None = getattr(current_app.view_functions.get(endpoint or ""), MARK, None)
    return policy


def _write_policy(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code < 400:
        return response
    declared = policy_of(request.endpoint) if response.status_code < 400 else None
    response.headers["Cache-Control"] = declared or "no-store"
    return response
