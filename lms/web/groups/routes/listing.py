"""The list of groups, and the form of a new group."""

import uuid
from collections import Counter

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment.grading_queue import WaitingItem, waiting_items
from courses.groups import operations, queries
from lms.core.auth.policy import demand
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.web.groups.forms import NewGroupForm
from lms.web.groups.routes.blueprint import bp, led_sites, staffed_sites, version_to_run

OVER_PAGE = 30
MOST_WORKS = 1000
"""Largest number of waiting works that are read to find late trainees."""


@bp.get("/groups")
@open_in_launch
@login_required
def index() -> ResponseReturnValue:
    """Lists groups under way and ahead, then those that have ended."""
    demand(actor(), "group.list")
    lines = queries.cohorts(db(), staffed_sites(), now())
    over = [line for line in reversed(lines) if line.stage == "over"]
    page = max(1, request.args.get("page", 1, int))
    return render_template(
        "groups/index.html",
        running=[line for line in lines if line.stage == "running"],
        future=[line for line in lines if line.stage == "future"],
        over=over[(page - 1) * OVER_PAGE : page * OVER_PAGE],
        page=page,
        pages=max(1, -(-len(over) // OVER_PAGE)),
        over_count=len(over),
        late=late_trainees(),
        several=len({line.site_id for line in lines}) > 1,
        leads=bool(led_sites()),
    )


def late_trainees() -> dict[int, int]:
    """Returns group → number of late trainees."""
    works = waiting_items(db(), staffed_sites(), MOST_WORKS)
    found = queries.overdue(db(), staffed_sites(), now())
    return Counter(one.cohort_id for one in queries.late_trainees(found, waiting_pairs(works)))


def waiting_pairs(works: list[WaitingItem]) -> set[tuple[int, uuid.UUID | None]]:
    """Returns (enrolment, topic) of what waits for grading; it does not count as late."""
    return {(work.enrolment_id, work.topic_lineage) for work in works}


@bp.route("/groups/new", methods=["GET", "POST"])
@login_required
def new() -> ResponseReturnValue:
    """Creates a group for an approved version; the topics' dates are spread over its time."""
    demand(actor(), "group.start")
    versions = list(queries.approved_versions(db(), led_sites()))
    form = NewGroupForm(version=request.args.get("version", type=int))
    form.offer(versions)
    if form.validate_on_submit():
        with form.catching():
            cohort = operations.create_cohort(
                db(),
                actor=actor(),
                version=version_to_run(form.version.data),
                title=form.title.data,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                order_number=form.order_number.data,
                order_date=form.order_date.data,
            )
            return redirect(url_for(".show", cohort_id=cohort.id), 303)
    return render_template("groups/new.html", form=form, versions=versions), 200 if form.is_clean else 422
