"""Grading anew after a key was corrected: who rises and who falls, the leader's word, the progress."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment.attempts import regrading
from lms.core.auth.policy import allowed, demand
from lms.core.i18n import _
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db
from lms.web.self_checks.routes.authoring import AT_CHECK, check_in
from lms.web.self_checks.routes.blueprint import bp

SHOWN = 100
"""Largest number of trainees listed on either side."""


@bp.get(f"{AT_CHECK}/regrade")
@open_in_launch
@login_required
def regrade(version_id: int, check_id: int) -> ResponseReturnValue:
    """Shows what grading by the corrected keys would change, or the progress of the run."""
    version, check = check_in(version_id, check_id)
    run = regrading.latest_run(db(), check)
    under_way, stopped = regrading.is_under_way(run), regrading.is_stopped(run)
    values = {"version": version, "check": check, "run": run, "under_way": under_way, "stopped": stopped}
    preview = None if under_way or stopped else regrading.preview(db(), check)
    decides = allowed(actor(), "self_check.regrade", version)
    return render_template("self_checks/regrade.html", preview=preview, decides=decides, shown=SHOWN, **values)


@bp.get(f"{AT_CHECK}/regrade/state")
@open_in_launch
@login_required
def regrading_state(version_id: int, check_id: int) -> ResponseReturnValue:
    """Returns the progress, a part of the page, or redirects to the page when nothing is under way."""
    version, check = check_in(version_id, check_id)
    run = regrading.latest_run(db(), check)
    if not regrading.is_under_way(run):
        return redirect(url_for(".regrade", version_id=version.id, check_id=check.id), 303)
    return render_template("self_checks/_regrading.html", version=version, check=check, run=run)


@bp.post(f"{AT_CHECK}/regrade")
@open_in_launch
@login_required
def start_regrading(version_id: int, check_id: int) -> ResponseReturnValue:
    """Starts grading anew in the worker; results are lowered only if the leader says so."""
    version, check = check_in(version_id, check_id)
    demand(actor(), "self_check.regrade", version)
    lower = request.form.get("lower") == "yes"
    regrading.start(db(), actor=actor(), check=check, lower=lower, site_id=version.programme.site_id)
    flash(_("The attempts are being graded anew."), "ok")
    return redirect(url_for(".regrade", version_id=version.id, check_id=check.id), 303)


@bp.post(f"{AT_CHECK}/regrade/run")
@open_in_launch
@login_required
def change_regrading(version_id: int, check_id: int) -> ResponseReturnValue:
    """Stops grading anew before its next portion, lets it continue, or ends it with what was done."""
    version, check = check_in(version_id, check_id)
    demand(actor(), "self_check.regrade", version)
    request_of = {"stop": regrading.pause, "continue": regrading.resume, "end": regrading.cancel}
    if change := request_of.get(request.form.get("do", "")):
        change(db(), actor=actor(), check=check)
    return redirect(url_for(".regrade", version_id=version.id, check_id=check.id), 303)
