"""Pages of a trainee's works: the task, the draft, handed-in versions with their reviews."""

from datetime import date
from typing import BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.datastructures import FileStorage

from assessment.attestation import due_dates, queries, works
from assessment.attestation.errors import WorkOpened
from assessment.models.attestation import AttestationTask, Submission
from courses.models.groups import Enrolment
from courses.progress.queries import FOR_COURSE
from lms.composition import parts
from lms.core.auth.policy import allowed, fetch
from lms.core.clock import day_in
from lms.core.errors import DomainError, Invalid, NotFound
from lms.core.files.media_types import HEIC, TEACHING
from lms.core.files.operations import save_upload
from lms.core.i18n import format_datetime
from lms.core.i18n import gettext as _
from lms.core.overwritten import overwritten_of
from lms.core.revisions import EMPTY, TypedOverOlder, revision_of
from lms.http.application import keep_changes_on_error
from lms.http.downloads import send_photo, send_stored
from lms.http.input_values import takes_files
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.http.typed_over import refused, saved, seen_fields
from lms.web.tasks import presenters  # noqa: F401 (its card is offered by being imported)
from lms.web.tasks.forms import WorkForm

bp = Blueprint("tasks", __name__)

FILES_AT_ONCE = 4
"""Files of the largest size that a form without scripts may send at once."""


@bp.get("/works")
@open_in_launch
@login_required
def index() -> ResponseReturnValue:
    """Lists all own tasks with their state."""
    rows = [row for row in queries.works_of_person(db(), actor().person_id or 0) if actor().reaches(row[0])]
    until = due_dates.due_of(db(), [(task, enrolment) for enrolment, task, _submission in rows])
    return render_template("tasks/index.html", rows=rows, until=until, today=today_of)


def today_of(enrolment: Enrolment) -> date:
    """Returns the current date in the time zone of the group's site."""
    return day_in(enrolment.cohort.site.time_zone, now())


def found(enrolment_id: int, task_id: int, may: str) -> tuple[Enrolment, AttestationTask]:
    """Returns the enrolment, if the actor has the permission, and a task of its programme."""
    enrolment = fetch(db(), Enrolment, enrolment_id, actor=actor(), may=may, see="work.see", loading=FOR_COURSE)
    task = db().get(AttestationTask, task_id)
    if task is None or task.version_id != enrolment.cohort.version_id:
        raise NotFound
    return enrolment, task


@bp.get("/course/<int:enrolment_id>/tasks/<int:task_id>")
@open_in_launch
@login_required
def show(enrolment_id: int, task_id: int) -> ResponseReturnValue:
    """Shows the task, the draft and the versions with their reviews."""
    enrolment, task = found(enrolment_id, task_id, "work.see")
    submission = works.existing(db(), task, enrolment)
    return page(enrolment, task, submission, WorkForm(text=submission.draft_text if submission else ""))


def page(
    enrolment: Enrolment,
    task: AttestationTask,
    submission: Submission | None,
    form: WorkForm,
    conflict: TypedOverOlder | None = None,
) -> ResponseReturnValue:
    """Returns the page, with the form's errors if there are any. ``submission``: ``None`` before the first save."""
    versions = queries.versions_of(db(), submission) if submission else []
    may_do = allowed(actor(), "work.do", enrolment)
    until, posted = due_dates.due_on(db(), task, enrolment), seen_fields().get("text", "")
    zone = enrolment.cohort.site.time_zone
    values = {
        "enrolment": enrolment,
        "task": task,
        "submission": submission,
        "form": form,
        "versions": versions,
        "withdrawable": may_do
        and submission is not None
        and works.may_be_withdrawn(submission, versions[0] if versions else None),
        "files": works.draft_files(db(), submission) if submission else [],
        "due_on": until,
        "overdue": until is not None and today_of(enrolment) > until,
        "late": lambda version: due_dates.days_late(until, version.handed_in_at, zone),
        "open": may_do and (submission is None or works.is_open(submission)),
        "seen": revision_of(submission.draft_text if submission else "") if conflict or not form.errors else posted,
        "conflict": conflict,
        "earlier": overwritten_of(db(), submission) if submission else [],
        "limit_bytes": parts().settings.upload_limit_bytes,
        "limit": parts().settings.upload_limit_bytes // (1024 * 1024),
        "limit_at_once": FILES_AT_ONCE * parts().settings.upload_limit_bytes // (1024 * 1024),
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render_template("tasks/show.html", **values), status


@bp.post("/course/<int:enrolment_id>/tasks/<int:task_id>")
@open_in_launch
@login_required
@takes_files(FILES_AT_ONCE)
def send(enrolment_id: int, task_id: int) -> ResponseReturnValue:
    """Saves the draft, removes a file, or hands the work in, according to the pressed button.

    Uploaded files are saved even if something else fails, and are in the draft when the page is shown again.
    """
    enrolment, task = found(enrolment_id, task_id, "work.do")
    submission = works.submission_of(db(), task, enrolment)
    form = WorkForm()
    if "take_stored" in request.form:
        works.keep_typed(db(), submission, text=form.text.data or "")
        return redirect(url_for(".show", enrolment_id=enrolment.id, task_id=task.id), 303)
    take_files(submission, form)
    try:
        with form.catching(but=TypedOverOlder):
            act(submission, form)
    except TypedOverOlder as error:
        keep_changes_on_error()  # files are in the draft
        return page(enrolment, task, submission, form, error)
    if form.errors:
        keep_text(submission, form)
        return page(enrolment, task, submission, form)
    return redirect(url_for(".show", enrolment_id=enrolment.id, task_id=task.id), 303)


def take_files(submission: Submission, form: WorkForm) -> None:
    """Adds each uploaded file to the draft; the error of a rejected file is shown at the field."""
    for upload in request.files.getlist("files"):
        if upload.filename:
            with form.catching():
                add_file(submission, upload)


def add_file(submission: Submission, upload: FileStorage) -> None:
    """Stores one uploaded file and adds it to the draft. Raises ``DomainError``."""
    file = save_upload(
        db(),
        stream=cast(BinaryIO, upload.stream),
        name=upload.filename or "",
        limit=parts().settings.upload_limit_bytes,
        accept=TEACHING,
        actor=actor(),
        site_id=submission.enrolment.cohort.site_id,
        now=now(),
        field="files",
    )
    works.attach(db(), submission, file, now=now())


@bp.post("/course/<int:enrolment_id>/tasks/<int:task_id>/files")
@open_in_launch
@login_required
def upload(enrolment_id: int, task_id: int) -> ResponseReturnValue:
    """Adds one file to the draft: the script sends chosen files one after the other."""
    enrolment, task = found(enrolment_id, task_id, "work.do")
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid(code="file_empty", field="files")
        add_file(works.submission_of(db(), task, enrolment), sent)
    except DomainError as error:
        return {"message": error.message}, error.status
    return {"name": sent.filename}


def act(submission: Submission, form: WorkForm) -> None:
    """Does what the pressed button asks for."""
    text, seen = form.text.data or "", seen_fields().get("text", EMPTY)
    if "detach" in request.form:
        attached = queries.file_of(db(), submission, request.form.get("detach", 0, int))
        if attached is not None:
            works.detach(db(), submission, attached)
    if "hand_in" in request.form and not form.errors:
        works.hand_in(db(), submission, actor=actor(), text=text, now=now(), seen=seen)
        flash(_("Handed in. You will be told when it is reviewed."), "ok")
        return
    works.save_draft(db(), submission, text=text, now=now(), seen=seen)
    if "save" in request.form:
        flash(_("The draft is saved."), "ok")


def keep_text(submission: Submission, form: WorkForm) -> None:
    """Keeps the typed text and the attached files when handing in was refused; a text that is refused is not kept."""
    try:
        with db().begin_nested():
            seen = seen_fields().get("text", EMPTY)
            works.save_draft(db(), submission, text=form.text.data or "", now=now(), seen=seen)
    except DomainError:
        return
    keep_changes_on_error()


@bp.post("/course/<int:enrolment_id>/tasks/<int:task_id>/withdraw")
@open_in_launch
@login_required
def withdraw(enrolment_id: int, task_id: int) -> ResponseReturnValue:
    """Takes a handed-in work back while no grader has opened it."""
    enrolment, task = found(enrolment_id, task_id, "work.do")
    submission = works.existing(db(), task, enrolment)
    if submission is None:
        raise NotFound
    try:
        works.withdraw(db(), submission, actor=actor(), now=now())
    except WorkOpened as error:
        flash(error.message, "warn")
    else:
        flash(_("The work is yours again: go on with it and hand it in when it is ready."), "ok")
    return redirect(url_for(".show", enrolment_id=enrolment.id, task_id=task.id), 303)


@bp.post("/course/<int:enrolment_id>/tasks/<int:task_id>/draft")
@open_in_launch
@login_required
def autosave(enrolment_id: int, task_id: int) -> ResponseReturnValue:
    """Saves the draft's text while it is typed; answers with the time."""
    enrolment, task = found(enrolment_id, task_id, "work.do")
    submission, text = works.submission_of(db(), task, enrolment), request.form.get("text", "")
    try:
        works.save_draft(db(), submission, text=text, now=now(), seen=seen_fields().get("text", EMPTY))
    except TypedOverOlder as error:
        return refused(error.message, error.conflicts), error.status
    except DomainError as error:
        return {"message": error.message}, error.status
    return {"saved_at": format_datetime(now()), **saved({"text": submission.draft_text}, {"text": text})}


@bp.get("/works/<int:submission_id>/files/<int:file_id>")
@open_in_launch
@login_required
def file(submission_id: int, file_id: int) -> ResponseReturnValue:
    """Sends a file of a work to its author or to its graders."""
    submission = fetch(db(), Submission, submission_id, actor=actor(), may="work.see")
    attached = queries.file_of(db(), submission, file_id)
    if attached is None:
        raise NotFound
    if "show" in request.args and attached.file.media_type == HEIC:
        return send_photo(attached.file)
    return send_stored(attached.file, inline="show" in request.args)
