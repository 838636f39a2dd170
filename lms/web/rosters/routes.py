"""Rosters of platforms' courses: request, wait, preview, apply."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.models.groups import Cohort
from lms.core.auth.policy import fetch
from lms.core.errors import DomainError, Invalid, NotFound
from lms.core.i18n import _
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.lti.identity.changed_names import accept_proposal, dismiss_proposal, proposals_of
from lms.lti.models.services import Roster
from lms.lti.rosters import applying, requesting
from lms.lti.rosters.applying import IncompleteNames, Selection
from lms.lti.rosters.comparing import Comparison
from lms.lti.rosters.matching import comparison
from lms.web.rosters.presenters import WORDS, course_of

bp = Blueprint("rosters", __name__)
for _name, _word in WORDS.items():
    bp.add_app_template_global(_word, f"roster_{_name}")

NAME_PARTS = ("surname", "given_name", "patronymic")


@bp.route("/groups/<int:cohort_id>/platform-list", methods=["GET", "POST"])
@open_in_launch
@login_required
def ask(cohort_id: int) -> ResponseReturnValue:
    """Shows the courses; a POST requests the roster."""
    cohort = fetch(db(), Cohort, cohort_id, actor=actor(), may="group.edit", see="group.see")
    error = ""
    if request.method == "POST":
        try:
            with db().begin_nested():
                return redirect(url_for(".show", roster_id=_asked(cohort).id), 303)
        except Invalid as found:
            error = found.message
    sources = requesting.sources(db(), cohort)
    page = render_template("rosters/ask.html", cohort=cohort, sources=sources, error=error)
    return page, 422 if error else 200


def _asked(cohort: Cohort) -> Roster:
    return requesting.request_roster(
        db(),
        actor=actor(),
        cohort=cohort,
        context_id=request.form.get("context", 0, int),
        link_id=request.form.get("link", None, int),
        now=now(),
    )


def roster_to_edit(roster_id: int) -> Roster:
    """Returns the roster if the actor leads the group's site. Raises ``NotFound``, or ``Forbidden`` for a teacher."""
    return fetch(db(), Roster, roster_id, actor=actor(), may="group.edit", see="group.see")


@bp.get("/groups/<int:cohort_id>/platform-names")
@open_in_launch
@login_required
def changed_names(cohort_id: int) -> ResponseReturnValue:
    """Lists names and e-mail addresses that platforms have changed, for the leader to take over or to leave."""
    cohort = fetch(db(), Cohort, cohort_id, actor=actor(), may="group.edit", see="group.see")
    return render_template("rosters/changed_names.html", cohort=cohort, proposals=proposals_of(db(), cohort))


@bp.post("/groups/<int:cohort_id>/platform-names/<int:participant_id>/<any(accept, leave):deed>")
@open_in_launch
@login_required
def decide_name(cohort_id: int, participant_id: int, deed: str) -> ResponseReturnValue:
    """Takes a changed name over, or leaves the person as they are; a second click finds it settled."""
    cohort = fetch(db(), Cohort, cohort_id, actor=actor(), may="group.edit", see="group.see")
    settle = accept_proposal if deed == "accept" else dismiss_proposal
    try:
        person = settle(db(), actor=actor(), cohort=cohort, participant_id=participant_id)
        words = _("%(name)s: taken over.") if deed == "accept" else _("%(name)s: left as it was.")
        flash(words % {"name": person.full_name}, "ok")
    except NotFound:
        flash(_("This was settled already."), "info")
    return redirect(url_for(".changed_names", cohort_id=cohort.id), 303)


@bp.get("/groups/platform-lists/<int:roster_id>")
@open_in_launch
@login_required
def show(roster_id: int) -> ResponseReturnValue:
    """Shows the roster in its state: waiting, failed, ready, applied."""
    roster = roster_to_edit(roster_id)
    if roster.state == "ready":
        return preview(roster, comparison(db(), roster))
    template = {"waiting": "waiting", "failed": "failed", "applied": "applied"}[roster.state]
    return render_template(f"rosters/{template}.html", roster=roster, cohort=roster.cohort, done=_done(roster))


def _done(roster: Roster) -> applying.ApplyResult | None:
    return applying.applied_result(roster) if roster.state == "applied" else None


@bp.get("/groups/platform-lists/<int:roster_id>/state")
@open_in_launch
@login_required
def state(roster_id: int) -> ResponseReturnValue:
    """Returns the fragment of the waiting page, or redirects to the roster."""
    roster = roster_to_edit(roster_id)
    if roster.state != "waiting":
        return redirect(url_for(".show", roster_id=roster.id), 303)
    return render_template("rosters/_waiting.html", roster=roster)


@bp.post("/groups/platform-lists/<int:roster_id>/again")
@open_in_launch
@login_required
def again(roster_id: int) -> ResponseReturnValue:
    """Requests the roster again."""
    roster = roster_to_edit(roster_id)
    requesting.retry_roster(db(), roster=roster, now=now())
    return redirect(url_for(".show", roster_id=roster.id), 303)


@bp.post("/groups/platform-lists/<int:roster_id>")
@open_in_launch
@login_required
def apply(roster_id: int) -> ResponseReturnValue:
    """Enrols and withdraws the chosen rows."""
    roster = roster_to_edit(roster_id)
    chosen = _chosen(comparison(db(), roster) if roster.state == "ready" else Comparison())
    try:
        with db().begin_nested():
            applying.apply(db(), actor=actor(), roster=roster, chosen=chosen, now=now())
    except IncompleteNames as wrong:
        return preview(roster, comparison(db(), roster), chosen=chosen, rows=wrong.rows)
    except Invalid as wrong:
        return preview(roster, comparison(db(), roster), chosen=chosen, error=wrong)
    except DomainError as error:
        flash(error.message, "warn")
    return redirect(url_for(".show", roster_id=roster.id), 303)


def _chosen(found: Comparison) -> Selection:
    """Returns the submitted selection."""
    form = request.form
    names = {
        change.key: {part: form.get(f"{part}-{change.mark}", "")[:200] for part in NAME_PARTS}
        for change in found.entering
        if change.parts is not None
    }
    return Selection(frozenset(form.getlist("who")), names, form.get("reason", ""))


def preview(
    roster: Roster,
    found: Comparison,
    *,
    chosen: Selection | None = None,
    rows: Mapping[str, tuple[str, str]] | None = None,
    error: Invalid | None = None,
) -> ResponseReturnValue:
    """Renders the preview with the submitted values."""
    ticked = chosen.keys if chosen else {change.key for change in found.changes if change.ticked}
    reason = chosen.reason if chosen else _("no longer in the course «%(course)s»", course=course_of(roster)[:200])
    page = render_template(
        "rosters/preview.html",
        roster=roster,
        cohort=roster.cohort,
        found=found,
        ticked=ticked,
        typed=chosen.names if chosen else {},
        rows=rows or {},
        reason=reason,
        error=error,
    )
    return page, 422 if rows or error else 200
