"""Pages of the grading desk: the queue, and each work beside its criteria. Points are saved while they are typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment import grading_queue
from assessment.attestation import due_dates, queries, releasing, reviews
from assessment.attestation.errors import (
    AcceptanceRefused,
    DecisionReleased,
    GradedMeanwhile,
    ReturnWithoutWord,
    WorkWithdrawn,
)
from assessment.attestation.reviews import Mark
from assessment.models.attestation import Review, Submission
from lms.core.auth.policy import fetch
from lms.core.errors import DomainError, Invalid, NotFound
from lms.core.i18n import days_between, format_datetime, format_number
from lms.core.i18n import gettext as _
from lms.core.overwritten import overwritten_of
from lms.core.revisions import revisions_of
from lms.http.application import keep_changes_on_error
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.http.security_headers import allow_frames
from lms.http.typed_over import refused, saved, seen_fields
from lms.web.grading import presenters
from lms.web.grading.own_queue import neighbours_of, pause, pending, sites
from lms.web.grading.urls import item_url
from lms.web.shell.navigation import works_shown

bp = Blueprint("grading", __name__)
PAGE = 50
DECISIONS = ("accepted", "returned")


@bp.get("/grading")
@open_in_launch
@login_required
def queue() -> ResponseReturnValue:
    """Lists what waits, works and free answers of self-checks, the longest waiting first."""
    page = max(request.args.get("page", 1, int), 1)
    only, start = works_shown(), (page - 1) * PAGE
    count = grading_queue.count_waiting(db(), sites(), actor(), only=only)
    waiting = grading_queue.waiting_items(db(), sites(), PAGE, start, grader=actor(), only=only) if count else []
    works = queries.works(db(), [one.id for one in waiting if one.kind == grading_queue.WORK])
    return render_template(
        "grading/queue.html",
        waiting=waiting,
        count=count,
        page=page,
        pages=-(-count // PAGE),
        late=lateness(works),
        days=days_since,
        item_url=item_url,
        pending=pending(),
    )


def lateness(works: Sequence[Submission]) -> dict[int, int]:
    """Returns work id → days by which the waiting version was handed in late."""
    until = due_dates.due_of(db(), [(work.task, work.enrolment) for work in works])
    return {
        work.id: due_dates.days_late(
            until[work.task_id, work.enrolment_id], work.waiting_since, work.enrolment.cohort.site.time_zone
        )
        for work in works
        if work.waiting_since is not None
    }


def days_since(moment: datetime) -> int:
    """Returns how many days ago this was."""
    return days_between(moment, now())


def days(submission: Submission) -> int:
    """Returns how many days ago the waiting version was handed in."""
    return days_between(submission.waiting_since, now()) if submission.waiting_since else 0


def graded(submission_id: int) -> Submission:
    """Returns the work if the actor may grade it."""
    return fetch(db(), Submission, submission_id, actor=actor(), may="work.grade", see="work.see")


@bp.get("/grading/<int:submission_id>")
@open_in_launch
@login_required
def desk(submission_id: int) -> ResponseReturnValue:
    """Shows a work beside its criteria; ``version`` selects an earlier version."""
    submission = graded(submission_id)
    return page(submission, rival=reviews.holder(db(), submission, actor=actor(), now=now()))


@bp.post("/grading/<int:submission_id>/claim")
@open_in_launch
@login_required
def claim(submission_id: int) -> ResponseReturnValue:
    """Claims the work for the actor, so that a second grader is warned; the desk's script sends it at once."""
    submission = graded(submission_id)
    rival = reviews.claim(db(), submission, actor=actor(), now=now())
    if request.accept_mimetypes.best == "application/json":
        return {"holder": rival.person.short_name if rival else None}
    return redirect(url_for(".desk", submission_id=submission.id), 303)


def page(submission: Submission, *, error: DomainError | None = None, **more: Any) -> ResponseReturnValue:
    """Returns the desk; after an error, the typed values stay in the form."""
    versions = queries.versions_of(db(), submission)
    if not versions:
        raise NotFound
    number = request.args.get("version", versions[0].number, int)
    shown = next((version for version in versions if version.number == number), versions[0])
    before = next((version for version in versions if version.number < shown.number), None)
    allow_frames("'self'")
    stored = reviews.fields_of(versions[0].review, submission.task.criteria)
    texts = typed_texts(submission, stored, error)
    changes = presenters.changes_between(before, shown) if before and "changes" in request.args else None
    values = {
        "submission": submission,
        "versions": versions,
        "shown": shown,
        "latest": versions[0],
        "before": before,
        "changes": changes,
        "earlier": next((version.review for version in versions[1:] if version.review), None),
        "marks": {mark.criterion_id: mark for mark in shown.review.marks} if shown.review else {},
        "typed": typed_cells(submission, texts) if error else {},
        "conclusion": texts["comment"] if error else stored["comment"],
        "seen": revisions_of(stored) if shows_stored(error) else seen_fields(),
        "conflicts": {name: shown_text(name, text) for name, text in getattr(error, "conflicts", {}).items()},
        "earlier_texts": overwritten_of(db(), versions[0].review) if versions[0].review else [],
        "item_url": item_url,
        "neighbours": neighbours_of((grading_queue.WORK, submission.id)),
        "score": reviews.score_of(submission, shown.review),
        "days": days(submission),
        "late": lateness([submission]).get(submission.id, 0),
        "error": error,
        "pending": pending(),
        "preview": presenters.preview_of_first(shown) if changes is None else {},
        **more,
    }
    return render_template("grading/desk.html", **values), error.status if error else 200


def is_saved(error: DomainError | None) -> bool:
    """Returns whether the points are stored although this was raised, except fields in conflict."""
    return isinstance(error, AcceptanceRefused | ReturnWithoutWord) or (
        isinstance(error, GradedMeanwhile) and error.own
    )


def shows_stored(error: DomainError | None) -> bool:
    """Returns whether the page shows what is stored, so that what is sent from it may replace that."""
    return error is None or is_saved(error) or bool(getattr(error, "conflicts", None))


@dataclass(frozen=True, slots=True)
class Typed:
    """Points and a comment as typed; the points may be no number."""

    text: str
    comment: str
    points: Decimal | None


def typed_texts(submission: Submission, stored: Mapping[str, str], error: DomainError | None) -> dict[str, str]:
    """Returns the texts of the fields after an error: the posted ones where they are not stored, else the stored."""
    posted = {name: request.form.get(name, "").strip() for name in stored}
    if not is_saved(error):
        return posted
    own = getattr(error, "conflicts", {})
    return {name: posted[name] if name in own else shown_text(name, text) for name, text in stored.items()}


def shown_text(name: str, text: str) -> str:
    """Returns a stored text as its field shows it: points with the language's comma."""
    return format_number(Decimal(text)) if text and name.startswith("points-") else text


def typed_cells(submission: Submission, texts: Mapping[str, str]) -> dict[int, Typed]:
    """Returns these texts by criterion."""
    keys = [criterion.id for criterion in submission.task.criteria]
    return {
        key: Typed(texts[f"points-{key}"], texts[f"comment-{key}"], lenient(texts[f"points-{key}"])) for key in keys
    }


def lenient(text: str) -> Decimal | None:
    """Returns the number, or ``None`` if the text is no number."""
    try:
        return number(text, "")
    except Invalid:
        return None


def typed_marks(submission: Submission) -> dict[int, Mark]:
    """Returns points and comments of the posted form. Raises ``Invalid`` at the field of a text that is no number."""
    form, keys = request.form, [criterion.id for criterion in submission.task.criteria]
    points = {key: number(form.get(f"points-{key}", "").strip(), f"points-{key}") for key in keys}
    return {key: Mark(points[key], form.get(f"comment-{key}", "").strip()) for key in keys}


def typed_fields(submission: Submission) -> dict[str, str]:
    """Returns the posted fields as they are stored. Raises ``Invalid`` as ``typed_marks`` does."""
    marks, comment = typed_marks(submission), request.form.get("comment", "").strip()
    return reviews.fields_in(marks, comment, submission.task.criteria)


def number(text: str, field: str) -> Decimal | None:
    """Returns typed points, ``None`` for an empty text. Raises ``Invalid`` at the field."""
    if not text:
        return None
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise Invalid(code="number_malformed", field=field) from error
    if not found.is_finite():
        raise Invalid(code="number_malformed", field=field)
    return found


@bp.post("/grading/<int:submission_id>")
@open_in_launch
@login_required
def decide(submission_id: int) -> ResponseReturnValue:
    """Saves points and comments; with a decision, also decides and shows the next work."""
    submission = graded(submission_id)
    decision = next((name for name in DECISIONS if name == request.form.get("decision")), None)
    try:
        grade(submission, decision)
    except (AcceptanceRefused, ReturnWithoutWord, GradedMeanwhile) as error:
        if is_saved(error):
            keep_changes_on_error()  # the points are kept although the decision is refused
        return page(submission, error=error)
    except WorkWithdrawn as error:
        flash(error.message, "warn")
        return redirect(url_for(".queue"), 303)
    except DomainError as error:
        return page(submission, error=error)
    if decision is None:
        flash(_("Saved."), "ok")
        return redirect(url_for(".desk", submission_id=submission.id), 303)
    return onward(submission, decision)


def onward(submission: Submission, decision: str) -> ResponseReturnValue:
    """Redirects to what follows in the queue, or to the queue after the last one."""
    if not pause():
        flash(presenters.decision_words(decision, submission.enrolment.person.short_name), "ok")
    following = neighbours_of((grading_queue.WORK, submission.id)).after
    return redirect(item_url(following) if following else url_for(".queue"), 303)


def grade(submission: Submission, decision: str | None = None) -> Review:
    """Saves the posted points and comments and, with a decision, decides the work."""
    return reviews.grade(
        db(),
        submission,
        actor=actor(),
        version_id=request.form.get("version_id", 0, int),
        marks=typed_marks(submission),
        comment=request.form.get("comment", "").strip(),
        revision=0,
        seen=seen_fields(),
        decision=decision,
        now=now(),
        pause=pause(),
    )


@bp.post("/grading/<int:submission_id>/undo")
@open_in_launch
@login_required
def undo(submission_id: int) -> ResponseReturnValue:
    """Removes a decision that is not released yet."""
    submission = graded(submission_id)
    try:
        releasing.undo(db(), submission, actor=actor())
    except DecisionReleased as error:
        flash(error.message, "warn")
    else:
        flash(_("The decision is undone: the trainee has not seen it. Your points are kept."), "ok")
    return redirect(url_for(".desk", submission_id=submission.id), 303)


@bp.post("/grading/<int:submission_id>/take-back")
@open_in_launch
@login_required
def take_back(submission_id: int) -> ResponseReturnValue:
    """Takes a released decision back, with a reason that the trainee reads."""
    submission = graded(submission_id)
    try:
        releasing.take_back(db(), submission, actor=actor(), reason=request.form.get("reason", ""), now=now())
    except Invalid as error:
        return page(submission, error=error)
    flash(_("The decision is taken back: the work waits for a review again, and the trainee is told why."), "ok")
    return redirect(url_for(".desk", submission_id=submission.id), 303)


@bp.post("/grading/<int:submission_id>/draft")
@open_in_launch
@login_required
def autosave(submission_id: int) -> ResponseReturnValue:
    """Saves points and comments while they are typed; answers with the time and with another grader at work."""
    submission = graded(submission_id)
    reviews.claim(db(), submission, actor=actor(), now=now())
    try:
        review = grade(submission)
    except WorkWithdrawn as error:
        return {"message": error.message, "field": None}, 409
    except GradedMeanwhile as error:
        if error.own:
            keep_changes_on_error()
        return refused(error.message, error.conflicts, taken=True), 409
    except DomainError as error:
        return {"message": error.message, "field": error.field}, 422
    stored = reviews.fields_of(review, submission.task.criteria)
    return {"saved_at": format_datetime(now()), **saved(stored, typed_fields(submission))}
