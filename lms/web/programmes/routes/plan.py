"""The plan editor of an open version, and its columns of hours."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.models.programmes import ProgrammeVersion
from courses.programmes import operations, plan_removals, queries
from courses.programmes.edits import Change, ChangeResult
from courses.programmes.errors import Frozen
from courses.programmes.plan_store import load_plan
from courses.programmes.readiness import readiness
from courses.programmes.removed_parts import removed_parts
from courses.thematic_plan.model import ThematicPlan, new_lineage
from lms.core.errors import DomainError
from lms.core.i18n import _
from lms.http.request_context import actor, db, now
from lms.web.programmes.presenters import PlanTable, plan_table
from lms.web.programmes.routes import plan_changes as changes
from lms.web.programmes.routes.blueprint import bp, version_to_edit


@bp.route("/programmes/<int:version_id>/plan", methods=["GET", "POST"])
@login_required
def plan(version_id: int) -> ResponseReturnValue:
    """Shows the plan as a table with totals; a POST is the whole table from a browser without script."""
    version = version_to_edit(version_id)
    if not version.is_open:
        flash(Frozen(version.state).message, "info")
        return redirect(url_for(".show", version_id=version.id), 303)
    if request.method == "POST":
        return _save_form(version)
    sheet = plan_table(load_plan(db(), version))
    sheet.chosen = request.args.get("row", "")
    return _page(version, sheet)


def _save_form(version: ProgrammeVersion) -> ResponseReturnValue:
    do = request.form.get("do", "save")
    answers, changed = _change(version, changes.form_changes())
    if deeds := changes.structure_changes(do, changed):
        more, changed = _change(version, deeds)
        answers += more
    sheet = plan_table(changed)
    if changes.show_rejected(sheet, answers, request.form):
        return _page(version, sheet), 200
    if do == "send":
        return redirect(url_for(".send", version_id=version.id), 307)
    chosen = do.partition(":")[2].partition(":")[0] if do.startswith(("menu:", "up:", "down:")) else None
    anchor = f"row-{chosen}" if chosen else None
    if not chosen:
        flash(_("Saved."), "ok")
    return redirect(url_for(".plan", version_id=version.id, row=chosen, _anchor=anchor), 303)


def _change(version: ProgrammeVersion, wanted: Sequence[Change]) -> tuple[list[ChangeResult], ThematicPlan]:
    return operations.change_plan(db(), actor=actor(), version=version, wanted=wanted, now=now())


def _page(version: ProgrammeVersion, sheet: PlanTable) -> str:
    found = readiness(db(), version, sheet.plan)
    before = queries.approved_before(db(), version)
    return render_template(
        "programmes/plan.html",
        version=version,
        sheet=sheet,
        elsewhere=[note for note in found.problems if note.page != "plan"],
        remarks=[note for note in found.warnings if note.page != "plan"],
        before=before,
        groups=queries.groups_on(db(), before) if before else 0,
        meeting=queries.next_meeting(db(), version.programme.site, now=now()),
        returned=queries.last_return(db(), version) if version.state == "returned" else None,
        fresh=changes.new_row_lineage,
        removed=removed_parts(db(), version, plan_removals.SECTION, plan_removals.TOPIC),
    )


@bp.post("/programmes/<int:version_id>/plan/changes")
@login_required
def plan_changes(version_id: int) -> ResponseReturnValue:
    """Merges the editor's changes cell by cell; without changes, returns the current plan."""
    version = version_to_edit(version_id)
    return changes.answer_script(
        lambda wanted: operations.change_plan(db(), actor=actor(), version=version, wanted=wanted, now=now())
    )


@bp.route("/programmes/<int:version_id>/plan/columns", methods=["GET", "POST"])
@login_required
def columns(version_id: int) -> ResponseReturnValue:
    """Shows and saves the columns of hours: names, order, number."""
    version = version_to_edit(version_id)
    if not version.is_open:
        return redirect(url_for(".show", version_id=version.id), 303)
    complaints: dict[str, ChangeResult] = {}
    if request.method == "POST":
        answers, _plan = _change(version, [*_renamed(), *_column_deed()])
        complaints = {answer.cell: answer for answer in answers if answer.message}
        if not complaints:
            flash(_("Saved."), "ok")
            back = ".plan" if request.form.get("do") == "save" else ".columns"
            return redirect(url_for(back, version_id=version.id), 303)
    return render_template(
        "programmes/columns.html",
        version=version,
        plan=load_plan(db(), version),
        complaints=complaints,
        typed=request.form,
        fresh=new_lineage(),
        removed=removed_parts(db(), version, plan_removals.COLUMN),
    ), 422 if complaints else 200


@bp.post("/programmes/<int:version_id>/plan/removed/<int:part_id>")
@login_required
def restore_to_plan(version_id: int, part_id: int) -> ResponseReturnValue:
    """Brings a removed column, section or topic back; a second tab that does the same changes nothing."""
    version = version_to_edit(version_id)
    back = ".columns" if request.form.get("from") == "columns" else ".plan"
    try:
        operations.restore_to_plan(db(), actor=actor(), version=version, part_id=part_id, now=now())
        flash(_("It is back in the plan."), "ok")
    except DomainError as error:
        if error.status in (403, 404):
            raise
        flash(error.message, "warn")
    return redirect(url_for(back, version_id=version.id), 303)


def _renamed() -> list[dict[str, str]]:
    """Returns the renamed columns, compared with the names on the page, and the name of a new column."""
    changes = [
        {"id": name, "do": "set", "cell": name, "base": request.form.get(f"base:{name}", ""), "value": value}
        for name, value in request.form.items()
        if name.startswith("kind:") and value.strip() != request.form.get(f"base:{name}", "")
    ]
    added = request.form.get("added", "").strip()
    if added:
        lineage = request.form.get("fresh", "")
        changes.append({"id": "added", "do": "add_kind", "cell": "added", "lineage": lineage, "title": added})
    return changes


def _column_deed() -> list[dict[str, str]]:
    deed, _colon, lineage = request.form.get("do", "").partition(":")
    order = request.form.getlist("order")
    if deed == "delete":
        return [{"id": "deed", "do": "delete_kind", "lineage": lineage}]
    if deed not in ("up", "down") or lineage not in order:
        return []
    at = order.index(lineage)
    target = at - 2 if deed == "up" else at + 1
    if target >= len(order) or (deed == "up" and at == 0):
        return []
    return [{"id": "deed", "do": "move_kind", "lineage": lineage, "after": order[target] if target >= 0 else ""}]
