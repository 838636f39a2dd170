"""Due dates of works: of a group's tasks, and own dates of one trainee."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment.attestation import due_dates
from assessment.attestation.tasks import tasks_of
from assessment.models.attestation import AttestationTask
from courses.groups.queries import deadlines
from courses.models.groups import Cohort, Enrolment
from lms.core.auth.policy import allowed, fetch
from lms.core.errors import Invalid
from lms.core.i18n import ngettext
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db
from lms.web.shell.date_fields import TypedDates, read_dates, stored_dates
from lms.web.shell.stored_forms import lock_row

bp = Blueprint("task_dates", __name__)
UNDER_WAY = ("enrolled",)


@dataclass(frozen=True, slots=True)
class Line:
    """A task with the content of its field, and the date that applies if the field is empty."""

    task: AttestationTask
    field: str
    text: str
    otherwise: date | None
    error: str = ""


@bp.route("/groups/<int:cohort_id>/task-dates", methods=["GET", "POST"])
@open_in_launch
@login_required
def of_group(cohort_id: int) -> ResponseReturnValue:
    """Shows and saves the group's dates, with the list of own dates."""
    may = "group.edit" if request.method == "POST" else "group.see"
    cohort = fetch(db(), Cohort, cohort_id, actor=actor(), may=may, see="group.see")
    found = dates_of(cohort, None)
    if is_saved(cohort, None, found):
        return redirect(url_for(".of_group", cohort_id=cohort.id), 303)
    values: dict[str, Any] = {
        "cohort": cohort,
        "lines": lines(cohort, found, deadlines(db(), cohort.id)),
        "errors": found.errors,
        "revisions": found.revisions,
        "edits": allowed(actor(), "group.edit", cohort),
        "trainees": trainees(cohort),
        "own": due_dates.trainees_with_dates(db(), cohort.id),
    }
    return render_template("task_dates/group.html", **values), 422 if found.errors else 200


@bp.route("/groups/trainees/<int:enrolment_id>/task-dates", methods=["GET", "POST"])
@open_in_launch
@login_required
def of_trainee(enrolment_id: int) -> ResponseReturnValue:
    """Shows and saves own dates of one trainee; an empty field means the group's date."""
    enrolment = fetch(db(), Enrolment, enrolment_id, actor=actor(), may="group.edit", see="group.see")
    cohort = enrolment.cohort
    found = dates_of(cohort, enrolment)
    if is_saved(cohort, enrolment, found):
        return redirect(url_for(".of_group", cohort_id=cohort.id), 303)
    of_topics = {**deadlines(db(), cohort.id), **deadlines(db(), cohort.id, enrolment.id)}
    values: dict[str, Any] = {
        "enrolment": enrolment,
        "cohort": cohort,
        "lines": lines(cohort, found, of_topics, due_dates.dates_of(db(), cohort.id)),
        "errors": found.errors,
        "revisions": found.revisions,
    }
    return render_template("task_dates/trainee.html", **values), 422 if found.errors else 200


def trainees(cohort: Cohort) -> list[Enrolment]:
    """Returns the group's current trainees by name."""
    studying = db().query(Enrolment).filter(Enrolment.cohort_id == cohort.id, Enrolment.state.in_(UNDER_WAY))
    return sorted(studying, key=lambda enrolment: enrolment.person.sort_key)


def dates_of(cohort: Cohort, enrolment: Enrolment | None) -> TypedDates:
    """Returns the dates of the group or of one trainee: stored ones, or in a POST those typed over them."""
    if request.method == "POST":
        lock_row(enrolment or cohort)
    known = due_dates.dates_of(db(), cohort.id, enrolment.id if enrolment else None)
    stored = {due_dates.field_of(task.id): known.get(task.id) for task in tasks_of(db(), cohort.version_id)}
    return read_dates(stored) if request.method == "POST" else stored_dates(stored)


def lines(
    cohort: Cohort, found: TypedDates, of_topics: dict[Any, date], of_group: dict[int, date] | None = None
) -> list[Line]:
    """Returns the tasks with the contents of their fields."""
    listed = []
    for task in tasks_of(db(), cohort.version_id):
        name = due_dates.field_of(task.id)
        otherwise = (of_group or {}).get(task.id) or (of_topics.get(task.topic_lineage) if task.topic_lineage else None)
        listed.append(Line(task, name, found.texts[name], otherwise, found.errors.get(name, "")))
    return listed


def is_saved(cohort: Cohort, enrolment: Enrolment | None, found: TypedDates) -> bool:
    """Saves the posted dates and returns whether that succeeded; nothing is saved if there are errors."""
    if request.method != "POST" or found.errors:
        return False
    wanted = {task.id: found.days[due_dates.field_of(task.id)] for task in tasks_of(db(), cohort.version_id)}
    try:
        with db().begin_nested():
            changed = due_dates.change_dates(db(), actor=actor(), cohort=cohort, due=wanted, enrolment=enrolment)
    except Invalid as error:
        found.errors = {error.field or "": error.message}
        return False
    flash(ngettext("%(num)s date has changed.", "%(num)s dates have changed.", changed), "ok")
    return True
