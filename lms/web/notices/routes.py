"""The page of notices, their marks, and the page that a letter's last link opens."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from lms.core.i18n import _
from lms.core.notifications.kinds import CHANNELS, known
from lms.core.notifications.operations import choose_letters, mark_read
from lms.core.notifications.queries import PAGE_NOTICES, letter_choices, notices_of
from lms.core.notifications.unsubscribing import read as read_token
from lms.core.notifications.unsubscribing import unsubscribe as end_letters
from lms.http.application import keep_changes_on_error
from lms.http.csrf import csrf
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.http.typed_over import merged_over
from lms.web.notices.presenters import letter_card, letter_rows, notice_rows
from lms.web.shell.bell import group_shown, unread_notices

bp = Blueprint("notices", __name__)


def own_person() -> int:
    """Returns the id of the person who is logged in."""
    person_id = actor().person_id
    assert person_id is not None, "login_required stands before"
    return person_id


@bp.get("/notices")
@open_in_launch
@login_required
def index() -> ResponseReturnValue:
    """Lists the person's notices, the newest first; ``before`` is the last notice of the page before."""
    before = request.args.get("before", None, int)
    found = notices_of(db(), own_person(), before_id=before, cohort_id=group_shown(), limit=PAGE_NOTICES + 1)
    return render_template(
        "notices/index.html",
        rows=notice_rows(found[:PAGE_NOTICES]),
        more=found[PAGE_NOTICES - 1].id if len(found) > PAGE_NOTICES else None,
        before=before,
        unread=unread_notices(),
    )


@bp.post("/notices/read")
@open_in_launch
@login_required
def read_all() -> ResponseReturnValue:
    """Marks all notices as read: those of this launch's group, or everything."""
    mark_read(db(), person_id=own_person(), now=now(), cohort_id=group_shown())
    return redirect(url_for(".index"), 303)


@bp.post("/notices/<int:notice_id>/read")
@open_in_launch
@login_required
def read_one(notice_id: int) -> ResponseReturnValue:
    """Marks one of the person's notices as read."""
    mark_read(db(), person_id=own_person(), now=now(), notice_ids=[notice_id], cohort_id=group_shown())
    before = request.form.get("before", None, int)
    return redirect(url_for(".index", before=before), 303)


@bp.post("/notices/letters")
@login_required
def choose() -> ResponseReturnValue:
    """Saves which letters the person wants; choices of another tab are kept and shown."""
    rows = letter_rows(actor(), letter_choices(db(), own_person()))
    stored = {row.name: row.channel for row in rows}
    typed = {name: channel for name in stored if (channel := request.form.get(name, "")) in CHANNELS}
    merged = merged_over(stored, typed)
    changed = {
        row.kind: merged.values[row.name] for row in rows if merged.values.get(row.name, row.channel) != row.channel
    }
    choose_letters(db(), person_id=own_person(), choices=changed)
    if merged.conflicts:
        keep_changes_on_error()
        card = letter_card(actor(), letter_choices(db(), own_person()), merged.conflicts)
        return render_template("notices/letters.html", letters=card), 409
    flash(_("Saved."), "ok")
    return redirect(url_for("accounts.account", _anchor="letters"), 303)


@bp.route("/notices/unsubscribe/<token>", methods=["GET", "POST"])
@csrf.exempt
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ends letters of one kind, or the digest. The link is a proof of its own: a mail program posts without a log-in
    (RFC 8058). Opening it changes nothing.
    """
    _person_id, kind = read_token(token)
    ended = request.method == "POST"
    if ended:
        end_letters(db(), token)
    return render_template("notices/unsubscribe.html", label=known(kind).label() if kind else "", ended=ended)
