"""Pages of a trainee's course: plan, topic, material. The same pages show a preview to leaders."""

import uuid
from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.models.groups import Enrolment
from courses.models.materials import Material
from courses.progress import operations
from courses.progress.course_view import TopicView
from courses.progress.ledger import ZERO
from courses.progress.queries import enrolments_of
from lms.core.auth.policy import allowed
from lms.core.errors import NotFound
from lms.core.i18n import _, format_hours
from lms.http.caching import REVALIDATED, cached
from lms.http.downloads import send_stored
from lms.http.launch_access import open_in_launch
from lms.http.read_only import is_opened_by_person, is_opened_from_here, writes_on_get
from lms.http.request_context import actor, db, now
from lms.http.security_headers import allow_frames
from lms.http.urls import is_safe_path
from lms.web.course import presenters
from lms.web.course.material_presenters import facts_of, summary
from lms.web.course.routes.blueprint import (
    Reading,
    bp,
    material_of,
    of_enrolment,
    of_version,
    own_enrolment,
    player_of,
    topic_of,
)

# Pages of an enrolment, for the trainee and their leader


@bp.get("/course")
@open_in_launch
@login_required
def index() -> ResponseReturnValue:
    """Redirects to the course under way, or home for a person without one."""
    person_id = actor().person_id
    found = enrolments_of(db(), person_id) if person_id is not None else []
    mine = next((one for one in found if allowed(actor(), "course.see", one)), None)
    return redirect(url_for("course.show", enrolment_id=mine.id) if mine else url_for("home.index"))


@bp.get("/course/<int:enrolment_id>")
@open_in_launch
@login_required
@writes_on_get("the date of the trainee's last visit")
def show(enrolment_id: int) -> ResponseReturnValue:
    """Shows the plan with states, hours and the next step."""
    enrolment = own_enrolment(enrolment_id)
    reading = of_enrolment(enrolment)
    if reading.studying and is_opened_by_person():
        operations.record_visit(db(), enrolment=enrolment, now=now())
    return render_template("course/show.html", reading=reading, view=reading.view)


@bp.get("/course/<int:enrolment_id>/topics/<uuid:lineage>")
@open_in_launch
@login_required
def topic(enrolment_id: int, lineage: uuid.UUID) -> ResponseReturnValue:
    """Shows a topic: what is left, its materials and classes."""
    return topic_page(of_enrolment(own_enrolment(enrolment_id)), lineage)


@bp.get("/course/<int:enrolment_id>/materials/<int:material_id>")
@open_in_launch
@login_required
@writes_on_get("a page of text or video is opened by reading it", from_here=True)
def material(enrolment_id: int, material_id: int) -> ResponseReturnValue:
    """Shows a material. Showing a page of text or of a video counts as opening it."""
    enrolment = own_enrolment(enrolment_id)
    found = material_of(enrolment.cohort.version, material_id)
    before = enrolment.hours_done
    if found.kind in ("page", "video"):
        note_opened(enrolment, found)
    return material_page(of_enrolment(enrolment), found, gained=enrolment.hours_done - before)


@bp.get("/course/<int:enrolment_id>/materials/<int:material_id>/file")
@open_in_launch
@login_required
@writes_on_get("a file is opened by downloading it", from_here=True)
@cached(REVALIDATED)
def file(enrolment_id: int, material_id: int) -> ResponseReturnValue:
    """Sends a material's file; this counts as opening it."""
    enrolment = own_enrolment(enrolment_id)
    found = material_of(enrolment.cohort.version, material_id)
    if found.file is None:
        raise NotFound
    note_opened(enrolment, found)
    return send_stored(found.file, inline="show" in request.args)


@bp.get("/course/<int:enrolment_id>/materials/<int:material_id>/follow")
@open_in_launch
@login_required
@writes_on_get("a link is opened by following it", from_here=True)
def follow(enrolment_id: int, material_id: int) -> ResponseReturnValue:
    """Redirects to the address of a link; this counts as opening it."""
    enrolment = own_enrolment(enrolment_id)
    found = material_of(enrolment.cohort.version, material_id)
    if not found.url:
        raise NotFound
    note_opened(enrolment, found)
    return redirect(found.url, 303)


@bp.post("/course/<int:enrolment_id>/materials/<int:material_id>/confirm")
@open_in_launch
@login_required
def confirm(enrolment_id: int, material_id: int) -> ResponseReturnValue:
    """Records the trainee's confirmation that the material was read, studied or watched."""
    enrolment = own_enrolment(enrolment_id, "course.study")
    found = material_of(enrolment.cohort.version, material_id)
    before = enrolment.hours_done
    operations.confirm_material(db(), enrolment=enrolment, material=found, now=now())
    reading = of_enrolment(enrolment)
    flash(confirmed_words(reading.topic(found.topic_lineage), enrolment.hours_done - before), "ok")
    return redirect(reading.links.topic(found.topic_lineage), 303)


@bp.post("/course/<int:enrolment_id>/topics/<uuid:lineage>/mark")
@open_in_launch
@login_required
def mark(enrolment_id: int, lineage: uuid.UUID) -> ResponseReturnValue:
    """Confirms the topic for the trainee, for a leader or teacher; ``undo`` takes the mark back."""
    enrolment = own_enrolment(enrolment_id, "progress.mark")
    deed = operations.unmark_topic if request.form.get("undo") else operations.mark_topic
    changed = deed(db(), actor=actor(), enrolment=enrolment, topic_lineage=lineage, now=now())
    flash(_("Saved.") if changed else _("Nothing was changed: it was so already."), "ok")
    back = request.form.get("next", "")
    return redirect(back if is_safe_path(back) else of_enrolment(enrolment).links.topic(lineage), 303)


# Preview of a version


@bp.get("/programmes/<int:version_id>/course")
@open_in_launch
@login_required
def preview(version_id: int) -> ResponseReturnValue:
    """Shows the course as trainees will see it."""
    reading = of_version(version_id)
    return render_template("course/show.html", reading=reading, view=reading.view)


@bp.get("/programmes/<int:version_id>/course/topics/<uuid:lineage>")
@open_in_launch
@login_required
def preview_topic(version_id: int, lineage: uuid.UUID) -> ResponseReturnValue:
    """Shows a topic as trainees will see it."""
    return topic_page(of_version(version_id), lineage)


@bp.get("/programmes/<int:version_id>/course/materials/<int:material_id>")
@open_in_launch
@login_required
def preview_material(version_id: int, material_id: int) -> ResponseReturnValue:
    """Shows a material as trainees will see it."""
    reading = of_version(version_id)
    return material_page(reading, material_of(reading.version, material_id))


# Shared by both


def topic_page(reading: Reading, lineage: uuid.UUID) -> ResponseReturnValue:
    """Returns the page of a topic."""
    found = reading.topic(lineage)
    before, after = reading.view.neighbours(found)
    return render_template(
        "course/topic.html",
        reading=reading,
        view=reading.view,
        topic=found,
        section=reading.view.section_of(found),
        first=presenters.first_left(found),
        before=before,
        after=after,
    )


def material_page(reading: Reading, found: Material, *, gained: Decimal = ZERO) -> ResponseReturnValue:
    """Returns the page of a material; only this answer may frame the player of a requested video."""
    inside, element = topic_of(reading, found)
    player = player_of(found, asked="play" in request.args)
    if player and player.asked:
        allow_frames(f"https://{player.address.split('/')[2]}")
    place = inside.elements.index(element)
    return render_template(
        "course/material.html",
        reading=reading,
        view=reading.view,
        topic=inside,
        material=found,
        element=element,
        what=summary(facts_of(found)),
        player=player,
        gained=gained,
        before=inside.elements[place - 1] if place else None,
        after=inside.elements[place + 1] if place + 1 < len(inside.elements) else None,
    )


def note_opened(enrolment: Enrolment, found: Material) -> None:
    """Counts the opening for a trainee, except when the browser fetches the page before a click, or another site sent
    the trainee here: hours are credited by an act on our own pages.
    """
    if enrolment.person_id == actor().person_id and is_opened_from_here():
        operations.open_material(db(), enrolment=enrolment, material=found, now=now())


def confirmed_words(inside: TopicView, gained: Decimal) -> str:
    """Returns the message after a confirmation."""
    if inside.done and gained:
        return _("Marked. The topic is complete: %(hours)s h are credited.", hours=format_hours(gained))
    return _("Marked.")
