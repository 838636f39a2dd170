"""The home page: a dashboard for a logged-in person, else a short text with a link to the log-in."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from courses.progress.queries import enrolments_of
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db
from lms.web.home import trainee
from lms.web.home.dashboards import Dashboard, chosen_dashboard, dashboard_view, dashboards_of
from lms.web.home.presenters import office_links
from lms.web.shell.urls import link_to

bp = Blueprint("home", __name__)


@bp.get("/")
@open_in_launch
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
        return trainee.show_trainee(face.enrolment, faces)
    show = dashboard_view(face.key)
    return show(faces) if show else links(faces, face)


def links(faces: Sequence[Dashboard], face: Dashboard) -> ResponseReturnValue:
    """Returns the page of links to what this person may do."""
    return render_template("home/links.html", faces=faces, face=face, items=office_links(actor()))
