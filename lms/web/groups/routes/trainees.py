"""Trainees of a group: ways to get in, reminders, states of several trainees by one order."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.groups import invitations, operations, queries
from courses.groups.grid import PAGE
from courses.models.groups import Cohort, Enrolment
from lms.core.auth.policy import allowed
from lms.core.i18n import _, ngettext
from lms.core.people.names import fold
from lms.core.public_url import address_of
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.lti.identity.changed_names import proposals_of
from lms.lti.rosters.requesting import has_sources
from lms.web.accounts.urls import one_time_link, qr_code
from lms.web.groups.forms import StateForm
from lms.web.groups.routes.blueprint import bp, group_to_edit, group_to_see, today_of


@bp.get("/groups/<int:cohort_id>/trainees")
@open_in_launch
@login_required
def trainees(cohort_id: int) -> ResponseReturnValue:
    """Lists the group's trainees and their ways to get in."""
    return people_page(group_to_see(cohort_id), StateForm(formdata=None))


def people_page(cohort: Cohort, form: StateForm) -> ResponseReturnValue:
    """Returns the page, with the posted form for several trainees."""
    everybody = queries.enrolments(db(), cohort.id)
    query = request.args.get("q", "").strip()[:100]
    found = [one for one in everybody if fold(query) in one.person.sort_key]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(request.args.get("page", 1, int), 1), pages)
    ways = invitations.access_methods(db(), cohort.id)
    if form.on_date.data is None and not form.is_submitted():
        form.on_date.data = today_of(cohort)
    failed = invitations.failed_letters(db(), cohort.id)
    waiting = [one for one in everybody if is_waiting(one)]
    edits = allowed(actor(), "group.edit", cohort)
    return render_template(
        "groups/trainees.html",
        cohort=cohort,
        form=form,
        people=found[(page - 1) * PAGE : page * PAGE],
        ways=ways,
        failed=failed,
        to_card_instead=[one for one in waiting if one.id in failed and ways[one.id] == "mail"],
        query=query,
        page=page,
        pages=pages,
        total=len(everybody),
        found=len(found),
        to_invite=[one for one in waiting if ways[one.id] == "mail" and one.invited_at is None],
        to_card=[one for one in waiting if ways[one.id] == "card" and one.invited_at is None],
        to_remind=[one for one in waiting if one.invited_at is not None and ways[one.id] != "card"],
        ticked=set(request.form.getlist("who", type=int)),
        edits=edits,
        on_platforms=edits and has_sources(db(), cohort),
        renamed=len(proposals_of(db(), cohort)) if edits else 0,
    ), 422 if form.errors else 200


def is_waiting(enrolment: Enrolment) -> bool:
    """Returns whether the trainee is enrolled and has not logged in yet."""
    return enrolment.state == "enrolled" and enrolment.accepted_at is None and enrolment.last_seen_at is None


def named(cohort: Cohort) -> Sequence[Enrolment]:
    """Returns the trainees of the form; ``which`` selects all who need an invitation, a card or a reminder,
    or a card in place of a letter that was not delivered."""
    which = request.form.get("which", "")
    if not which:
        return queries.enrolments(db(), cohort.id, request.form.getlist("who", type=int))
    ways = invitations.access_methods(db(), cohort.id)
    waiting = [one for one in queries.enrolments(db(), cohort.id) if is_waiting(one)]
    if which == "card":
        return [one for one in waiting if ways[one.id] == "card"]
    if which == "failed":
        failed = invitations.failed_letters(db(), cohort.id)
        return [one for one in waiting if one.id in failed and ways[one.id] == "mail"]
    return [one for one in waiting if ways[one.id] != "card" and (one.invited_at is not None) == (which == "again")]


@bp.post("/groups/<int:cohort_id>/invite")
@login_required
def invite(cohort_id: int) -> ResponseReturnValue:
    """Sends invitations, first or repeated ones."""
    cohort = group_to_edit(cohort_id)
    people = [one for one in named(cohort) if one.state == "enrolled"]
    done = invitations.invite(db(), actor=actor(), cohort=cohort, people=people, link_to=one_time_link, now=now())
    tell(done)
    back = request.form.get("back")
    return redirect(url_for("home.index") if back == "home" else url_for(".trainees", cohort_id=cohort.id), 303)


def tell(done: invitations.InvitationResult) -> None:
    """Flashes the results of the invitations."""
    if done.mailed:
        flash(ngettext("Written to %(num)s trainee.", "Written to %(num)s trainees.", len(done.mailed)), "ok")
    if done.cards:
        names = ", ".join(one.person.short_name for one in done.cards[:5])
        flash(_("No e-mail of their own, print cards: %(names)s.", names=names), "warn")
    if done.unreached:
        names = ", ".join(done.unreached[:5])
        flash(_("They have a log-in but no e-mail, tell them yourself: %(names)s.", names=names), "warn")
    if not (done.mailed or done.cards or done.unreached):
        flash(_("Tick at least one trainee first."), "info")


@bp.post("/groups/<int:cohort_id>/cards")
@login_required
def cards(cohort_id: int) -> ResponseReturnValue:
    """Shows one-time cards to print; the codes are shown on this page only."""
    cohort = group_to_edit(cohort_id)
    people = [one for one in named(cohort) if one.state == "enrolled"]
    printed = invitations.print_cards(db(), actor=actor(), cohort=cohort, people=people, now=now())
    if not printed:
        flash(_("A card is for a trainee without a password of their own; tick one of those."), "info")
        return redirect(url_for(".trainees", cohort_id=cohort.id), 303)
    return render_template(
        "groups/cards.html",
        cohort=cohort,
        cards=[(card, qr_code(card.address)) for card in printed],
        left_out=len(people) - len(printed),
        log_in=address_of(url_for("accounts.card")),
    )


@bp.post("/groups/<int:cohort_id>/states")
@open_in_launch
@login_required
def states(cohort_id: int) -> ResponseReturnValue:
    """Sets one state for several trainees by one order."""
    cohort = group_to_edit(cohort_id)
    form = StateForm()
    people = queries.enrolments(db(), cohort.id, request.form.getlist("who", type=int))
    if not form.validate_on_submit():
        return people_page(cohort, form)
    if not people:
        form.form_errors = [_("Tick at least one trainee first.")]
        return people_page(cohort, form)
    with form.catching():
        for enrolment in people:
            operations.change_state(
                db(),
                actor=actor(),
                enrolment=enrolment,
                state=form.state.data,
                on_date=form.on_date.data,
                order_number=form.order_number.data,
                reason=form.reason.data or "",
            )
        flash(ngettext("Noted for %(num)s trainee.", "Noted for %(num)s trainees.", len(people)), "ok")
        return redirect(url_for(".trainees", cohort_id=cohort.id), 303)
    return people_page(cohort, form)
