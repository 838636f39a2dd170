"""Where a placement is shown to those who work at its site."""

from flask import url_for

from lms.http.request_context import actor
from lms.lti.launches.destinations import page_for_staff
from lms.lti.models.launches import ContentItem


def shown_at(placement: ContentItem) -> str:
    """The page where what is shown is looked after."""
    page = page_for_staff(actor(), placement)
    return url_for(page.endpoint, **page.values)
