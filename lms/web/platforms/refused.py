"""What was refused from platforms that nobody has connected."""

from flask.typing import ResponseReturnValue

from lms.http.request_context import db
from lms.lti.connections import queries
from lms.web.platforms.base import PLACE, bp, show
from lms.web.platforms.reasons import words

LATEST = 50


@bp.get(f"{PLACE}/refused")
def refused() -> ResponseReturnValue:
    """The latest of them, with what to do about each."""
    rows = queries.refusals(db(), platform_id=None, limit=LATEST)
    return show("refused", refused=[(row, words(row.reason)) for row in rows])
