"""One person may be a trainee here and a leader there: the faces of their home page, and who draws each.

A feature that draws a face offers it where its blueprint is made: ``draw("leader", show)``. Faces that nobody draws
are a page of links to what the person may do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import shorten

from flask import url_for
from flask.typing import ResponseReturnValue

from courses.models.groups import Enrolment
from lms.core.auth.policy import Actor
from lms.core.auth.roles import SITE_ROLES
from lms.core.i18n import _

LONGEST_TAB = 34
"""Characters of a course's title that fit a phone."""


@dataclass(frozen=True, slots=True)
class Face:
    """One of a person's home pages. ``key`` is what the address names: ``leader``, ``office``, ``course-7``."""

    key: str
    label: str
    enrolment: Enrolment | None = None

    @property
    def url(self) -> str:
        """The home page with this face."""
        return url_for("home.index", face=self.key)


Draw = Callable[[Sequence[Face]], ResponseReturnValue]

_drawers: dict[str, Draw] = {}


def draw(key: str, show: Draw) -> None:
    """Let ``show(faces)`` draw this face; ``faces`` are all of the person's, for the tabs."""
    _drawers[key] = show


def drawer(key: str) -> Draw | None:
    """Who draws this face."""
    return _drawers.get(key)


def faces_of(acting: Actor, enrolments: Sequence[Enrolment]) -> list[Face]:
    """The person's faces: what they lead first, then what they study, then their office."""
    found = [Face("leader", _("My site"))] if acting.ids("site", *SITE_ROLES) else []
    found += [
        Face(f"course-{one.id}", shorten(one.cohort.version.title, LONGEST_TAB, placeholder="…"), one)
        for one in enrolments
    ]
    if acting.ids("authority") or acting.ids("organization") or acting.is_administrator:
        found.append(Face("office", _("Office")))
    return found


def chosen(faces: Sequence[Face], key: str) -> Face | None:
    """The face that the address names, or the first."""
    return next((face for face in faces if face.key == key), faces[0] if faces else None)
