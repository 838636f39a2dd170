"""Blueprint of courses, and the course as one reader sees it: reader, view, addresses of its items."""

import uuid
from dataclasses import dataclass

from flask import Blueprint

from courses.course_items import CourseItem
from courses.materials.videos import embed_address, host_of
from courses.models.groups import Enrolment
from courses.models.materials import Material
from courses.models.programmes import ProgrammeVersion
from courses.progress.course_view import CourseView, TopicView
from courses.progress.queries import FOR_COURSE, course_view, preview
from lms.composition import parts
from lms.core.auth.policy import allowed, fetch
from lms.core.errors import NotFound
from lms.http.request_context import actor, db, now
from lms.web.course import presenters
from lms.web.course.material_presenters import confirmation_label
from lms.web.course.urls import OWN, Addresses, OfEnrolment, OfVersion

bp = Blueprint("course", __name__)
bp.record_once(
    lambda state: state.app.jinja_env.globals.update(course_words=presenters, confirmation_label=confirmation_label),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A course that is being read. ``enrolment`` is ``None`` for a preview of a version."""

    version: ProgrammeVersion
    links: Addresses
    view: CourseView
    enrolment: Enrolment | None = None
    studying: bool = False
    """True if the reader is the trainee and their actions count as progress."""
    marking: bool = False
    """True if the reader may confirm topics for the trainee."""

    @property
    def own(self) -> bool:
        """True if the reader is the trainee."""
        return self.enrolment is not None and self.enrolment.person_id == actor().person_id

    def topic(self, lineage: uuid.UUID) -> TopicView:
        """Returns a topic of this course. Raises ``NotFound``."""
        found = self.view.topic(lineage)
        if found is None:
            raise NotFound
        return found


def own_enrolment(enrolment_id: int, may: str = "course.see") -> Enrolment:
    """Returns the enrolment if the actor has the permission."""
    return fetch(db(), Enrolment, enrolment_id, actor=actor(), may=may, see="course.see", loading=FOR_COURSE)


def of_enrolment(enrolment: Enrolment) -> Reading:
    """Returns a trainee's course at this moment."""
    studying = allowed(actor(), "course.study", enrolment)
    return Reading(
        version=enrolment.cohort.version,
        links=OfEnrolment(enrolment.id, studying),
        view=course_view(db(), enrolment, now()),
        enrolment=enrolment,
        studying=studying,
        marking=allowed(actor(), "progress.mark", enrolment),
    )


def of_version(version_id: int) -> Reading:
    """Returns the course of a version, for people who may preview it."""
    version = fetch(db(), ProgrammeVersion, version_id, actor=actor(), may="course.preview")
    return Reading(version=version, links=OfVersion(version.id), view=preview(db(), version, now()))


def material_of(version: ProgrammeVersion, material_id: int) -> Material:
    """Returns a material of this version's programme that was not removed. Raises ``NotFound``."""
    material = db().get(Material, material_id)
    if material is None or material.programme_id != version.programme_id or material.removed_at is not None:
        raise NotFound
    return material


def topic_of(reading: Reading, material: Material) -> tuple[TopicView, CourseItem]:
    """Returns the topic of the material in this course. Raises ``NotFound`` if the version has no such topic."""
    topic = reading.topic(material.topic_lineage)
    found = next((one for one in topic.elements if one.kind in OWN and one.id == material.id), None)
    if found is None:
        raise NotFound
    return topic, found


@dataclass(frozen=True, slots=True)
class Player:
    """An external video player: its address, and whether the reader asked for it."""

    address: str
    host: str
    asked: bool


def player_of(material: Material, *, asked: bool) -> Player | None:
    """Returns the player if the administrator has allowed the video's host."""
    if material.kind != "video" or not material.url:
        return None
    address = embed_address(material.url, parts().settings.video_hosts)
    return Player(address, host_of(address), asked) if address else None
