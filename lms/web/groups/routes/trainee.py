"""Page of one trainee for the leader: progress, works, self-checks, states with orders, history."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment.attestation.queries import handed_in_works
from courses.course_items import CourseItem
from courses.groups import invitations, operations, queries, transfers
from courses.models.groups import Enrolment
from courses.progress.course_view import CourseView
from courses.progress.queries import course_view
from lms.core.auth.policy import allowed, fetch
from lms.core.i18n import _
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.lti.identity.changed_names import proposals_of
from lms.web.course.urls import OfEnrolment
from lms.web.groups.forms import StateForm, TransferForm
from lms.web.groups.routes.blueprint import bp, today_of, trainee_to_edit, trainee_to_see
from lms.web.shell.urls import whole_address

WORKS = ("task",)
CHECKS = ("self_check", "rating")


@bp.get("/groups/trainees/<int:enrolment_id>")
@open_in_launch
@login_required
def trainee(enrolment_id: int) -> ResponseReturnValue:
    """Shows the page of one trainee."""
    return page(trainee_to_see(enrolment_id))


def page(
    enrolment: Enrolment, *, state: StateForm | None = None, transfer: TransferForm | None = None
) -> ResponseReturnValue:
    """Returns the page with its forms; forms that were not posted show stored values."""
    elsewhere = db().get(Enrolment, enrolment.moved_to_id) if enrolment.moved_to_id else None
    edits = allowed(actor(), "group.edit", enrolment) and elsewhere is None
    view = course_view(db(), enrolment, now())
    state = state or StateForm(
        formdata=None, prefix="state", on_date=today_of(enrolment.cohort), state=default_state(enrolment)
    )
    transfer = transfer or TransferForm(formdata=None, prefix="move")
    transfer.offer(list(queries.other_open_groups(db(), enrolment.cohort)) if edits else [], enrolment.cohort)
    return render_template(
        "groups/trainee.html",
        enrolment=enrolment,
        cohort=enrolment.cohort,
        who=enrolment.person,
        view=view,
        to=OfEnrolment(enrolment.id, studying=False),
        works=elements_of(view, WORKS),
        handed_in=handed_in_works(db(), enrolment.id),
        checks=elements_of(view, CHECKS),
        events=queries.history(db(), enrolment),
        way=invitations.access_methods(db(), enrolment.cohort_id).get(enrolment.id, "card"),
        form_state=state,
        transfer=transfer,
        edits=edits,
        elsewhere=elsewhere,
        renamed=proposals_of(db(), enrolment.cohort, enrolment_id=enrolment.id) if edits else [],
    ), 422 if state.errors or transfer.errors else 200


def default_state(enrolment: Enrolment) -> str:
    """Returns the state that is most likely set next."""
    return "finished" if enrolment.state == "enrolled" else "enrolled"


def elements_of(view: CourseView, kinds: tuple[str, ...]) -> list[CourseItem]:
    """Returns the course's items of these kinds; items of the whole programme come last."""
    inside = [element for topic in view.topics for element in topic.elements]
    return [element for element in [*inside, *view.loose] if element.kind in kinds]


@bp.post("/groups/trainees/<int:enrolment_id>/state")
@open_in_launch
@login_required
def change_state(enrolment_id: int) -> ResponseReturnValue:
    """Sets the state (enrolled, finished, withdrawn) from a date, by an order."""
    enrolment = trainee_to_edit(enrolment_id)
    form = StateForm(prefix="state")
    if form.validate_on_submit():
        with form.catching():
            operations.change_state(
                db(),
                actor=actor(),
                enrolment=enrolment,
                state=form.state.data,
                on_date=form.on_date.data,
                order_number=form.order_number.data,
                reason=form.reason.data or "",
            )
            flash(_("Noted."), "ok")
            return redirect(url_for(".trainee", enrolment_id=enrolment.id), 303)
    return page(enrolment, state=form)


@bp.post("/groups/trainees/<int:enrolment_id>/transfer")
@open_in_launch
@login_required
def transfer(enrolment_id: int) -> ResponseReturnValue:
    """Transfers the trainee to another group of the site, by an order."""
    enrolment = trainee_to_edit(enrolment_id)
    form = TransferForm(prefix="move")
    form.offer(list(queries.other_open_groups(db(), enrolment.cohort)), enrolment.cohort)
    if form.validate_on_submit():
        target = fetch(db(), type(enrolment.cohort), form.to_cohort.data, actor=actor(), may="group.edit")
        with form.catching():
            moved = transfers.transfer(
                db(),
                actor=actor(),
                enrolment=enrolment,
                to_cohort=target,
                now=now(),
                order_number=form.order_number.data,
                reason=form.reason.data or "",
            )
            flash(_("Moved to the group «%(title)s».", title=target.title), "ok")
            if moved.id == enrolment_id:
                flash(_("Hours, works and results went along."), "ok")
            return redirect(url_for(".trainee", enrolment_id=moved.id), 303)
    return page(enrolment, transfer=form)


@bp.post("/groups/trainees/<int:enrolment_id>/remind")
@open_in_launch
@login_required
def remind(enrolment_id: int) -> ResponseReturnValue:
    """Sends a letter about what is late."""
    enrolment = trainee_to_edit(enrolment_id)
    late = [f"{topic.number}. {topic.title}" for topic in course_view(db(), enrolment, now()).late]
    name = enrolment.person.short_name
    if not late:
        flash(_("Nothing is late for %(name)s.", name=name), "info")
    else:
        course = whole_address("course.show", enrolment_id=enrolment.id)
        sent = invitations.remind(db(), actor=actor(), enrolment=enrolment, late=late, course=course, now=now())
        said = {
            "sent": (_("Written to %(name)s.", name=name), "ok"),
            "already": (_("%(name)s was reminded a short while ago.", name=name), "info"),
            "unreached": (_("There is no e-mail to write to: tell %(name)s yourself.", name=name), "warn"),
        }
        flash(*said[sent])
    if request.form.get("back") == "home":
        return redirect(url_for("home.index"), 303)
    return redirect(url_for(".trainee", enrolment_id=enrolment.id), 303)
