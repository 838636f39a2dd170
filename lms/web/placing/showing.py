"""Where a placement is shown to those who work at its site."""

from flask import url_for

from lms.plugin.destinations import staff_page
from lms.plugin.models.launches import Placement


def shown_at(placement: Placement) -> str:
    """The page where what is shown is looked after."""
    page = staff_page(placement)
    return url_for(page.endpoint, **page.values)
