"""Refusals of unknown platforms."""

from flask.typing import ResponseReturnValue

from lms.http.request_context import db
from lms.lti.connections import queries
from lms.web.platforms.presenters import words
from lms.web.platforms.routes.blueprint import PREFIX, bp, show

LATEST = 50


@bp.get(f"{PREFIX}/refused")
def refused() -> ResponseReturnValue:
    """Shows the latest refusals with advice."""
    rows = queries.refusals(db(), platform_id=None, limit=LATEST)
    return show("refused", refused=[(row, words(row.reason)) for row in rows])
