"""Addresses of course items for each kind of reader: the trainee, their leader, a person who previews the course."""

import uuid
from dataclasses import dataclass
from typing import Any, Protocol

from flask import url_for

from assessment.course_items import RatingDetail
from courses.course_items import CourseItem, MaterialDetail
from lms.core.files.media_types import may_show_inline

OWN = ("page", "file", "link", "video")
"""Kinds of items that are materials; their pages belong to this feature."""


CHECKED = {"self_check": ("self_checks.show", "check_id"), "task": ("tasks.show", "task_id")}
"""Kind of a checked item → endpoint of its page for the trainee, and the name of its id in the address."""


class Addresses(Protocol):
    """Addresses within one course."""

    def course(self) -> str:
        """Returns the address of the course page."""

    def topic(self, lineage: uuid.UUID) -> str:
        """Returns the address of a topic's page."""

    def element(self, element: CourseItem) -> str | None:
        """Returns the address of the item, or ``None`` if this reader cannot open it."""

    def material(self, material_id: int) -> str:
        """Returns the address of a material's page."""

    def file(self, material_id: int, *, inline: bool = False) -> str:
        """Returns the address of a material's file."""


@dataclass(frozen=True, slots=True)
class OfEnrolment:
    """Addresses of a trainee's course; ``studying`` is false for a leader who looks at it."""

    enrolment_id: int
    studying: bool = True

    def course(self) -> str:
        return url_for("course.show", enrolment_id=self.enrolment_id)

    def topic(self, lineage: uuid.UUID) -> str:
        return url_for("course.topic", enrolment_id=self.enrolment_id, lineage=lineage)

    def element(self, element: CourseItem) -> str | None:
        if isinstance(element.detail, MaterialDetail):
            return self._opened(element, element.detail)
        if not self.studying:
            return None
        if isinstance(element.detail, RatingDetail):
            return url_for(f"ratings.{element.detail.moment}", enrolment_id=self.enrolment_id)
        endpoint, name = CHECKED[element.kind]
        ids: dict[str, Any] = {name: element.id}
        return url_for(endpoint, enrolment_id=self.enrolment_id, **ids)

    def _opened(self, element: CourseItem, detail: MaterialDetail) -> str:
        """Returns the file or the link itself if the material's page would add neither a text nor a button."""
        if detail.has_text or detail.completion == "confirmed":
            return self.material(element.id)
        if element.kind == "file" and not may_show_inline(detail.media_type or ""):
            return self.file(element.id)
        if element.kind == "link":
            return url_for("course.follow", enrolment_id=self.enrolment_id, material_id=element.id)
        return self.material(element.id)

    def material(self, material_id: int) -> str:
        return url_for("course.material", enrolment_id=self.enrolment_id, material_id=material_id)

    def file(self, material_id: int, *, inline: bool = False) -> str:
        show = 1 if inline else None
        return url_for("course.file", enrolment_id=self.enrolment_id, material_id=material_id, show=show)


@dataclass(frozen=True, slots=True)
class OfVersion:
    """Addresses of a version's preview."""

    version_id: int

    def course(self) -> str:
        return url_for("course.preview", version_id=self.version_id)

    def topic(self, lineage: uuid.UUID) -> str:
        return url_for("course.preview_topic", version_id=self.version_id, lineage=lineage)

    def element(self, element: CourseItem) -> str | None:
        return self.material(element.id) if element.kind in OWN else None

    def material(self, material_id: int) -> str:
        return url_for("course.preview_material", version_id=self.version_id, material_id=material_id)

    def file(self, material_id: int, *, inline: bool = False) -> str:
        return url_for("materials.file", material_id=material_id, show=1 if inline else None)
