"""Link from a first launch's consent step to an existing account."""

from flask import url_for

from lms.http.launch_context import living_launch
from lms.http.request_context import db
from lms.lti.identity.linking import unused_account


def to_older_account() -> str | None:
    """Returns the URL of the welcome page while the launch's account is unused; None outside of such a launch."""
    found = living_launch()
    if found is None or unused_account(db(), found) is None:
        return None
    return url_for("linking.welcome")
