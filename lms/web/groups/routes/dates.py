"""Pages of due dates: of a group's topics, and of one trainee on an individual plan."""

import uuid
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.groups import deadlines, queries
from courses.groups.grid import Column
from courses.groups.grid_queries import column_of
from courses.models.groups import Cohort
from courses.progress.queries import plan_topics
from lms.core.auth.policy import allowed
from lms.core.errors import Invalid
from lms.core.i18n import _, ngettext
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db
from lms.web.groups.routes.blueprint import bp, group_to_edit, group_to_see, today_of, trainee_to_edit


@dataclass(frozen=True, slots=True)
class Line:
    """A topic with the content of its field."""

    topic: Column
    field: str
    text: str
    error: str = ""


def columns(cohort: Cohort) -> list[Column]:
    """Returns the topics with the group's dates."""
    due = queries.deadlines(db(), cohort.id)
    return [column_of(topic, due) for topic in plan_topics(db(), cohort.version_id)]


def typed_dates(topics: list[Column]) -> tuple[dict[uuid.UUID, date | None], dict[str, str]]:
    """Returns the dates of the form, and errors by field for texts that are no date."""
    due: dict[uuid.UUID, date | None] = {}
    errors: dict[str, str] = {}
    for topic in topics:
        name = deadlines.field_of(topic.lineage)
        text = request.form.get(name, "").strip()
        try:
            due[topic.lineage] = parsed(text) if text else None
        except ValueError:
            errors[name] = _("A date, please, as in 01.09.2026.")
    return due, errors


def parsed(text: str) -> date:
    """Returns the date of a text in ISO format or as people type it. Raises ``ValueError``."""
    if "." in text:
        day, month, year = text.split(".")
        return date(int(year), int(month), int(day))
    return date.fromisoformat(text)


def lines(topics: list[Column], known: dict[uuid.UUID, date], errors: dict[str, str]) -> list[Line]:
    """Returns the content of the fields: the typed text if there is one, else the stored date."""
    found = []
    for topic in topics:
        name, day = deadlines.field_of(topic.lineage), known.get(topic.lineage)
        text = request.form.get(name, "") if request.method == "POST" else (day.isoformat() if day else "")
        found.append(Line(topic, name, text, errors.get(name, "")))
    return found


@bp.route("/groups/<int:cohort_id>/dates", methods=["GET", "POST"])
@open_in_launch
@login_required
def dates(cohort_id: int) -> ResponseReturnValue:
    """Shows and saves the due date of each topic."""
    cohort = group_to_edit(cohort_id) if request.method == "POST" else group_to_see(cohort_id)
    topics = columns(cohort)
    errors: dict[str, str] = {}
    if request.method == "POST":
        due, errors = typed_dates(topics)
        if not errors:
            try:
                changed = deadlines.change_dates(db(), actor=actor(), cohort=cohort, due=due)
                flash(ngettext("%(num)s date has changed.", "%(num)s dates have changed.", changed), "ok")
                return redirect(url_for(".dates", cohort_id=cohort.id), 303)
            except Invalid as error:
                errors = {error.field or "": error.message}
    known = {topic.lineage: topic.due_on for topic in topics if topic.due_on}
    return render_template(
        "groups/dates.html",
        cohort=cohort,
        lines=lines(topics, known, errors),
        errors=errors,
        today=today_of(cohort),
        edits=allowed(actor(), "group.edit", cohort),
    ), 422 if errors else 200


@bp.post("/groups/<int:cohort_id>/dates/respread")
@open_in_launch
@login_required
def respread(cohort_id: int) -> ResponseReturnValue:
    """Spreads the dates anew in proportion to the topics' hours."""
    cohort = group_to_edit(cohort_id)
    deadlines.respread(db(), actor=actor(), cohort=cohort)
    flash(_("The dates were recalculated by the hours of the topics."), "ok")
    return redirect(url_for(".dates", cohort_id=cohort.id), 303)


@bp.route("/groups/trainees/<int:enrolment_id>/plan", methods=["GET", "POST"])
@open_in_launch
@login_required
def plan(enrolment_id: int) -> ResponseReturnValue:
    """Shows and saves an individual plan: the trainee's own dates beside the group's."""
    enrolment = trainee_to_edit(enrolment_id)
    topics = columns(enrolment.cohort)
    errors: dict[str, str] = {}
    individual = request.form.get("individual") == "1" if request.method == "POST" else enrolment.individual
    if request.method == "POST":
        due, errors = typed_dates(topics)
        if not errors:
            try:
                deadlines.set_individual_plan(db(), actor=actor(), enrolment=enrolment, individual=individual, due=due)
                flash(_("Saved."), "ok")
                return redirect(url_for(".trainee", enrolment_id=enrolment.id), 303)
            except Invalid as error:
                errors = {error.field or "": error.message}
    return render_template(
        "groups/plan.html",
        enrolment=enrolment,
        individual=individual,
        lines=lines(topics, queries.deadlines(db(), enrolment.cohort_id, enrolment.id), errors),
        errors=errors,
    ), 422 if errors else 200
