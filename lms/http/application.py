"""The Flask class: one commit a request, before the response is built."""

from typing import Any

from flask import Flask, g, has_request_context, request
from flask.typing import ResponseReturnValue

from lms.http.launch_access import is_open
from lms.http.launch_context import is_framed


class Application(Flask):
    """Commits what a view did once the view is done; a failed commit is a failed request.

    Addresses inside a launch keep its prefix, except those of pages that are not open there and those meant for
    elsewhere (a letter): they lead to the ordinary site.
    """

    def url_for(self, endpoint: str, **values: Any) -> str:
        """The address of this endpoint, as Flask makes it."""
        address = super().url_for(endpoint, **values)
        if not has_request_context() or not is_framed():
            return address
        full = f"{request.blueprint or ''}{endpoint}" if endpoint.startswith(".") else endpoint
        if values.get("_external") or full == "static" or not is_open(full):
            return address.replace(request.script_root, "", 1)
        return address

    def dispatch_request(self) -> ResponseReturnValue:
        """The view, then the commit. A view that answers with an error page of its own has changed nothing."""
        answer = super().dispatch_request()
        session = g.get("db")
        if session is not None:
            if _is_error(answer):
                session.rollback()
            else:
                session.commit()
        return answer


def _is_error(answer: Any) -> bool:
    status = answer[1] if isinstance(answer, tuple) and len(answer) > 1 else getattr(answer, "status_code", 200)
    return isinstance(status, int) and status >= 400


def close_session(_error: BaseException | None = None) -> None:
    """Whatever was not committed is rolled back."""
    session = g.pop("db", None)
    if session is not None:
        session.close()
