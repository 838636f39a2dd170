"""The dashboards of a person, who may be a trainee in one place and a leader in another, and their views.

A feature registers the view of a dashboard in the module that makes its blueprint: ``draw("leader", show)``. A
dashboard without a view is a page of links.
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
"""Characters of a course's title that fit a phone's screen."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One of a person's dashboards. ``key`` is its name in the address: ``leader``, ``office``, ``course-7``."""

    key: str
    label: str
    enrolment: Enrolment | None = None

    @property
    def url(self) -> str:
        """Address of the home page with this dashboard."""
        return url_for("home.index", face=self.key)


Draw = Callable[[Sequence[Dashboard]], ResponseReturnValue]

_drawers: dict[str, Draw] = {}


def register_dashboard(key: str, show: Draw) -> None:
    """Registers ``show(faces)`` as the view of this dashboard; ``faces`` are all of the person's, for the tabs."""
    _drawers[key] = show


def dashboard_view(key: str) -> Draw | None:
    """Returns the view of this dashboard."""
    return _drawers.get(key)


def dashboards_of(acting: Actor, enrolments: Sequence[Enrolment]) -> list[Dashboard]:
    """Returns the person's dashboards: of their sites, of their courses, of their office."""
    found = [Dashboard("leader", _("My site"))] if acting.ids("site", *SITE_ROLES) else []
    found += [
        Dashboard(f"course-{one.id}", shorten(one.cohort.version.title, LONGEST_TAB, placeholder="…"), one)
        for one in enrolments
    ]
    if acting.ids("authority") or acting.ids("organization") or acting.is_administrator:
        found.append(Dashboard("office", _("Office")))
    return found


def chosen_dashboard(faces: Sequence[Dashboard], key: str) -> Dashboard | None:
    """Returns the dashboard that the address names, or the first one."""
    return next((face for face in faces if face.key == key), faces[0] if faces else None)
