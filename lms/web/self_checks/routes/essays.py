"""Grading of free answers: points and a comment for each, then on to what follows in the grader's queue."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment.attempts import operations
from assessment.attempts.queries import AttemptQuestion, attempt_questions
from assessment.grading_queue import ESSAY
from assessment.models.self_checks import Attempt
from assessment.questions.numbers import number
from assessment.questions.registry import question_type
from lms.core.auth.policy import demand
from lms.core.errors import DomainError, Invalid
from lms.core.i18n import _
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db
from lms.http.typed_over import merged_over, revisions_shown
from lms.web.grading.own_queue import neighbours_of, pending
from lms.web.grading.urls import item_url
from lms.web.self_checks.presenters import shown_in
from lms.web.self_checks.routes.blueprint import bp
from lms.web.self_checks.routes.trainee import attempt_of
from lms.web.shell.stored_forms import conflict_words, lock_row, text_of


@bp.get("/essays")
@open_in_launch
@login_required
def essays() -> ResponseReturnValue:
    """Leads to the queue, which lists free answers beside works."""
    demand(actor(), "essay.list")
    return redirect(url_for("grading.queue"), 303)


@bp.route("/essays/<int:attempt_id>", methods=["GET", "POST"])
@open_in_launch
@login_required
def essay(attempt_id: int) -> ResponseReturnValue:
    """Shows and grades the free answers of one attempt, then leads to what follows in the queue."""
    found, enrolment = attempt_of(attempt_id, "essay.read")
    if found.state not in ("needs_person", "graded"):
        return redirect(url_for(".result", attempt_id=found.id), 303)
    essays = [
        one for one in attempt_questions(db(), found) if question_type(one.question.kind).by_person and one.answer
    ]
    if request.method == "POST":
        lock_row(found)
    stored = given_points(found, essays)
    texts, errors = typed_over(stored) if request.method == "POST" else (stored, {})
    if request.method == "POST":
        errors = errors or give(found, essays, texts)
        if not errors:
            return to_next(found)
    values = {
        "attempt": found,
        "enrolment": enrolment,
        "questions": [
            one for one in shown_in(found, attempt_questions(db(), found)) if one.asked.id in {e.id for e in essays}
        ],
        "texts": texts,
        "neighbours": neighbours_of((ESSAY, found.id)),
        "item_url": item_url,
        "pending": pending(),
        "errors": errors,
        "revisions": revisions_shown(stored, told_of(stored, texts, errors)),
    }
    return render_template("self_checks/essay.html", **values), 422 if errors else 200


def given_points(found: Attempt, essays: list[AttemptQuestion]) -> dict[str, str]:
    """Returns points and comments given so far, by field name."""
    given = found.result.get("given", {})
    points = {f"points-{one.id}": canonical("points-", str(given.get(str(one.id), ""))) for one in essays}
    return points | {f"comment-{one.id}": one.comment for one in essays}


def typed_over(stored: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the posted texts, and the stored ones of fields that only another grader has changed; messages at fields
    changed by both.
    """
    posted = {name: request.form.get(name, "").strip() for name in stored}
    typed = {name: canonical(name, text) for name, text in posted.items()}
    merged = merged_over(stored, typed)
    errors = {name: conflict_words(text) for name, text in merged.conflicts.items()}
    return posted | merged.theirs, errors


def told_of(stored: dict[str, str], texts: dict[str, str], errors: dict[str, str]) -> set[str]:
    """Returns the fields whose stored text the page shows."""
    return {name for name, text in texts.items() if name in errors or text == stored[name]}


def canonical(name: str, text: str) -> str:
    """Returns points as they are stored, if they are a number; any other text unchanged."""
    points = number(text) if name.startswith("points-") else None
    return text if points is None else text_of(points)


def give(found: Attempt, essays: list[AttemptQuestion], texts: dict[str, str]) -> dict[str, str]:
    """Saves all points or none; returns errors by field."""
    errors = {}
    with db().begin_nested() as step:
        for one in essays:
            try:
                give_one(found, one, texts)
            except DomainError as error:
                errors[f"points-{one.id}"] = error.message
        if errors:
            step.rollback()
    return errors


def give_one(found: Attempt, one: AttemptQuestion, texts: dict[str, str]) -> None:
    """Saves points and comment of one essay. Raises ``Invalid``."""
    points = number(texts[f"points-{one.id}"])
    if points is None:
        raise Invalid(_("Write the points as a number."), f"points-{one.id}")
    comment = texts[f"comment-{one.id}"]
    operations.give_points(db(), found, actor=actor(), question_id=one.id, points=points, comment=comment)


def to_next(found: Attempt) -> ResponseReturnValue:
    """Redirects to what follows in the queue, or to the queue after the last one."""
    flash(_("The points are given: the result is being counted anew."), "ok")
    following = neighbours_of((ESSAY, found.id)).after
    return redirect(item_url(following) if following else url_for("grading.queue"), 303)
