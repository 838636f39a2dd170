"""Import of questions from a file: upload, preview with the files that are missing, adding."""

from typing import BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment.questions.registry import question_types
from assessment.self_checks import importing
from courses.models.programmes import ImportDraft, ProgrammeVersion
from courses.uploads.operations import start_reading
from lms.core.auth.policy import fetch
from lms.core.i18n import _, ngettext
from lms.http.application import keep_changes_on_error
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.web.self_checks.forms import FileForm, QuestionFilesForm
from lms.web.self_checks.routes.authoring import AT_CHECK, check_in, check_page, to_check
from lms.web.self_checks.routes.blueprint import bp


@bp.post(f"{AT_CHECK}/upload")
@open_in_launch
@login_required
def upload(version_id: int, check_id: int) -> ResponseReturnValue:
    """Lets a worker read a file of questions; an unreadable file leaves no draft."""
    version, check = check_in(version_id, check_id)
    form = FileForm()
    if form.validate_on_submit():
        with form.catching():
            run = start_reading(
                db(),
                actor=actor(),
                what=importing.QUESTIONS,
                site_id=version.programme.site_id,
                stream=form.file.data.stream,
                file_name=form.file.data.filename or "",
                now=now(),
                owner={"version_id": version.id, "check_id": check.id},
            )
            return redirect(url_for("uploads.show", run_id=run.id), 303)
    return check_page(version, check, form), 422


@bp.route(f"{AT_CHECK}/imports/<int:draft_id>", methods=["GET", "POST"])
@open_in_launch
@login_required
def imported(version_id: int, check_id: int, draft_id: int) -> ResponseReturnValue:
    """Shows the questions of a file; a confirmation adds them once."""
    version, check = check_in(version_id, check_id)
    draft = fetch(db(), ImportDraft, draft_id, actor=actor(), may="self_check.import", subject_id=check.id)
    form = QuestionFilesForm()
    if request.method == "POST":
        chosen = set(request.form.getlist("take", int))
        take_question_files(form, draft, version)
        with form.catching():
            if form.is_clean:
                count = importing.import_questions(
                    db(), actor=actor(), draft=draft, check=check, chosen=chosen, now=now(), without=form.without.data
                )
        if form.is_clean:
            words = ngettext("%(num)s question is added.", "%(num)s questions are added.", count)
            flash(words if count else _("These questions were added before."), "ok")
            return to_check(version, check)
    values = {
        "version": version,
        "check": check,
        "draft": draft,
        "questions": importing.draft_questions(draft),
        "skipped": importing.draft_notes(draft, "skipped"),
        "warnings": importing.draft_notes(draft, "warnings"),
        "kinds": question_types(),
        "missing": importing.missing_files(draft),
        "form": form,
    }
    if form.errors:
        keep_changes_on_error()  # files that were given are stored
    return render_template("self_checks/imported.html", **values), 422 if form.errors else 200


def take_question_files(form: QuestionFilesForm, draft: ImportDraft, version: ProgrammeVersion) -> None:
    """Stores the given pictures and sounds; the error of a rejected one is shown at the field."""
    for given in request.files.getlist("files"):
        if given.filename:
            with form.catching():
                importing.add_file(
                    db(),
                    actor=actor(),
                    draft=draft,
                    programme=version.programme,
                    stream=cast(BinaryIO, given.stream),
                    name=given.filename,
                    now=now(),
                )
