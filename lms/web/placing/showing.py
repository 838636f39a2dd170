"""Where a placement is shown to those who work at its site."""

from flask import url_for

from lms.plugin.entry.destinations import page_for
from lms.plugin.models.launches import Placement
from lms.web.edge.context import actor


def shown_at(placement: Placement) -> str:
    """The page where what is shown is looked after."""
    page = page_for(actor(), placement)
    return url_for(page.endpoint, **page.values)
