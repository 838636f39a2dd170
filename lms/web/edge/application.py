"""The Flask class: one commit a request, before the response is built."""

from typing import Any

from flask import Flask, g
from flask.typing import ResponseReturnValue

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Application(Flask):
    """Commits what a view did once the view is done; a failed commit is a failed request."""

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
