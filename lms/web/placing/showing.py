"""Where a placement is shown to those who work at its site."""

from flask import url_for

from lms.plugin.models.launches import Placement


def shown_at(placement: Placement) -> str:
    """The page of the group."""
    return url_for("groups.show", cohort_id=placement.cohort_id)
