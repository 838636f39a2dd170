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
from lms.core.i18n import gettext as _
from lms.core.i18n import ngettext
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db

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
    errors = save(cohort, None)
    if errors is None:
        return redirect(url_for(".of_group", cohort_id=cohort.id), 303)
    values: dict[str, Any] = {
        "cohort": cohort,
        "lines": lines(cohort, due_dates.dates_of(db(), cohort.id), deadlines(db(), cohort.id), errors),
        "errors": errors,
        "edits": allowed(actor(), "group.edit", cohort),
        "trainees": trainees(cohort),
        "own": due_dates.trainees_with_dates(db(), cohort.id),
    }
    return render_template("task_dates/group.html", **values), 422 if errors else 200


@bp.route("/groups/trainees/<int:enrolment_id>/task-dates", methods=["GET", "POST"])
@open_in_launch
@login_required
def of_trainee(enrolment_id: int) -> ResponseReturnValue:
    """Shows and saves own dates of one trainee; an empty field means the group's date."""
    enrolment = fetch(db(), Enrolment, enrolment_id, actor=actor(), may="group.edit", see="group.see")
    cohort = enrolment.cohort
    errors = save(cohort, enrolment)
    if errors is None:
        return redirect(url_for(".of_group", cohort_id=cohort.id), 303)
    of_topics = {**deadlines(db(), cohort.id), **deadlines(db(), cohort.id, enrolment.id)}
    shown = lines(
        cohort,
        due_dates.dates_of(db(), cohort.id, enrolment.id),
        of_topics,
        errors,
        due_dates.dates_of(db(), cohort.id),
    )
    page = render_template("task_dates/trainee.html", enrolment=enrolment, cohort=cohort, lines=shown, errors=errors)
    return page, 422 if errors else 200


def trainees(cohort: Cohort) -> list[Enrolment]:
    """Returns the group's current trainees by name."""
    studying = db().query(Enrolment).filter(Enrolment.cohort_id == cohort.id, Enrolment.state.in_(UNDER_WAY))
    return sorted(studying, key=lambda enrolment: enrolment.person.sort_key)


def lines(
    cohort: Cohort,
    known: dict[int, date],
    of_topics: dict[Any, date],
    errors: dict[str, str],
    of_group: dict[int, date] | None = None,
) -> list[Line]:
    """Returns the content of the fields: the typed text if there is one, else the stored date."""
    found = []
    for task in tasks_of(db(), cohort.version_id):
        name, day = due_dates.field_of(task.id), known.get(task.id)
        text = request.form.get(name, "") if request.method == "POST" else (day.isoformat() if day else "")
        otherwise = (of_group or {}).get(task.id) or (of_topics.get(task.topic_lineage) if task.topic_lineage else None)
        found.append(Line(task, name, text, otherwise, errors.get(name, "")))
    return found


def save(cohort: Cohort, enrolment: Enrolment | None) -> dict[str, str] | None:
    """Saves the dates and returns errors by field; nothing is saved if there are errors."""
    if request.method != "POST":
        return {}
    wanted, errors = typed(cohort)
    if errors:
        return errors
    try:
        with db().begin_nested():
            changed = due_dates.change_dates(db(), actor=actor(), cohort=cohort, due=wanted, enrolment=enrolment)
    except Invalid as error:
        return {error.field or "": error.message}
    flash(ngettext("%(num)s date has changed.", "%(num)s dates have changed.", changed), "ok")
    return None


def typed(cohort: Cohort) -> tuple[dict[int, date | None], dict[str, str]]:
    """Returns the dates of the form, and errors by field for texts that are no date."""
    wanted: dict[int, date | None] = {}
    errors: dict[str, str] = {}
    for task in tasks_of(db(), cohort.version_id):
        name = due_dates.field_of(task.id)
        try:
            wanted[task.id] = day_in_words(request.form.get(name, "").strip())
        except ValueError:
            errors[name] = _("A date, please, as in 01.09.2026.")
    return wanted, errors


def day_in_words(text: str) -> date | None:
    """Returns the date of a text in ISO format or as people type it; ``None`` for an empty text. Raises
    ``ValueError``.
    """
    if not text:
        return None
    if "." in text:
        day, month, year = text.split(".")
        return date(int(year), int(month), int(day))
    return date.fromisoformat(text)
