"""The Flask class, which commits once a request, before the response is built."""

from typing import Any

from flask import Flask, g, has_request_context, request
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from lms.http.input_values import BoundedIntegerConverter, BoundedRequest
from lms.http.launch_access import is_open
from lms.http.launch_context import is_framed
from lms.http.read_only import refusing_writes


class Application(Flask):
    """Commits the changes of a view after the view has returned; if the commit fails, the request fails.

    URLs built inside a launch keep the launch's prefix. URLs of views that a launch may not open, and external URLs (of
    a letter, for example), lead to the ordinary site.
    """

    request_class = BoundedRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url_map.converters["int"] = BoundedIntegerConverter

    def url_for(self, endpoint: str, **values: Any) -> str:
        """Returns the URL of the endpoint, without the launch's prefix where the launch may not open it."""
        address = super().url_for(endpoint, **values)
        if not has_request_context() or not is_framed():
            return address
        full = f"{request.blueprint or ''}{endpoint}" if endpoint.startswith(".") else endpoint
        if values.get("_external") or full == "static" or not is_open(full):
            return address.replace(request.script_root, "", 1)
        return address

    def full_dispatch_request(self) -> Response:
        """Handles the request; one that only reads cannot write (``lms.http.read_only``)."""
        with refusing_writes():
            return super().full_dispatch_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Calls the view and commits.

        An answer with a status of 400 or above is rolled back, unless the view called ``keep_changes_on_error``.
        """
        answer = super().dispatch_request()
        session = g.get("db")
        if session is not None:
            if _is_error(answer) and not g.get("keep_changes"):
                session.rollback()
            else:
                session.commit()
        return answer


def keep_changes_on_error() -> None:
    """Makes this request commit although its answer has an error status.

    For a view that keeps what the person typed and shows the form again because something else was refused. The
    refused part must have been rolled back to a savepoint before. An exception still rolls everything back.
    """
    g.keep_changes = True


def _is_error(answer: Any) -> bool:
    status = answer[1] if isinstance(answer, tuple) and len(answer) > 1 else getattr(answer, "status_code", 200)
    return isinstance(status, int) and status >= 400


def close_session(_error: BaseException | None = None) -> None:
    """Closes the request's session, which rolls back uncommitted changes."""
    session = g.pop("db", None)
    if session is not None:
        session.close()
