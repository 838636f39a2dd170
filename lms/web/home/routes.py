"""The home page: a dashboard for a logged-in person, else a short text with a link to the log-in."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from courses.models.groups import Enrolment
from courses.progress.operations import STUDYING, record_visit
from courses.progress.queries import course_view, enrolments_of
from lms.http.launch_access import open_in_launch
from lms.http.read_only import is_opened_by_person, writes_on_get
from lms.http.request_context import actor, db, now
from lms.web.course.urls import OfEnrolment
from lms.web.home.dashboards import Dashboard, cards_of, chosen_dashboard, dashboard_view, dashboards_of
from lms.web.home.presenters import next_steps, office_links
from lms.web.shell.urls import link_to

bp = Blueprint("home", __name__)


@bp.get("/")
@open_in_launch
@writes_on_get("the date of the trainee's last visit")
def index() -> ResponseReturnValue:
    """Shows the home page; ``?face=`` selects one of several dashboards."""
    acting = actor()
    if acting.is_anyone or acting.person_id is None:
        return render_template("home/landing.html")
    enrolments = enrolments_of(db(), acting.person_id) if acting.enrolled_in else []
    faces = dashboards_of(acting, enrolments)
    face = chosen_dashboard(faces, request.args.get("face", ""))
    if face is None:
        return render_template("home/no_group.html", join=link_to("groups.join"))
    if face.enrolment is not None:
        return show_trainee(face.enrolment, faces)
    show = dashboard_view(face.key)
    return show(faces) if show else links(faces, face)


def links(faces: Sequence[Dashboard], face: Dashboard) -> ResponseReturnValue:
    """Returns the page of links to what this person may do."""
    return render_template("home/links.html", faces=faces, face=face, items=office_links(actor()))


def show_trainee(enrolment: Enrolment, faces: Sequence[Dashboard]) -> ResponseReturnValue:
    """Returns the page of this enrolment."""
    studying = enrolment.state in STUDYING
    if not studying:
        return render_template("home/withdrawn.html", enrolment=enrolment, faces=faces, face=_face(enrolment, faces))
    if is_opened_by_person():
        record_visit(db(), enrolment=enrolment, now=now())
    view = course_view(db(), enrolment, now())
    return render_template(
        "home/trainee.html",
        enrolment=enrolment,
        faces=faces,
        face=_face(enrolment, faces),
        view=view,
        to=OfEnrolment(enrolment.id),
        step=view.steps[0] if view.steps else None,
        then=next_steps(view),
        main=cards_of("main", db(), enrolment, view),
        side=cards_of("side", db(), enrolment, view),
    )


def _face(enrolment: Enrolment, faces: Sequence[Dashboard]) -> Dashboard | None:
    return next((face for face in faces if face.enrolment is enrolment), None)
