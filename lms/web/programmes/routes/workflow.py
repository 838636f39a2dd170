"""Workflow of a version: submission, withdrawal, next version, corrections of an approved one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.models.programmes import ProgrammeVersion
from courses.programmes import copying, workflow
from courses.programmes.corrections import CorrectableText, correct, correctable_texts, corrections
from courses.programmes.errors import NotReady, Overlapped, WrongState
from lms.core.i18n import _
from lms.http.request_context import actor, db, now
from lms.web.programmes.correction_presenters import PlaceOption
from lms.web.programmes.forms import CorrectionForm
from lms.web.programmes.routes.blueprint import bp, version_to_edit


@bp.post("/programmes/<int:version_id>/submit")
@login_required
def send(version_id: int) -> ResponseReturnValue:
    """Submits the version to the council; if problems block it, shows the plan with the reason."""
    version = version_to_edit(version_id)
    try:
        workflow.submit(db(), actor=actor(), version=version, now=now())
    except NotReady as error:
        flash(_("Not sent yet. %(why)s", why=error.message), "warn")
        return redirect(url_for(".plan", version_id=version.id), 303)
    except WrongState as error:
        flash(error.message, "info")
    else:
        flash(_("The programme lies with the council. You will see its decision here."), "ok")
    return redirect(url_for(".show", version_id=version.id), 303)


@bp.post("/programmes/<int:version_id>/withdraw")
@login_required
def withdraw(version_id: int) -> ResponseReturnValue:
    """Takes the version back from the council, to edit it."""
    version = version_to_edit(version_id)
    try:
        workflow.withdraw(db(), actor=actor(), version=version)
    except WrongState as error:
        flash(error.message, "info")
        return redirect(url_for(".show", version_id=version.id), 303)
    return redirect(url_for(".plan", version_id=version.id), 303)


@bp.post("/programmes/<int:version_id>/versions")
@login_required
def new_version(version_id: int) -> ResponseReturnValue:
    """Creates the next version as a copy of this one, or opens the one that is open already."""
    version = version_to_edit(version_id)
    try:
        made = copying.new_version(db(), actor=actor(), version=version)
    except WrongState as error:
        flash(error.message, "info")
        return redirect(url_for(".show", version_id=version.id), 303)
    return redirect(url_for(".plan" if made.is_open else ".show", version_id=made.id), 303)


@bp.route("/programmes/<int:version_id>/correction", methods=["GET", "POST"])
@login_required
def correction(version_id: int) -> ResponseReturnValue:
    """Corrects a misprint of an approved version: first the place, then the new text."""
    version = version_to_edit(version_id)
    if version.state != "approved":
        return redirect(url_for(".show", version_id=version.id), 303)
    offered = correctable_texts(db(), version)
    chosen = _chosen(offered)
    form = CorrectionForm()
    if request.method == "GET" and chosen:
        form.text.data, form.place.data, form.seen.data = chosen.text, chosen.address, chosen.text
    if form.validate_on_submit() and _correct(form, version, chosen):
        flash(_("Corrected, and written into the history of the version."), "ok")
        return redirect(url_for(".correction", version_id=version.id), 303)
    return render_template(
        "programmes/correction.html",
        version=version,
        offered=[PlaceOption.of(one) for one in offered],
        chosen=PlaceOption.of(chosen) if chosen else None,
        form=form,
        corrected=corrections(db(), version),
    ), 200 if form.is_clean else 422


def _chosen(offered: list[CorrectableText]) -> CorrectableText | None:
    address = request.values.get("place", "")
    return next((place for place in offered if place.address == address), None)


def _correct(form: CorrectionForm, version: ProgrammeVersion, chosen: CorrectableText | None) -> bool:
    with form.catching():
        try:
            correct(
                db(),
                actor=actor(),
                version=version,
                address=form.place.data or "",
                seen=form.seen.data or "",
                text_after=form.text.data,
                label=PlaceOption.of(chosen).whole if chosen else "",
            )
        except Overlapped as error:
            form.seen.data = error.theirs
            raise
    return form.is_clean
