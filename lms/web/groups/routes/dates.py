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
from courses.models.groups import Cohort, Enrolment
from courses.progress.queries import plan_topics
from lms.core.auth.policy import allowed
from lms.core.errors import Invalid
from lms.core.i18n import _, ngettext
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db
from lms.http.typed_over import merged_over, revisions_shown
from lms.web.groups.routes.blueprint import bp, group_to_edit, group_to_see, today_of, trainee_to_edit
from lms.web.shell.date_fields import TypedDates, read_dates, stored_dates
from lms.web.shell.stored_forms import lock_row, text_of


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


def fields(topics: list[Column], due: dict[uuid.UUID, date]) -> dict[str, date | None]:
    """Returns the stored dates by field name."""
    return {deadlines.field_of(topic.lineage): due.get(topic.lineage) for topic in topics}


def by_topic(topics: list[Column], found: TypedDates) -> dict[uuid.UUID, date | None]:
    """Returns the typed dates by topic."""
    return {topic.lineage: found.days[deadlines.field_of(topic.lineage)] for topic in topics}


def lines(topics: list[Column], found: TypedDates) -> list[Line]:
    """Returns the topics with the contents of their fields."""
    names = [(topic, deadlines.field_of(topic.lineage)) for topic in topics]
    return [Line(topic, name, found.texts[name], found.errors.get(name, "")) for topic, name in names]


@bp.route("/groups/<int:cohort_id>/dates", methods=["GET", "POST"])
@open_in_launch
@login_required
def dates(cohort_id: int) -> ResponseReturnValue:
    """Shows and saves the due date of each topic."""
    cohort = group_to_edit(cohort_id) if request.method == "POST" else group_to_see(cohort_id)
    if request.method == "POST":
        lock_row(cohort)
    topics = columns(cohort)
    stored = fields(topics, {topic.lineage: topic.due_on for topic in topics if topic.due_on})
    found = read_dates(stored) if request.method == "POST" else stored_dates(stored)
    if request.method == "POST" and not found.errors:
        try:
            due = by_topic(topics, found)
            changed = deadlines.change_dates(db(), actor=actor(), cohort=cohort, due=due)
            flash(ngettext("%(num)s date has changed.", "%(num)s dates have changed.", changed), "ok")
            return redirect(url_for(".dates", cohort_id=cohort.id), 303)
        except Invalid as error:
            found.errors = {error.field or "": error.message}
    return render_template(
        "groups/dates.html",
        cohort=cohort,
        lines=lines(topics, found),
        errors=found.errors,
        revisions=found.revisions,
        today=today_of(cohort),
        edits=allowed(actor(), "group.edit", cohort),
    ), 422 if found.errors else 200


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
    if request.method == "POST":
        lock_row(enrolment)
    topics = columns(enrolment.cohort)
    stored = fields(topics, queries.deadlines(db(), enrolment.cohort_id, enrolment.id))
    found = read_dates(stored) if request.method == "POST" else stored_dates(stored)
    individual = is_individual(enrolment, found)
    if request.method == "POST" and not found.errors:
        try:
            due = by_topic(topics, found)
            deadlines.set_individual_plan(db(), actor=actor(), enrolment=enrolment, individual=individual, due=due)
            flash(_("Saved."), "ok")
            return redirect(url_for(".trainee", enrolment_id=enrolment.id), 303)
        except Invalid as error:
            found.errors = {error.field or "": error.message}
    return render_template(
        "groups/plan.html",
        enrolment=enrolment,
        individual=individual,
        lines=lines(topics, found),
        errors=found.errors,
        revisions=found.revisions,
    ), 422 if found.errors else 200


def is_individual(enrolment: Enrolment, found: TypedDates) -> bool:
    """Returns the tick of the individual plan: the posted one, unless only another person has changed it."""
    stored = {"individual": text_of(enrolment.individual)}
    merged = merged_over(stored, {"individual": text_of("individual" in request.form)})
    found.revisions |= revisions_shown(stored, merged.theirs)
    return bool((merged.values if request.method == "POST" else stored)["individual"])
