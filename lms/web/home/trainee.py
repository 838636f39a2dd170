"""Dashboard of a trainee: the next step with its due date, hours, and cards of other features."""

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from courses.models.groups import Enrolment
from courses.progress.course_view import CourseView, Step
from courses.progress.operations import STUDYING, record_visit
from courses.progress.queries import course_view
from lms.core.i18n import _, format_date
from lms.http.request_context import db, now
from lms.web.course.presenters import item_title
from lms.web.course.urls import OfEnrolment
from lms.web.home.cards import cards
from lms.web.home.dashboards import Dashboard

THEN = 3
"""Number of steps that are shown after the next one."""


def show_trainee(enrolment: Enrolment, faces: Sequence[Dashboard]) -> ResponseReturnValue:
    """Returns the page of this enrolment."""
    studying = enrolment.state in STUDYING
    if not studying:
        return render_template("home/withdrawn.html", enrolment=enrolment, faces=faces, face=_face(enrolment, faces))
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
        then=follows(view),
        main=cards("main", db(), enrolment),
        side=cards("side", db(), enrolment),
    )


def follows(view: CourseView) -> list[tuple[str, str]]:
    """Returns (due date, text) of the steps after the next one; the certificate is the last."""
    steps = [(_until(step), _what(step)) for step in view.steps[1 : 1 + THEN]]
    return [*steps, (_("at last"), _("the certificate is made by itself"))]


def _until(step: Step) -> str:
    return _("until %(day)s", day=format_date(step.due_on, "short")) if step.due_on else _("after that")


def _what(step: Step) -> str:
    if step.topic is not None:
        return f"{step.topic.number} {step.topic.title}"
    return item_title(step.element) if step.element else ""


def _face(enrolment: Enrolment, faces: Sequence[Dashboard]) -> Dashboard | None:
    return next((face for face in faces if face.enrolment is enrolment), None)
