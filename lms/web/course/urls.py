"""Addresses of course items for each kind of reader: the trainee, their leader, a person who previews the course."""

import uuid
from dataclasses import dataclass
from typing import Any, Protocol

from flask import url_for

from courses.course_items import CourseItem

OWN = ("page", "file", "link", "video")
"""Kinds of items that are materials; their pages belong to this feature."""


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
        if element.kind in OWN or self.studying:
            values: dict[str, Any] = dict(element.values)
            return url_for(element.endpoint, **values)
        return None

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
