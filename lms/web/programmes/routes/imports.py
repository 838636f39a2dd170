"""Import of a document as a programme or a plan: upload, preview with corrections, saving."""

from collections.abc import Sequence
from typing import BinaryIO

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.datastructures import FileStorage

from courses.models.programmes import ImportDraft
from courses.programmes import drafts, queries
from courses.programmes.edits import Change, ChangeResult
from courses.programmes.errors import WrongState
from courses.thematic_plan.model import ThematicPlan
from courses.uploads.operations import as_invalid, start_reading
from lms.core.auth.policy import demand
from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.ooxml_package import kind_of_name
from lms.core.errors import DomainError
from lms.core.i18n import _
from lms.http.request_context import actor, db, now
from lms.web.programmes.forms import UploadForm, UploadPlanForm
from lms.web.programmes.import_presenters import shown_causes
from lms.web.programmes.presenters import PlanTable, plan_table
from lms.web.programmes.routes import plan_changes as changes
from lms.web.programmes.routes.blueprint import bp, own_draft, site_to_write_for, target_of, version_to_edit
from lms.web.programmes.routes.listing import index_page
from lms.web.uploads.presenters import show_refusal


def start_run(file: FileStorage, what: str, site_id: int, **owner: int) -> ResponseReturnValue:
    """Lets a worker read the document. Raises ``Invalid`` at ``file`` if its name is of a type that is not taken."""
    name = file.filename or ""
    try:
        kind_of_name(name)
    except UnreadableDocument as error:
        raise as_invalid(error) from error
    stream: BinaryIO = file.stream  # type: ignore[assignment]
    run = start_reading(
        db(), actor=actor(), what=what, site_id=site_id, stream=stream, file_name=name, now=now(), owner=owner
    )
    return redirect(url_for("uploads.show", run_id=run.id), 303)


@bp.post("/programmes/import")
@login_required
def upload() -> ResponseReturnValue:
    """Lets a worker read a programme's document; an unreadable document leaves no draft."""
    demand(actor(), "programme.start_somewhere")
    form = UploadForm()
    form.offer(queries.sites_of(db(), actor(), editing=True))
    if form.validate_on_submit():
        site = site_to_write_for(form.site.data)
        with form.catching():
            return start_run(form.file.data, "programme", site.id)
    return index_page(form), 422


@bp.route("/programmes/<int:version_id>/plan/import", methods=["GET", "POST"])
@login_required
def upload_plan(version_id: int) -> ResponseReturnValue:
    """Lets a worker read a plan that replaces the version's plan."""
    version = version_to_edit(version_id)
    if not version.is_open:
        return redirect(url_for(".show", version_id=version.id), 303)
    form = UploadPlanForm()
    if form.validate_on_submit():
        with form.catching():
            return start_run(form.file.data, "plan", version.programme.site_id, version_id=version.id)
    status = 200 if form.is_clean else 422
    show_refusal(form, "plan")
    return render_template("programmes/upload_plan.html", version=version, form=form), status


@bp.route("/programmes/imports/<int:draft_id>", methods=["GET", "POST"])
@login_required
def preview(draft_id: int) -> ResponseReturnValue:
    """Shows what was and what was not understood; a POST is one of the form's buttons, one of which saves."""
    draft = own_draft(draft_id)
    if draft.saved_at is not None and draft.subject_id:
        return redirect(url_for(".plan", version_id=draft.subject_id), 303)
    if request.method == "POST":
        return _save_form(draft)
    sheet = plan_table(drafts.proposal_of(draft).plan)
    sheet.chosen = request.args.get("row", "")
    return _page(draft, sheet)


def _change(draft: ImportDraft, wanted: Sequence[Change]) -> tuple[list[ChangeResult], ThematicPlan]:
    return drafts.change_draft(db(), draft=draft, wanted=wanted)


def _save_form(draft: ImportDraft) -> ResponseReturnValue:
    do = request.form.get("do", "save")
    answers, plan = _change(draft, changes.form_changes())
    if deeds := [*changes.structure_changes(do, plan), *_title_changes(draft, do, plan)]:
        more, plan = _change(draft, deeds)
        answers += more
    sheet = plan_table(plan)
    if changes.show_rejected(sheet, answers, request.form):
        return _page(draft, sheet)
    if do == "create":
        return _create(draft, sheet)
    chosen = do.partition(":")[2].partition(":")[0] if do.startswith(("menu:", "up:", "down:")) else None
    anchor = f"row-{chosen}" if chosen else None
    return redirect(url_for(".preview", draft_id=draft.id, row=chosen, _anchor=anchor), 303)


def _title_changes(draft: ImportDraft, do: str, plan: ThematicPlan) -> list[Change]:
    """Returns the change of a button that chooses one of the titles that were read."""
    titles = drafts.proposal_of(draft).imported.titles
    number = do.removeprefix("title:")
    if number == do or not number.isdecimal() or int(number) >= len(titles):
        return []
    return [changes.set_cell("part:title", plan.texts["title"], titles[int(number)])]


def _create(draft: ImportDraft, sheet: PlanTable) -> ResponseReturnValue:
    version = target_of(draft)
    try:
        with db().begin_nested():
            if version is None:
                site = site_to_write_for(draft.site_id)
                version = drafts.save_programme(db(), actor=actor(), draft=draft, site=site, now=now())
            else:
                drafts.save_plan(db(), actor=actor(), draft=draft, version=version, now=now())
    except DomainError as error:
        if error.status in (403, 404):
            raise
        return _page(draft, sheet, error)
    flash(_("Saved as a draft. Nothing is sent yet."), "ok")
    return redirect(url_for(".plan", version_id=version.id), 303)


def _page(draft: ImportDraft, sheet: PlanTable, error: DomainError | None = None) -> ResponseReturnValue:
    proposal = drafts.proposal_of(draft)
    warnings = [note for note in proposal.imported.warnings if note.detail.code != "title_uncertain"]
    # Valid corrections are kept even if others are rejected, so the status is not an error.
    return render_template(
        "programmes/preview.html",
        draft=draft,
        version=target_of(draft),
        imported=proposal.imported,
        problems=shown_causes(proposal.imported.problems),
        warnings=shown_causes(warnings),
        sheet=sheet,
        losses=proposal.losses,
        error=error,
        fresh=changes.new_row_lineage,
    )


@bp.post("/programmes/imports/<int:draft_id>/changes")
@login_required
def preview_changes(draft_id: int) -> ResponseReturnValue:
    """Applies corrections of the preview while they are typed."""
    draft = own_draft(draft_id)
    return changes.answer_script(lambda wanted: _change(draft, wanted))


@bp.post("/programmes/imports/<int:draft_id>/discard")
@login_required
def discard(draft_id: int) -> ResponseReturnValue:
    """Deletes the draft."""
    draft = own_draft(draft_id)
    version = target_of(draft)
    try:
        drafts.discard(db(), draft=draft)
    except WrongState as error:
        flash(error.message, "info")
    if version:
        return redirect(url_for(".plan", version_id=version.id), 303)
    return redirect(url_for(".index"), 303)
