"""Enrolment from an Excel list or of one typed trainee: upload, preview with answers for each row, saving."""

from typing import BinaryIO

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.datastructures import FileStorage

from courses.groups import roster_import
from courses.groups.errors import RowErrors, SavedAlready
from courses.groups.roster_import import ImportCounts, PreviewRow, RowDecision
from courses.groups.roster_rows import CORRECTABLE
from courses.models.groups import Cohort
from courses.models.programmes import ImportDraft
from courses.roster.model import Roster
from courses.roster.reader import demand_roster_name
from courses.uploads.operations import as_invalid, start_reading
from lms.core.documents.errors import UnreadableDocument
from lms.core.i18n import _, ngettext
from lms.http.input_values import whole_numbers
from lms.http.request_context import actor, db, now
from lms.web.accounts.urls import one_time_link
from lms.web.groups.forms import PersonForm, UploadForm
from lms.web.groups.routes.blueprint import bp, group_to_edit, own_list
from lms.web.uploads.presenters import show_refusal


@bp.route("/groups/<int:cohort_id>/import", methods=["GET", "POST"])
@login_required
def upload(cohort_id: int) -> ResponseReturnValue:
    """Lets a worker read a list; an unreadable file leaves no draft."""
    cohort = group_to_edit(cohort_id)
    form = UploadForm()
    if form.validate_on_submit():
        with form.catching():
            return start_run(cohort, form.file.data)
    status = 200 if form.is_clean else 422
    show_refusal(form, "roster")
    return render_template("groups/upload.html", cohort=cohort, form=form), status


def start_run(cohort: Cohort, file: FileStorage) -> ResponseReturnValue:
    """Lets a worker read the list. Raises ``Invalid`` at ``file`` if its name is of a type that is not taken."""
    name = file.filename or ""
    try:
        demand_roster_name(name)
    except UnreadableDocument as error:
        raise as_invalid(error) from error
    stream: BinaryIO = file.stream  # type: ignore[assignment]
    run = start_reading(
        db(),
        actor=actor(),
        what="roster",
        site_id=cohort.site_id,
        stream=stream,
        file_name=name,
        now=now(),
        owner={"cohort_id": cohort.id},
    )
    return redirect(url_for("uploads.show", run_id=run.id), 303)


@bp.route("/groups/<int:cohort_id>/add", methods=["GET", "POST"])
@login_required
def add(cohort_id: int) -> ResponseReturnValue:
    """Adds one typed trainee by the same preview, as a list of one."""
    cohort = group_to_edit(cohort_id)
    form = PersonForm()
    if form.validate_on_submit():
        with form.catching():
            return to_preview(cohort, roster_import.typed_roster(form.data), "")
    return render_template("groups/add.html", cohort=cohort, form=form), 200 if form.is_clean else 422


def to_preview(cohort: Cohort, roster: Roster, file_name: str) -> ResponseReturnValue:
    """Stores the list as a draft and redirects to its preview."""
    draft = roster_import.keep_roster(db(), actor=actor(), cohort=cohort, roster=roster, file_name=file_name)
    return redirect(url_for(".preview", draft_id=draft.id), 303)


@bp.route("/groups/import/<int:draft_id>", methods=["GET", "POST"])
@login_required
def preview(draft_id: int) -> ResponseReturnValue:
    """Shows each row as understood; a POST enrols people according to the answers."""
    draft, cohort = own_list(draft_id)
    if draft.saved_at is not None:
        return redirect(url_for(".trainees", cohort_id=cohort.id), 303)
    if request.method == "GET":
        return show(draft, cohort, roster_import.preview(db(), draft), {})
    given = answers(draft)
    try:
        with db().begin_nested():
            done = roster_import.save_roster(
                db(),
                actor=actor(),
                draft=draft,
                cohort=cohort,
                answers=given,
                send=request.form.get("send") == "1",
                link_to=one_time_link,
                now=now(),
            )
    except RowErrors as error:
        reasons = {row: detail.message for row, detail in error.rows.items()}
        return show(draft, cohort, roster_import.preview(db(), draft, given), reasons), 422
    tell(done)
    return redirect(url_for(".trainees", cohort_id=cohort.id), 303)


def show(draft: ImportDraft, cohort: Cohort, rows: list[PreviewRow], errors: dict[int, str]) -> str:
    """Returns the page of the preview."""
    return render_template(
        "groups/preview.html",
        draft=draft,
        cohort=cohort,
        whole=roster_import.roster_of_draft(draft),
        rows=rows,
        errors=errors,
        send=request.form.get("send") == "1" if request.method == "POST" else True,
        counts={
            "new": sum(row.choice == "new" for row in rows),
            "known": sum(row.choice.startswith("known:") for row in rows),
            "skip": sum(row.choice == "skip" for row in rows),
            "open": sum(not row.choice for row in rows),
        },
    )


def answers(draft: ImportDraft) -> dict[int, RowDecision]:
    """Returns the form's answers by row: the choice, the person offered, the corrected values."""
    form, found = request.form, {}
    for row in roster_import.roster_of_draft(draft).rows:
        seen = frozenset(whole_numbers(form.get(f"seen-{row.row}", "").split(",")))
        typed = {name: form[f"{name}-{row.row}"] for name in CORRECTABLE if f"{name}-{row.row}" in form}
        found[row.row] = RowDecision(form.get(f"choice-{row.row}", ""), seen, typed)
    return found


def tell(done: ImportCounts) -> None:
    """Flashes one message with the numbers of what was saved."""
    parts = [ngettext("%(num)s trainee is enrolled.", "%(num)s trainees are enrolled.", done.enrolled)]
    if done.already:
        parts.append(ngettext("%(num)s was in the group already.", "%(num)s were in the group already.", done.already))
    if done.mailed:
        parts.append(
            ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", done.mailed)
        )
    if done.cards:
        parts.append(ngettext("%(num)s needs a printed card.", "%(num)s need printed cards.", done.cards))
    if done.skipped:
        parts.append(ngettext("%(num)s row was left out.", "%(num)s rows were left out.", done.skipped))
    flash(" ".join(parts), "ok")


@bp.post("/groups/import/<int:draft_id>/discard")
@login_required
def discard(draft_id: int) -> ResponseReturnValue:
    """Deletes the draft."""
    draft, cohort = own_list(draft_id)
    try:
        roster_import.discard(db(), draft=draft)
        flash(_("The list is forgotten; nobody was enrolled."), "ok")
    except SavedAlready as error:
        flash(error.message, "info")
    return redirect(url_for(".trainees", cohort_id=cohort.id), 303)
