"""The way from the consent step of a first launch to an account that the person has here already."""

from flask import url_for

from lms.http.launch_context import living_launch
from lms.http.request_context import db
from lms.lti.identity.linking import unused_account


def to_older_account() -> str | None:
    """The address, while nothing was done with the account that the launch has made; none outside of such a launch."""
    found = living_launch()
    if found is None or unused_account(db(), found) is None:
        return None
    return url_for("linking.welcome")
