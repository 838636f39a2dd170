"""Pages of the authors of self-checks: conditions, order of questions, editor, files of questions."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment.attempts.corrections import corrections_of
from assessment.attempts.queries import AttemptQuestion
from assessment.models.self_checks import SelfCheck, SelfCheckItem
from assessment.questions.gift.writer import write_gift
from assessment.questions.model import Question
from assessment.questions.numbers import number as typed_number
from assessment.questions.registry import question_types
from assessment.self_checks import operations, queries
from assessment.self_checks.importing import QUESTIONS
from courses.models.programmes import ProgrammeVersion
from lms.core.auth.policy import fetch
from lms.core.errors import NotFound
from lms.core.i18n import _
from lms.core.richtext import to_safe_html
from lms.http.downloads import name_download, name_of_title
from lms.http.input_values import whole_numbers
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.http.typed_over import merged_over, revisions_shown
from lms.web.self_checks.forms import (
    ConditionsForm,
    Editing,
    FileForm,
    blank_editing,
    checked_editing,
    editing_of,
    read_question,
    rows_in,
    values_of,
)
from lms.web.self_checks.presenters import shown
from lms.web.self_checks.routes.blueprint import bp
from lms.web.shell.stored_forms import lock_row, text_of
from lms.web.uploads.presenters import show_refusal

AT_VERSION = "/programmes/<int:version_id>/self-checks"
AT_CHECK = f"{AT_VERSION}/<int:check_id>"
AT_ITEM = f"{AT_CHECK}/questions/<int:item_id>"


def version_of(version_id: int) -> ProgrammeVersion:
    """Returns the version if the actor may write its questions."""
    return fetch(db(), ProgrammeVersion, version_id, actor=actor(), may="self_check.edit")


def check_in(version_id: int, check_id: int) -> tuple[ProgrammeVersion, SelfCheck]:
    """Returns the version and a self-check of its programme. Raises ``NotFound``."""
    version = version_of(version_id)
    check = db().get(SelfCheck, check_id)
    if check is None or check.programme_id != version.programme_id or check.removed_at is not None:
        raise NotFound
    return version, check


def item_in(check: SelfCheck, item_id: int) -> SelfCheckItem:
    """Returns a question of the self-check. Raises ``NotFound``."""
    item = db().get(SelfCheckItem, item_id)
    if item is None or item.self_check_id != check.id:
        raise NotFound
    return item


def to_check(version: ProgrammeVersion, check: SelfCheck, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".edit", version_id=version.id, check_id=check.id, _anchor=anchor), 303)


@bp.get(AT_VERSION)
@open_in_launch
@login_required
def index(version_id: int) -> ResponseReturnValue:
    """Lists the programme's self-checks by topic."""
    version = version_of(version_id)
    places = queries.numbered_topics(db(), version.id)
    checks = queries.checks_of(db(), version.programme_id)
    known = {one.topic.lineage for one in places}
    return render_template(
        "self_checks/index.html",
        version=version,
        places=places,
        by_topic={one: [row for row in checks if row.check.topic_lineage == one] for one in known},
        loose=[row for row in checks if row.check.topic_lineage not in known],
        removed=queries.removed_checks(db(), version.programme_id),
    )


@bp.route(f"{AT_VERSION}/new", methods=["GET", "POST"])
@open_in_launch
@login_required
def new(version_id: int) -> ResponseReturnValue:
    """Creates a self-check from its conditions, then shows its questions."""
    version = version_of(version_id)
    form = ConditionsForm(data={"place": request.args.get("topic")} if request.method == "GET" else None)
    form.offer(queries.numbered_topics(db(), version.id))
    if form.validate_on_submit():
        with form.catching():
            check = operations.create(db(), actor=actor(), programme=version.programme, conditions=form.conditions())
        if form.is_clean:
            return to_check(version, check)
    return conditions_page(version, None, form)


@bp.route(f"{AT_CHECK}/conditions", methods=["GET", "POST"])
@open_in_launch
@login_required
def conditions(version_id: int, check_id: int) -> ResponseReturnValue:
    """Changes the conditions."""
    version, check = check_in(version_id, check_id)
    form = ConditionsForm(over=check, data=values_of(check))
    form.offer(queries.numbered_topics(db(), version.id), check)
    if form.validate_on_submit():
        with form.catching():
            operations.change(
                db(), actor=actor(), check=check, conditions=form.conditions(), site_id=version.programme.site_id
            )
        if form.is_clean:
            flash(_("Saved."), "ok")
            return to_check(version, check)
    return conditions_page(version, check, form)


def conditions_page(version: ProgrammeVersion, check: SelfCheck | None, form: ConditionsForm) -> ResponseReturnValue:
    page = render_template("self_checks/conditions.html", version=version, check=check, form=form)
    return page, 422 if form.errors else 200


@bp.post(f"{AT_CHECK}/remove")
@open_in_launch
@login_required
def remove(version_id: int, check_id: int) -> ResponseReturnValue:
    """Removes the self-check from the course."""
    version, check = check_in(version_id, check_id)
    operations.remove(db(), actor=actor(), check=check, site_id=version.programme.site_id, now=now())
    flash(_("The self-check is taken out of the course. Results of trainees are kept."), "ok")
    return redirect(url_for(".index", version_id=version.id), 303)


@bp.post(f"{AT_CHECK}/restore")
@open_in_launch
@login_required
def restore(version_id: int, check_id: int) -> ResponseReturnValue:
    """Puts a removed self-check back into the course."""
    version = version_of(version_id)
    check = db().get(SelfCheck, check_id)
    if check is None or check.programme_id != version.programme_id:
        raise NotFound
    operations.restore(db(), actor=actor(), check=check, site_id=version.programme.site_id)
    flash(_("«%(title)s» is in the course again.", title=check.title), "ok")
    return to_check(version, check)


@bp.get(AT_CHECK)
@open_in_launch
@login_required
def edit(version_id: int, check_id: int) -> ResponseReturnValue:
    """Lists the questions in order, and why an uploaded file was refused."""
    version, check = check_in(version_id, check_id)
    form = FileForm()
    show_refusal(form, QUESTIONS)
    return check_page(version, check, form)


def check_page(version: ProgrammeVersion, check: SelfCheck, form: FileForm) -> str:
    """Returns the page of the questions."""
    items = queries.items_of(db(), check)
    values = {
        "version": version,
        "check": check,
        "items": [(item, Question.from_json(item.question.content)) for item in items],
        "total": sum((item.mark for item in items), Decimal(0)),
        "kinds": question_types(),
        "form": form,
        "stale": corrections_of(db(), check.id).count,
        "taken": {name: request.args[name] for name in ("taken", "mark", "at") if name in request.args},
    }
    return render_template("self_checks/edit.html", **values)


@bp.post(f"{AT_CHECK}/order")
@open_in_launch
@login_required
def order(version_id: int, check_id: int) -> ResponseReturnValue:
    """Reorders the questions: all of them as dragged (``order``), or one by one place."""
    version, check = check_in(version_id, check_id)
    ids = [item.id for item in queries.items_of(db(), check)]
    wanted = [one for one in whole_numbers(request.form.get("order", "").split(",")) if one in ids]
    moved = request.form.get("item", 0, int)
    if moved in ids:
        step = -1 if request.form.get("to") == "up" else 1
        place = ids.index(moved)
        wanted = [one for one in ids if one != moved]
        wanted.insert(max(0, place + step), moved)
    operations.reorder(db(), check=check, order={one: place for place, one in enumerate(wanted)})
    if request.accept_mimetypes.best == "application/json":
        return {}
    return to_check(version, check, f"item-{moved}")


@bp.get(f"{AT_CHECK}/preview")
@open_in_launch
@login_required
def preview(version_id: int, check_id: int) -> ResponseReturnValue:
    """Shows the questions as a trainee sees them."""
    version, check = check_in(version_id, check_id)
    asked = [
        AttemptQuestion(item.id, Question.from_json(item.question.content), item.mark, {}, None, "")
        for item in queries.items_of(db(), check)
    ]
    instructions = to_safe_html(check.instructions, "markdown", top_heading=3)
    questions = shown(asked, check.id, shuffle=check.shuffle)
    return render_template(
        "self_checks/preview.html", version=version, check=check, questions=questions, instructions=instructions
    )


@bp.get(f"{AT_CHECK}/export")
@open_in_launch
@login_required
def export(version_id: int, check_id: int) -> ResponseReturnValue:
    """Sends the questions as a GIFT file."""
    _version, check = check_in(version_id, check_id)
    items = queries.items_of(db(), check)
    text = write_gift(Question.from_json(item.question.content) for item in items)
    answer = Response(text, mimetype="text/plain")
    name_download(answer, name_of_title(check.title, "gift"))
    return answer


# The editor


@bp.route(f"{AT_CHECK}/questions/new/<kind>", methods=["GET", "POST"])
@open_in_launch
@login_required
def new_question(version_id: int, check_id: int, kind: str) -> ResponseReturnValue:
    """Adds a question of this kind at the end."""
    version, check = check_in(version_id, check_id)
    if kind not in question_types():
        abort(404)
    return edit_question(version, check, None, blank_editing(kind))


@bp.route(AT_ITEM, methods=["GET", "POST"])
@open_in_launch
@login_required
def question(version_id: int, check_id: int, item_id: int) -> ResponseReturnValue:
    """Edits a question of the self-check; saving creates its next version."""
    version, check = check_in(version_id, check_id)
    item = item_in(check, item_id)
    stored = Question.from_json(item.question.content)
    form = editing_of(stored)
    form.values["mark"] = f"{item.mark.normalize():f}"
    return edit_question(version, check, item, form)


def edit_question(
    version: ProgrammeVersion, check: SelfCheck, item: SelfCheckItem | None, form: Editing
) -> ResponseReturnValue:
    """Shows the editor, adds or removes a row, or saves."""
    status, conflict = 200, False
    stored = {} if item is None else {"question": stored_text(item)}
    if request.method == "POST":
        read = read_question(form.kind, request.form.to_dict(flat=False), drop=request.form.get("drop", ""))
        form = checked_editing(read, request.form.get("mark", ""))
        if "add" in request.form or "drop" in request.form:
            more = request.form.get("add", "")
            form.errors, form.at_least = {}, {more: rows_in(request.form, more) + 1}
        elif conflict := is_changed_elsewhere(stored, item, read):
            status = 409
        elif not form.errors:
            save_question(version, check, item, read)
            flash(_("Saved."), "ok")
            return to_check(version, check, f"item-{item.id}" if item else "last")
        else:
            status = 422
    revisions = revisions_shown(stored, stored if conflict else ())
    values = {"version": version, "check": check, "item": item, "ed": form, "revisions": revisions}
    return render_template("self_checks/question.html", conflict=conflict, **values), status


def stored_text(item: SelfCheckItem) -> str:
    """Returns the question with its points as the text whose revision the page sends; locks the item while saving."""
    if request.method == "POST":
        lock_row(item)
    return question_text(Question.from_json(item.question.content), item.mark)


def question_text(read: Question, mark: Decimal) -> str:
    """Returns the content that the editor shows, as one text."""
    content = {**read.as_json(), "category": "", "tags": [], "idnumber": "", "mark": text_of(mark)}
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def is_changed_elsewhere(stored: dict[str, str], item: SelfCheckItem | None, read: Question) -> bool:
    """Returns whether another version of the question was saved after the page was opened, and is not the same."""
    if item is None:
        return False
    merged = merged_over(stored, {"question": question_text(read, read.mark)})
    return bool(merged.theirs or merged.conflicts)


def keep_labels(read: Question, item: SelfCheckItem) -> Question:
    """Returns the question with what the editor does not show: category, tags and number."""
    stored = Question.from_json(item.question.content)
    return replace(read, category=stored.category, tags=stored.tags, idnumber=stored.idnumber)


def save_question(version: ProgrammeVersion, check: SelfCheck, item: SelfCheckItem | None, read: Question) -> None:
    """Adds the question, or saves it as the next version of the stored one."""
    site_id = version.programme.site_id
    if item is None:
        operations.add_questions(db(), actor=actor(), check=check, questions=[read], site_id=site_id)
    else:
        read = keep_labels(read, item)
        operations.revise_question(db(), actor=actor(), check=check, item=item, question=read, site_id=site_id)


@bp.post(f"{AT_ITEM}/remove")
@open_in_launch
@login_required
def remove_question(version_id: int, check_id: int, item_id: int) -> ResponseReturnValue:
    """Removes a question."""
    version, check = check_in(version_id, check_id)
    item = item_in(check, item_id)
    taken: dict[str, Any] = {"taken": item.question_id, "mark": f"{item.mark.normalize():f}", "at": item.position}
    operations.remove_question(db(), actor=actor(), check=check, item=item, site_id=version.programme.site_id)
    return redirect(url_for(".edit", version_id=version.id, check_id=check.id, **taken), 303)


@bp.post(f"{AT_CHECK}/questions/restore")
@open_in_launch
@login_required
def restore_question(version_id: int, check_id: int) -> ResponseReturnValue:
    """Puts a question that was taken out back to its place."""
    version, check = check_in(version_id, check_id)
    item = operations.restore_question(
        db(),
        actor=actor(),
        check=check,
        question_id=request.form.get("taken", 0, int),
        mark=typed_number(request.form.get("mark", "")) or Decimal(1),
        position=request.form.get("at", 0, int),
        site_id=version.programme.site_id,
    )
    flash(_("The question is back in its place."), "ok")
    return to_check(version, check, f"item-{item.id}")
