"""Scores on platforms: the trainee's own, a group's, one score's log; repeated sending."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.models.groups import Cohort
from lms.core.auth.policy import allowed, fetch
from lms.core.errors import NotFound
from lms.core.i18n import _, ngettext
from lms.http.launch_access import open_in_launch
from lms.http.launch_context import living_launch
from lms.http.request_context import account, actor, db, now, session_fact
from lms.lti.grades import queries
from lms.lti.grades.operations import send_again, unsent_scores
from lms.lti.models.services import Score
from lms.web.scores.presenters import WORDS, where_words

bp = Blueprint("scores", __name__)
bp.record_once(lambda state: state.app.jinja_env.globals.update(WORDS))


@bp.app_template_global("told_of_results")
def told_of_results() -> bool:
    """Returns whether any platform receives scores of the current account."""
    read_with_session: bool | None = session_fact("has_scores")
    if read_with_session is not None:
        return read_with_session
    found = account()
    return found is not None and queries.has_scores(db(), found.id)


@bp.get("/results")
@open_in_launch
@login_required
def mine() -> ResponseReturnValue:
    """Shows the trainee's scores by platform; inside a launch, those of its platform."""
    found, visiting = account(), living_launch()
    platform_id = visiting.platform.id if visiting else None
    results = queries.scores_of_account(db(), found.id, platform_id=platform_id) if found else []
    places = [(where, list(group)) for where, group in groupby(results, where_words)]
    return render_template("scores/mine.html", places=places)


@bp.get("/groups/<int:cohort_id>/results")
@open_in_launch
@login_required
def of_group(cohort_id: int) -> ResponseReturnValue:
    """Shows the scores of the group's trainees by gradebook column."""
    cohort = fetch(db(), Cohort, cohort_id, actor=actor(), may="group.see")
    args = request.args
    only, query, page = args.get("show") == "unsent", args.get("q", "")[:100], max(args.get("page", 1, int), 1)
    found = queries.scores_of_group(db(), cohort.id, unsent=only, query=query, page=min(page, 100_000))
    return render_template(
        "scores/group.html",
        cohort=cohort,
        page=page,
        pages=-(-found.found // queries.PAGE),
        found=found,
        only=only,
        query=query,
        edits=allowed(actor(), "group.edit", cohort),
    )


@bp.get("/results/<int:score_id>")
@open_in_launch
@login_required
def log(score_id: int) -> ResponseReturnValue:
    """Shows all attempts to send one score."""
    score = fetch(db(), Score, score_id, actor=actor(), may="score.see")
    placement = score.line_item.link.placement
    if placement is None or not placement.graded:
        raise NotFound
    return render_template(
        "scores/log.html",
        score=score,
        own=queries.score_status(db(), score),
        tries=queries.sending_log(db(), score),
        cohort=placement.cohort if allowed(actor(), "group.see", placement.cohort) else None,
        again=allowed(actor(), "score.again", score),
    )


@bp.post("/results/<int:score_id>/again")
@open_in_launch
@login_required
def again(score_id: int) -> ResponseReturnValue:
    """Sends one score again."""
    score = fetch(db(), Score, score_id, actor=actor(), may="score.again", see="score.see")
    send_again(db(), actor=actor(), scores=[score], now=now())
    flash(_("The result is sent once more."), "ok")
    return redirect(url_for(".log", score_id=score.id), 303)


@bp.post("/groups/<int:cohort_id>/results/again")
@open_in_launch
@login_required
def again_all(cohort_id: int) -> ResponseReturnValue:
    """Sends all scores of the group again that platforms do not have."""
    cohort = fetch(db(), Cohort, cohort_id, actor=actor(), may="score.again_all")
    count = send_again(db(), actor=actor(), scores=unsent_scores(db(), cohort.id), now=now())
    words = ngettext("%(num)s result is sent once more.", "%(num)s results are sent once more.", count)
    flash(words if count else _("Everything was sent already."), "ok" if count else "info")
    return redirect(url_for(".of_group", cohort_id=cohort.id), 303)
