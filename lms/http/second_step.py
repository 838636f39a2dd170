"""The step between password and session of an account with a second factor.

A password, a link or a card is accepted first; the browser's signed session then remembers for a few minutes whose code
is awaited, and opens nothing.
"""

from dataclasses import dataclass

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue

from lms.core.people import second_factor
from lms.core.people.models import Account
from lms.http.login import log_in_user, log_out_user
from lms.http.request_context import db, now

KEY = "second_step"
LASTS_SECONDS = 10 * 60


@dataclass(frozen=True, slots=True)
class Awaited:
    """An account whose code is awaited, the way in so far, and the path to open afterwards."""

    account: Account
    way: str
    onward: str


def enter(account: Account, *, way: str, onward: str) -> ResponseReturnValue:
    """Logs the account in and redirects; an account with a second factor is asked for its code first."""
    if not second_factor.is_on(db(), account.id):
        log_in_user(account, way=way)
        return redirect(onward)
    log_out_user()
    session[KEY] = [account.id, way, onward, now().timestamp()]
    return redirect(url_for("second_factor.step"))


def awaited() -> Awaited | None:
    """Returns the account whose code this browser owes; None when there is none or it took too long."""
    account_id, way, onward, began = session.get(KEY, (0, "", "", 0.0))
    if now().timestamp() - began > LASTS_SECONDS:
        return None
    account = db().get(Account, account_id)
    return Awaited(account, way, onward) if account is not None and account.is_active else None
