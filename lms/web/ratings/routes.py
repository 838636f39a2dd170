"""Pages of competency ratings: the two sheets of a trainee, their growth, the growth of a group."""

from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment.models.self_checks import CompetencyRating
from assessment.ratings import operations, queries
from assessment.ratings.errors import SheetAlreadyHandedIn
from courses.models.groups import Cohort, Enrolment
from courses.progress.queries import FOR_COURSE
from lms.core.auth.policy import allowed, fetch
from lms.core.errors import Invalid, NotFound
from lms.core.i18n import _, format_time
from lms.core.revisions import TypedOverOlder, revisions_of
from lms.http.application import keep_changes_on_error
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.http.typed_over import refused, saved, seen_fields
from lms.web.ratings import presenters

bp = Blueprint("ratings", __name__)
bp.record_once(lambda state: state.app.jinja_env.globals.update(rating_words=presenters))

SHEET = "/course/<int:enrolment_id>/rating/<any(before, after):moment>"


def enrolment_of(enrolment_id: int, may: str) -> Enrolment:
    """Returns the enrolment if the actor has the permission."""
    return fetch(db(), Enrolment, enrolment_id, actor=actor(), may=may, see="rating.see", loading=FOR_COURSE)


@bp.get("/course/<int:enrolment_id>/rating")
@open_in_launch
@login_required
def show(enrolment_id: int) -> ResponseReturnValue:
    """Shows the trainee's sheets; until the worker has scored them, the page reloads itself."""
    enrolment = enrolment_of(enrolment_id, "rating.see")
    sheets = queries.sheets_of(db(), enrolment)
    asked = queries.rated_competencies(db(), enrolment.cohort.version_id)
    values = {
        "enrolment": enrolment,
        "sheets": sheets,
        "asked": asked,
        "growth": queries.growth_in(asked, sheets),
        "unscored": any(row.state == "handed_in" for row in sheets.values()),
        "may_do": allowed(actor(), "rating.do", enrolment),
        "part": bool(request.headers.get("HX-Request")),
    }
    return render_template("ratings/_growth.html" if values["part"] else "ratings/show.html", **values)


@bp.get("/course/<int:enrolment_id>/rating/before")
@open_in_launch
@login_required
def before(enrolment_id: int) -> ResponseReturnValue:
    """Opens the sheet of the beginning."""
    return open_sheet(enrolment_id, "before")


@bp.get("/course/<int:enrolment_id>/rating/after")
@open_in_launch
@login_required
def after(enrolment_id: int) -> ResponseReturnValue:
    """Opens the sheet of the end."""
    return open_sheet(enrolment_id, "after")


def open_sheet(enrolment_id: int, moment: str) -> ResponseReturnValue:
    """Shows the form to the trainee; redirects to the results after handing in, and other readers at once."""
    enrolment = enrolment_of(enrolment_id, "rating.see")
    sheet = queries.sheets_of(db(), enrolment).get(moment)
    if not allowed(actor(), "rating.do", enrolment) or (sheet is not None and sheet.state != "draft"):
        return redirect(url_for(".show", enrolment_id=enrolment.id), 303)
    return sheet_page(enrolment, moment, sheet)


def sheet_page(
    enrolment: Enrolment,
    moment: str,
    sheet: CompetencyRating | None,
    error: Invalid | None = None,
    conflict: TypedOverOlder | None = None,
) -> str:
    """Returns the sheet, with the empty line marked if handing in was refused.

    ``conflict``: lines that were rated elsewhere too show both levels.
    """
    asked = queries.rated_competencies(db(), enrolment.cohort.version_id)
    if not asked:
        raise NotFound
    stored = {key: str(level) for key, level in sheet.answers.items()} if sheet else {}
    theirs = conflict.conflicts if conflict else {}
    values = {
        "enrolment": enrolment,
        "moment": moment,
        "asked": asked,
        "answers": {**stored, **{key: level for key, level in levels_sent().items() if key in theirs}},
        "seen": revisions_of({str(line.lineage): "" for one in asked for line in one.descriptors} | stored),
        "theirs": theirs,
        "total": sum(len(one.descriptors) for one in asked),
        "error": error,
    }
    return render_template("ratings/sheet.html", **values)


def levels_sent() -> dict[str, str]:
    """Returns the posted levels by descriptor."""
    return {name.removeprefix("d-"): value for name, value in request.form.items() if name.startswith("d-")}


def revisions_sent() -> dict[str, str]:
    """Returns the posted revisions by descriptor."""
    return {name.removeprefix("d-"): revision for name, revision in seen_fields().items()}


def save_levels(enrolment: Enrolment, moment: str) -> CompetencyRating:
    """Saves the posted levels. Raises ``SheetAlreadyHandedIn``; ``TypedOverOlder`` after the other levels are kept."""
    try:
        return operations.save(db(), enrolment, moment, levels_sent(), seen=revisions_sent())
    except TypedOverOlder:
        keep_changes_on_error()
        raise


def changed_elsewhere(enrolment: Enrolment, moment: str, error: TypedOverOlder) -> ResponseReturnValue:
    """Answers a save of lines that were rated elsewhere too, for a browser or for the page's script."""
    if request.accept_mimetypes.best == "application/json":
        return refused(error.message, {f"d-{key}": level for key, level in error.conflicts.items()}), error.status
    sheet = queries.sheets_of(db(), enrolment).get(moment)
    return sheet_page(enrolment, moment, sheet, conflict=error), error.status


@bp.post(SHEET)
@open_in_launch
@login_required
def save(enrolment_id: int, moment: str) -> ResponseReturnValue:
    """Saves the levels rated so far."""
    enrolment = enrolment_of(enrolment_id, "rating.do")
    try:
        sheet = save_levels(enrolment, moment)
    except SheetAlreadyHandedIn as error:
        return {"message": error.message}, 409
    except TypedOverOlder as error:
        return changed_elsewhere(enrolment, moment, error)
    if request.accept_mimetypes.best == "application/json":
        sent = levels_sent()
        stored = {f"d-{key}": str(sheet.answers.get(key, "")) for key in sent.keys() | revisions_sent().keys()}
        return {"saved_at": format_time(now()), **saved(stored, {f"d-{key}": level for key, level in sent.items()})}
    flash(_("Saved."), "ok")
    return redirect(url_for(f".{moment}", enrolment_id=enrolment.id), 303)


@bp.post(f"{SHEET}/hand-in")
@open_in_launch
@login_required
def hand_in(enrolment_id: int, moment: str) -> ResponseReturnValue:
    """Hands the sheet in; the levels are saved also if a line is still empty."""
    enrolment = enrolment_of(enrolment_id, "rating.do")
    try:
        with db().begin_nested():
            operations.hand_in(db(), enrolment, moment, levels_sent(), now=now(), seen=revisions_sent())
    except Invalid as error:
        return sheet_page(enrolment, moment, save_levels(enrolment, moment), error)
    except TypedOverOlder as error:
        with suppress(TypedOverOlder):  # the levels of other lines are kept
            save_levels(enrolment, moment)
        return changed_elsewhere(enrolment, moment, error)
    return redirect(url_for(".show", enrolment_id=enrolment.id), 303)


@bp.post(f"{SHEET}/reopen")
@open_in_launch
@login_required
def reopen(enrolment_id: int, moment: str) -> ResponseReturnValue:
    """Returns a sheet that was handed in to its trainee."""
    enrolment = enrolment_of(enrolment_id, "rating.reopen")
    operations.reopen(db(), actor=actor(), enrolment=enrolment, moment=moment, now=now())
    flash(_("The sheet is with the trainee again, with the levels that were chosen."), "ok")
    return redirect(url_for(".show", enrolment_id=enrolment.id), 303)


@bp.get("/groups/<int:cohort_id>/ratings")
@open_in_launch
@login_required
def group(cohort_id: int) -> ResponseReturnValue:
    """Shows the growth of a group."""
    cohort = fetch(db(), Cohort, cohort_id, actor=actor(), may="rating.group")
    whole, trainees = queries.growth_of_group(db(), cohort)
    asked = queries.rated_competencies(db(), cohort.version_id)
    return render_template("ratings/group.html", cohort=cohort, whole=whole, trainees=trainees, asked=asked)
