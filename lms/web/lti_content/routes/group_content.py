"""Content of a group on platforms: overview and removal."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.models.groups import Cohort
from lms.core.auth.policy import allowed, fetch
from lms.core.i18n import _
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.lti.content.content_items import courses_showing, put_away, remove_content_item
from lms.lti.models.launches import ContentItem
from lms.web.lti_content.routes.blueprint import bp


@bp.get("/groups/<int:cohort_id>/platforms")
@open_in_launch
@login_required
def of_group(cohort_id: int) -> ResponseReturnValue:
    """Shows which platforms' courses show which content of the group."""
    cohort = fetch(db(), Cohort, cohort_id, actor=actor(), may="group.see")
    return render_template(
        "lti_content/of_group.html",
        cohort=cohort,
        courses=courses_showing(db(), cohort),
        edits=allowed(actor(), "group.edit", cohort),
        log=url_for("scores.of_group", cohort_id=cohort.id),
    )


@bp.post("/placements/<int:placement_id>/put-away")
@open_in_launch
@login_required
def put_dead_away(placement_id: int) -> ResponseReturnValue:
    """Puts away links of activities that are not in the course any more."""
    placement = fetch(db(), ContentItem, placement_id, actor=actor(), may="placement.remove")
    cohort_id, title = placement.cohort_id, placement.title
    put_away(db(), actor=actor(), placement=placement, now=now())
    flash(_("«%(title)s» is put away. What trainees have done here stays.", title=title), "ok")
    return redirect(url_for(".of_group", cohort_id=cohort_id), 303)


@bp.post("/placements/<int:placement_id>/remove")
@open_in_launch
@login_required
def remove(placement_id: int) -> ResponseReturnValue:
    """Removes a content item from its links."""
    placement = fetch(db(), ContentItem, placement_id, actor=actor(), may="placement.remove")
    cohort_id, title = placement.cohort_id, placement.title
    remove_content_item(db(), actor=actor(), placement=placement, now=now())
    flash(_("«%(title)s» is not shown there any more.", title=title), "ok")
    return redirect(url_for(".of_group", cohort_id=cohort_id), 303)
