"""A trainee's self-checks: conditions, the attempt with autosave, the result."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment.attempts import allowances, operations, queries
from assessment.attempts.corrections import corrected_questions
from assessment.attempts.errors import AttemptAlreadyHandedIn, NoAttemptsLeft, NoQuestions
from assessment.attempts.queries import attempt_questions, attempt_summary
from assessment.models.self_checks import Attempt, SelfCheck
from assessment.questions.model import Answer
from courses.models.groups import Enrolment
from courses.progress.queries import FOR_COURSE
from lms.core.auth.policy import allowed, fetch
from lms.core.errors import DomainError, NotFound
from lms.core.i18n import _, format_time, ngettext
from lms.core.revisions import TypedOverOlder
from lms.core.richtext import to_safe_html
from lms.http.application import keep_changes_on_error
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.http.typed_over import refused, seen_fields
from lms.web.self_checks.presenters import answers_in, shown_in
from lms.web.self_checks.routes.blueprint import bp


def check_of(enrolment_id: int, check_id: int, may: str) -> tuple[Enrolment, SelfCheck]:
    """Returns the enrolment, if the actor has the permission, and a self-check of its programme. Raises
    ``NotFound``.
    """
    enrolment = fetch(db(), Enrolment, enrolment_id, actor=actor(), may=may, see="attempt.see", loading=FOR_COURSE)
    check = db().get(SelfCheck, check_id)
    if check is None or check.programme_id != enrolment.cohort.version.programme_id:
        raise NotFound
    return enrolment, check


def attempt_of(attempt_id: int, may: str) -> tuple[Attempt, Enrolment]:
    """Returns the attempt if the actor may see it; a deed on an attempt whose time is over hands it in first."""
    attempt = db().get(Attempt, attempt_id)
    if attempt is None:
        raise NotFound
    enrolment = fetch(
        db(), Enrolment, attempt.enrolment_id, actor=actor(), may=may, see="attempt.see", loading=FOR_COURSE
    )
    if request.method == "POST":
        operations.hand_in_if_over(db(), attempt, now=now())
    return attempt, enrolment


@bp.get("/course/<int:enrolment_id>/self-checks/<int:check_id>")
@open_in_launch
@login_required
def show(enrolment_id: int, check_id: int) -> ResponseReturnValue:
    """Shows the conditions, earlier attempts and the next step."""
    enrolment, check = check_of(enrolment_id, check_id, "attempt.see")
    return render_template(
        "self_checks/show.html",
        enrolment=enrolment,
        check=check,
        summary=attempt_summary(db(), check, enrolment),
        instructions=to_safe_html(check.instructions, "markdown", top_heading=3),
        may_do=check.removed_at is None and allowed(actor(), "attempt.do", enrolment),
        count=queries.count_questions(db(), check),
    )


@bp.post("/course/<int:enrolment_id>/self-checks/<int:check_id>/begin")
@open_in_launch
@login_required
def begin(enrolment_id: int, check_id: int) -> ResponseReturnValue:
    """Starts an attempt, or continues the current one; asks first where a clock would start."""
    enrolment, check = check_of(enrolment_id, check_id, "attempt.do")
    if check.removed_at is not None:
        raise NotFound
    if check.time_limit_seconds and request.form.get("begin") != "sure":
        summary = attempt_summary(db(), check, enrolment)
        if summary.under_way is None and summary.left != 0:
            return render_template("self_checks/begin.html", enrolment=enrolment, check=check, summary=summary)
    try:
        attempt = operations.begin(db(), check, enrolment, now=now())
    except (NoAttemptsLeft, NoQuestions) as error:
        flash(error.message, "warn")
        return redirect(url_for(".show", enrolment_id=enrolment.id, check_id=check.id), 303)
    return redirect(url_for(".attempt", attempt_id=attempt.id), 303)


@bp.post("/course/<int:enrolment_id>/self-checks/<int:check_id>/allow")
@open_in_launch
@login_required
def allow(enrolment_id: int, check_id: int) -> ResponseReturnValue:
    """Allows the trainee one attempt more."""
    return allowance(enrolment_id, check_id, allowances.allow)


@bp.post("/course/<int:enrolment_id>/self-checks/<int:check_id>/disallow")
@open_in_launch
@login_required
def disallow(enrolment_id: int, check_id: int) -> ResponseReturnValue:
    """Takes back an attempt that was allowed and is not used."""
    return allowance(enrolment_id, check_id, allowances.take_back)


def allowance(enrolment_id: int, check_id: int, change: Callable[..., int]) -> ResponseReturnValue:
    """Changes the number of attempts allowed to the trainee beyond those of the self-check."""
    enrolment, check = check_of(enrolment_id, check_id, "attempt.allow")
    try:
        extra = change(db(), actor=actor(), check=check, enrolment=enrolment)
    except DomainError as error:
        flash(error.message, "warn")
    else:
        flash(allowance_words(extra), "ok")
    return redirect(url_for(".show", enrolment_id=enrolment.id, check_id=check.id), 303)


def allowance_words(extra: int) -> str:
    """Returns how many attempts the trainee may take beyond those of the self-check."""
    if not extra:
        return _("No further attempt is allowed any more.")
    return ngettext(
        "%(num)s attempt beyond the others is allowed.", "%(num)s attempts beyond the others are allowed.", extra
    )


@bp.get("/attempts/<int:attempt_id>")
@open_in_launch
@login_required
def attempt(attempt_id: int) -> ResponseReturnValue:
    """Shows the questions with saved answers, or the result after handing in."""
    found, enrolment = attempt_of(attempt_id, "attempt.do")
    if found.state != "in_progress" or operations.is_over(found, now=now()):
        return to_result(found)
    return page(found, enrolment)


def page(
    found: Attempt, enrolment: Enrolment, *, asking: bool = False, conflict: TypedOverOlder | None = None
) -> ResponseReturnValue:
    """Returns the attempt's page; ``asking`` asks whether to hand in with unanswered questions.

    ``conflict`` shows the posted answers to the questions that were answered otherwise elsewhere.
    """
    asked = attempt_questions(db(), found)
    if conflict:
        posted = posted_answers(asked)
        asked = [
            replace(one, answer=posted[str(one.id)]) if f"q{one.id}" in conflict.conflicts else one for one in asked
        ]
    questions = shown_in(found, asked)
    numbered = [one for one in questions if one.number]
    values = {
        "attempt": found,
        "enrolment": enrolment,
        "questions": questions,
        "numbered": numbered,
        "blank": [one for one in numbered if not one.is_answered],
        "left": seconds_left(found, now()),
        "asking": asking,
        "conflict": conflict,
    }
    return render_template("self_checks/attempt.html", **values), 409 if conflict else 200


def seconds_left(found: Attempt, at: datetime) -> int | None:
    """Returns the seconds until the deadline; ``None`` without one."""
    return None if found.deadline_at is None else max(0, int((found.deadline_at - at).total_seconds()))


def to_result(found: Attempt) -> ResponseReturnValue:
    """Leads to the result, for a browser or for the page's script."""
    address = url_for(".result", attempt_id=found.id)
    if request.accept_mimetypes.best == "application/json":
        return {"result": address}
    return redirect(address, 303)


def posted_answers(asked: Sequence[queries.AttemptQuestion]) -> dict[str, Answer]:
    """Returns the posted answers by question id."""
    return answers_in(asked, request.form.to_dict(flat=False))


def keep_answers(found: Attempt) -> None:
    """Saves the posted answers. Raises ``AttemptAlreadyHandedIn``, ``TypedOverOlder`` with the names of questions."""
    answers = posted_answers(attempt_questions(db(), found))
    if not answers and found.state == "in_progress":
        return
    seen = {name.removeprefix("q"): revision for name, revision in seen_fields().items()}
    try:
        operations.save(db(), found, answers, now=now(), seen=seen)
    except TypedOverOlder as error:
        keep_changes_on_error()  # the other answers
        raise TypedOverOlder({f"q{key}": text for key, text in error.conflicts.items()}) from error


def changed_elsewhere(found: Attempt, enrolment: Enrolment, error: TypedOverOlder) -> ResponseReturnValue:
    """Answers a save of answers that were changed elsewhere too, for a browser or for the page's script."""
    if request.accept_mimetypes.best == "application/json":
        return {**refused(error.message, error.conflicts), **saved_now(found)}, error.status
    return page(found, enrolment, conflict=error)


def saved_now(found: Attempt) -> dict[str, Any]:
    """Returns what a script learns of the saved answers: time, seconds left, revisions of the posted questions."""
    named = set(request.form.getlist("q"))
    seen = {f"q{one.id}": one.revision for one in attempt_questions(db(), found) if str(one.id) in named}
    return {"saved_at": format_time(now()), "left": seconds_left(found, now()), "seen": seen}


@bp.post("/attempts/<int:attempt_id>")
@open_in_launch
@login_required
def save(attempt_id: int) -> ResponseReturnValue:
    """Saves answers: the changed ones from the script, all of them from the button."""
    found, enrolment = attempt_of(attempt_id, "attempt.do")
    try:
        keep_answers(found)
    except AttemptAlreadyHandedIn as error:
        return over(found, error)
    except TypedOverOlder as error:
        return changed_elsewhere(found, enrolment, error)
    if request.accept_mimetypes.best == "application/json":
        return saved_now(found)
    flash(_("Saved."), "ok")
    return redirect(url_for(".attempt", attempt_id=found.id), 303)


def over(found: Attempt, error: AttemptAlreadyHandedIn) -> ResponseReturnValue:
    """Answers that come after the deadline with the message that only saved answers count."""
    if request.accept_mimetypes.best == "application/json":
        return {"message": error.message, "result": url_for(".result", attempt_id=found.id)}, 409
    flash(error.message, "warn")
    return to_result(found)


@bp.post("/attempts/<int:attempt_id>/hand-in")
@open_in_launch
@login_required
def hand_in(attempt_id: int) -> ResponseReturnValue:
    """Saves the posted answers and hands the attempt in; asks first if questions are unanswered."""
    found, enrolment = attempt_of(attempt_id, "attempt.do")
    try:
        keep_answers(found)
    except AttemptAlreadyHandedIn:
        return to_result(found)
    except TypedOverOlder as error:
        return changed_elsewhere(found, enrolment, error)
    sure = request.form.get("hand_in") == "sure"
    if not sure and any(one.number and not one.is_answered for one in shown_in(found, attempt_questions(db(), found))):
        return page(found, enrolment, asking=True)
    operations.hand_in(db(), found, now=now())
    return to_result(found)


@bp.get("/attempts/<int:attempt_id>/result")
@open_in_launch
@login_required
def result(attempt_id: int) -> ResponseReturnValue:
    """Shows the result; until it is ready, the page reloads itself, also while a worker hands in an overdue attempt."""
    found, enrolment = attempt_of(attempt_id, "attempt.see")
    over = operations.is_over(found, now=now())
    if found.state == "in_progress" and not over:
        return redirect(url_for(".show", enrolment_id=enrolment.id, check_id=found.self_check_id), 303)
    waiting = over or found.state == "handed_in"
    if request.headers.get("HX-Request") and waiting:
        return render_template("self_checks/_waiting.html", attempt=found)
    values: dict[str, Any] = {
        "attempt": found,
        "check": found.self_check,
        "enrolment": enrolment,
        "may_do": found.self_check.removed_at is None and allowed(actor(), "attempt.do", enrolment),
        "waiting": waiting,
    }
    if not waiting:
        values["summary"] = attempt_summary(db(), found.self_check, enrolment)
        values["questions"] = shown_in(found, attempt_questions(db(), found))
        values["corrected"] = corrected_questions(db(), found)
    part = values["part"] = bool(request.headers.get("HX-Request"))
    return render_template("self_checks/_result.html" if part else "self_checks/result.html", **values)
