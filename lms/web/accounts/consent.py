"""The consent step: a logged-in person continues only after consent to the current text. The browser's session
remembers it.
"""

from datetime import timedelta

from flask import make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.core.people import consent
from lms.http.launch_context import here
from lms.http.request_context import account, db, now
from lms.http.urls import safe_path

AGAIN = timedelta(hours=1)
"""Interval after which consent is checked in the database again, because of a new text or a withdrawal elsewhere."""

KEY = "consent_seen"
OPEN = ("accounts", "health", "verify", "styleguide", "lti", "linking")
"""Features that need no consent."""


def ask_consent() -> ResponseReturnValue | None:
    """Redirects to the consent step, before each request, if consent is due."""
    if _is_open() or not current_user.is_authenticated:
        return None
    found = account()
    if found is None or _seen(found.id):
        return None
    if consent.needed(db(), found.person_id) is None:
        remember(found.id)
        return None
    return _to_consent()


def remember(account_id: int) -> None:
    """Notes in the browser's session that its user has consented."""
    session[KEY] = [account_id, int(now().timestamp())]


def forget() -> None:
    """Removes the note, so that the next request checks consent again."""
    session.pop(KEY, None)


def _is_open() -> bool:
    endpoint = request.endpoint or "static"
    return endpoint in ("static", "language") or endpoint.partition(".")[0] in OPEN


def _seen(account_id: int) -> bool:
    who, when = session.get(KEY, (0, 0))
    return who == account_id and now().timestamp() - when < AGAIN.total_seconds()


def _to_consent() -> ResponseReturnValue:
    step = url_for("accounts.consent_step", next=safe_path(here() if request.method == "GET" else None))
    if request.headers.get("HX-Request"):
        answer = make_response("", 204)
        answer.headers["HX-Redirect"] = step
        return answer
    return redirect(step)
