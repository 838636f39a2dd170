"""The page of notices, their marks, choices of letters, and the page that a letter's last link opens."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from lms.core.i18n import _
from lms.core.notifications.kinds import known
from lms.core.notifications.operations import choose_letters, mark_read
from lms.core.notifications.queries import PAGE_NOTICES, notices_of
from lms.core.notifications.unsubscribing import read as read_token
from lms.core.notifications.unsubscribing import unsubscribe as end_letters
from lms.http.csrf import csrf
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.web.notices.presenters import letter_rows, notice_rows
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
    """Saves which letters the person wants."""
    offered = (row.kind for row in letter_rows(actor(), {}))
    typed = {kind: request.form.get(f"letters-{kind}", "") for kind in offered}
    choose_letters(db(), person_id=own_person(), choices={kind: channel for kind, channel in typed.items() if channel})
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
