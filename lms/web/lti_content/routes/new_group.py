"""New group for a platform's course."""

from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from courses.groups import operations
from courses.groups.queries import approved_versions
from courses.models.groups import Cohort
from courses.models.programmes import ProgrammeVersion
from lms.core.auth.policy import demand, fetch
from lms.core.clock import day_in
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.web.lti_content.forms import StartForm
from lms.web.lti_content.routes.blueprint import asked, bp, led_sites


@bp.route("/placing/group", methods=["GET", "POST"])
@open_in_launch
@login_required
def start() -> ResponseReturnValue:
    """Creates a group with programme, name and dates, then continues with its content."""
    wanted = asked()
    demand(actor(), "group.start")
    versions = list(approved_versions(db(), led_sites()))
    context = wanted.launch.context
    form = StartForm(title=(context.title or context.label)[:200], starts_on=first_day(versions))
    form.offer(versions)
    if form.validate_on_submit():
        with form.catching():
            cohort = started(form)
            return redirect(url_for(".choose", group=cohort.id, earlier=request.args.get("earlier")), 303)
    before = request.args.get("earlier")
    page = render_template("lti_content/new_group.html", form=form, versions=versions, wanted=wanted, earlier=before)
    return page, 200 if form.is_clean else 422


def first_day(versions: list[ProgrammeVersion]) -> date | None:
    """Returns today's date at the site."""
    return day_in(versions[0].programme.site.time_zone, now()) if versions else None


def started(form: StartForm) -> Cohort:
    """Creates the form's group; returns the one created by a first click, if any. Raises ``Invalid``."""
    version = fetch(db(), ProgrammeVersion, form.version.data, actor=actor(), may="group.edit")
    db().scalar(select(ProgrammeVersion.id).where(ProgrammeVersion.id == version.id).with_for_update())
    title = " ".join((form.title.data or "").split())
    same = (Cohort.title == title, Cohort.starts_on == form.starts_on.data, Cohort.ends_on == form.ends_on.data)
    made = db().scalar(select(Cohort).where(Cohort.version_id == version.id, *same, Cohort.closed_at.is_(None)))
    return made or operations.create_cohort(
        db(),
        actor=actor(),
        version=version,
        title=title,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
    )
