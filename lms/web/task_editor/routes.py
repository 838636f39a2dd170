"""Pages of the attestation tasks of a programme version: the list with criteria, and a form for each."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from wtforms.fields.choices import SelectChoice

from assessment.attestation import tasks
from assessment.attestation.tasks import CriterionInput
from assessment.models.attestation import AttestationTask
from courses.models.programmes import ProgrammeVersion
from courses.programmes.removed_parts import removed_parts
from courses.progress.queries import plan_topics
from lms.core.auth.policy import allowed, fetch
from lms.core.errors import DomainError, NotFound
from lms.core.i18n import format_number
from lms.core.i18n import gettext as _
from lms.core.sentences import ErrorDetail
from lms.http.request_context import actor, db
from lms.http.typed_over import merged_over, revisions_shown
from lms.web.task_editor.forms import (
    InstructionsForm,
    Row,
    TaskForm,
    criteria_in,
    filled,
    number_in,
    text_of_rows,
    typed_rows,
)

bp = Blueprint("task_editor", __name__)
CHANGED = "changed"
"""Fault of criteria that were changed on both sides."""


def version_to_edit(version_id: int) -> ProgrammeVersion:
    """Returns the version for its authors. Raises ``NotFound``, or ``Forbidden`` for people who may only read it."""
    return fetch(db(), ProgrammeVersion, version_id, actor=actor(), may="programme.edit", see="programme.see")


def task_of(version: ProgrammeVersion, task_id: int) -> AttestationTask:
    """Returns a task of this version. Raises ``NotFound``."""
    task = db().get(AttestationTask, task_id)
    if task is None or task.version_id != version.id:
        raise NotFound
    return task


@bp.get("/programmes/<int:version_id>/tasks")
@login_required
def index(version_id: int) -> ResponseReturnValue:
    """Lists the tasks with their criteria; in an open version the final task has those of part 4."""
    version = fetch(db(), ProgrammeVersion, version_id, actor=actor(), may="programme.see")
    listed = [(task, *standard_of(version, task)) for task in tasks.tasks_of(db(), version.id)]
    return render_template(
        "task_editor/index.html",
        version=version,
        listed=listed,
        topics={topic.lineage: topic.title for topic in plan_topics(db(), version.id)},
        edits=allowed(actor(), "programme.edit", version),
        lacks_final=not any(task.kind == "final" for task, *_rest in listed),
        removed=removed_parts(db(), version, tasks.TASK) if version.is_open else (),
    )


def standard_of(version: ProgrammeVersion, task: AttestationTask) -> tuple[list[CriterionInput], Decimal, bool]:
    """Returns criteria and pass mark, and whether they are those of part 4."""
    if tasks.follows_part_four(db(), version.id, task, task.kind):
        if version.is_open:
            return tasks.part_four_criteria(db(), version.id), version.pass_mark or Decimal(0), True
        return [tasks.input_of(row) for row in task.criteria], task.pass_mark, True
    return [tasks.input_of(row) for row in task.criteria], task.pass_mark, False


@bp.route("/programmes/<int:version_id>/tasks/new", methods=["GET", "POST"])
@login_required
def new(version_id: int) -> ResponseReturnValue:
    """Adds a task."""
    version = version_to_edit(version_id)
    if not version.is_open:
        return redirect(url_for(".index", version_id=version.id), 303)
    final = tasks.first_final(db(), version.id) is None
    return page(version, None, TaskForm(kind="final" if final else "current"), [])


@bp.route("/programmes/<int:version_id>/tasks/<int:task_id>", methods=["GET", "POST"])
@login_required
def edit(version_id: int, task_id: int) -> ResponseReturnValue:
    """Edits a task: all of it in a draft, only its instructions in a submitted or approved version."""
    version = version_to_edit(version_id)
    task = task_of(version, task_id)
    if not version.is_open:
        return instructions(version, task)
    values = {name: getattr(task, name) for name in ("title", "kind", "instructions", "required")}
    form = TaskForm(over=task, **values, topic=str(task.topic_lineage or ""), pass_mark=format_number(task.pass_mark))
    return page(version, task, form, [row_of(tasks.input_of(criterion)) for criterion in task.criteria])


def row_of(criterion: CriterionInput) -> Row:
    """Returns a criterion as a row of the table."""
    least = format_number(criterion.least) if criterion.least else ""
    return Row(criterion.name, criterion.indicator, format_number(criterion.most), least)


def instructions(version: ProgrammeVersion, task: AttestationTask) -> ResponseReturnValue:
    """Shows the frozen task with a form for its instructions."""
    form = InstructionsForm(over=task, instructions=task.instructions)
    if form.validate_on_submit():
        with form.catching():
            text = form.instructions.data or ""
            tasks.change_instructions(db(), actor=actor(), version=version, task=task, instructions=text)
        if form.is_clean:
            flash(_("Saved."), "ok")
            return redirect(url_for(".index", version_id=version.id), 303)
    criteria, pass_mark, _follows = standard_of(version, task)
    shown = render_template(
        "task_editor/frozen.html", version=version, task=task, form=form, criteria=criteria, pass_mark=pass_mark
    )
    return shown, 422 if form.errors else 200


def page(
    version: ProgrammeVersion, task: AttestationTask | None, form: TaskForm, rows: list[Row]
) -> ResponseReturnValue:
    """Returns the form; a button of the table adds or removes a row and keeps everything typed."""
    topics = plan_topics(db(), version.id)
    offered = [SelectChoice(str(topic.lineage), f"{topic.number}. {topic.title}") for topic in topics]
    form.topic.choices = [SelectChoice("", _("no topic")), *offered]
    faults: dict[str, str] = {}
    stored = rows
    if request.method == "POST":
        rows, pressed = typed_rows(), request.form.get("row", "")
        if pressed:
            rows = turned(rows, pressed)
        else:
            rows = merged_rows(stored, [row for row in rows if not row.is_empty], faults)
            if not faults and saved(version, task, form, rows, faults):
                flash(_("Saved."), "ok")
                return redirect(url_for(".index", version_id=version.id), 303)
    follows = tasks.follows_part_four(db(), version.id, task, form.kind.data or "")
    shown = render_template(
        "task_editor/form.html",
        version=version,
        task=task,
        form=form,
        rows=filled(rows),
        faults=faults,
        stored=stored if CHANGED in faults else [],
        revisions=revisions_shown({"criteria": text_of_rows(stored)}, ["criteria"] if CHANGED in faults else ()),
        follows=follows,
        part_four=tasks.part_four_criteria(db(), version.id),
    )
    return shown, 422 if form.errors or faults or any(row.faults for row in rows) else 200


def merged_rows(stored: list[Row], typed: list[Row], faults: dict[str, str]) -> list[Row]:
    """Returns the rows to save: the stored ones if only another person has changed them; a fault if both have."""
    before, mine = {"criteria": text_of_rows(stored)}, {"criteria": text_of_rows(typed)}
    merged = merged_over(before, mine)
    if merged.conflicts:
        faults[CHANGED] = _("The criteria were changed elsewhere meanwhile. Save once more to keep yours.")
    return stored if merged.theirs else typed


def turned(rows: list[Row], pressed: str) -> list[Row]:
    """Returns the rows without the one whose button was pressed, with an empty row at the end."""
    return [row for place, row in enumerate(rows) if pressed != f"remove-{place}"]


def saved(
    version: ProgrammeVersion, task: AttestationTask | None, form: TaskForm, rows: list[Row], faults: dict[str, str]
) -> bool:
    """Saves the form; all errors are shown at their fields or cells at once."""
    follows = tasks.follows_part_four(db(), version.id, task, form.kind.data or "")
    criteria = [] if follows else criteria_in(rows)
    pass_mark = number_in(form.pass_mark.data or "") if not follows else Decimal(0)
    good = form.validate()
    if pass_mark is None:
        form.pass_mark.errors = [_("This is not a number.")]
    tell(form, rows, faults, tasks.problems_of(form.title.data or "", "", pass_mark or Decimal(0), criteria))
    if not good or form.errors or faults or any(row.faults for row in rows):
        return False
    with form.catching():
        tasks.save_task(
            db(),
            actor=actor(),
            version=version,
            task=task,
            title=form.title.data or "",
            instructions=form.instructions.data or "",
            topic_lineage=UUID(form.topic.data) if form.topic.data else None,
            kind=form.kind.data or "current",
            pass_mark=pass_mark or Decimal(0),
            required=form.required.data,
            criteria=criteria,
        )
    return form.is_clean


def tell(form: TaskForm, rows: list[Row], faults: dict[str, str], problems: Sequence[ErrorDetail]) -> None:
    """Adds each problem to its field or cell; a cell keeps its first problem."""
    for problem in problems:
        part, _dash, rest = problem.field.partition("-")
        if part == "criteria" and rest:
            place, _dash, name = rest.partition("-")
            rows[int(place)].faults.setdefault(name, problem.message)
        elif part == "criteria":
            faults[part] = problem.message
        elif not form[part].errors:
            form[part].errors = [problem.message]


@bp.post("/programmes/<int:version_id>/tasks/<int:task_id>/remove")
@login_required
def remove(version_id: int, task_id: int) -> ResponseReturnValue:
    """Removes a task from a draft."""
    version = version_to_edit(version_id)
    try:
        tasks.remove_task(db(), actor=actor(), task=task_of(version, task_id), version=version)
        flash(_("The task is removed. It can be brought back below."), "ok")
    except DomainError as error:
        if error.status in (403, 404):
            raise
        flash(error.message, "warn")
    return redirect(url_for(".index", version_id=version.id), 303)


@bp.post("/programmes/<int:version_id>/tasks/removed/<int:part_id>")
@login_required
def restore(version_id: int, part_id: int) -> ResponseReturnValue:
    """Brings a removed task back; a second tab that does the same changes nothing."""
    version = version_to_edit(version_id)
    try:
        tasks.restore_task(db(), actor=actor(), version=version, part_id=part_id)
        flash(_("The task is back."), "ok")
    except DomainError as error:
        if error.status in (403, 404):
            raise
        flash(error.message, "warn")
    return redirect(url_for(".index", version_id=version.id), 303)
