"""Uploaded files that a worker reads: the page that waits for the result, and the choice among several programmes."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.uploads.operations import result_of, upload_of
from lms.http.launch_access import open_in_launch
from lms.web.uploads.presenters import found_programmes, upload_to_watch
from lms.web.uploads.urls import form_url, preview_url

bp = Blueprint("uploads", __name__)


@bp.get("/uploads/<int:run_id>")
@open_in_launch
@login_required
def show(run_id: int) -> ResponseReturnValue:
    """Waits for the result, then leads to the preview, or to the form with the reason of a refusal."""
    run = upload_to_watch(run_id)
    upload, result = upload_of(run), result_of(run)
    if result is None:
        return render_template("uploads/waiting.html", run=run, upload=upload, back=form_url(upload))
    if result.refusal:
        return redirect(form_url(upload, run.id), 303)
    if len(result.draft_ids) == 1:
        return redirect(preview_url(upload, result.draft_ids[0]), 303)
    found = found_programmes(upload, result.draft_ids)
    return render_template("uploads/choice.html", upload=upload, found=found, back=form_url(upload))


@bp.get("/uploads/<int:run_id>/state")
@open_in_launch
@login_required
def state(run_id: int) -> ResponseReturnValue:
    """Returns the fragment of the waiting page, or redirects to the result."""
    run = upload_to_watch(run_id)
    if result_of(run) is not None:
        return redirect(url_for(".show", run_id=run.id), 303)
    return render_template("uploads/_waiting.html", run=run, upload=upload_of(run))
