"""The dashboards of a person, who may be a trainee in one place and a leader in another; their views and cards.

A feature registers the view of a dashboard in the module that makes its blueprint: ``register_dashboard("leader",
show)``. A dashboard without a view is a page of links.

A feature registers a card of the trainee's dashboard, such as the latest review, in its presenters:

    register_card("side", lambda session, enrolment, view: Card("home/_hours.html", hours_of(view)))

Slots: ``main`` (the wide column, under the hours) and ``side``. The template gets the content as ``card``, and
``enrolment`` and ``view`` of the page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from courses.models.groups import Enrolment
from courses.progress.course_view import CourseView
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


SLOTS = ("main", "side")


@dataclass(frozen=True, slots=True)
class Card:
    """A template and its content."""

    template: str
    content: Any


MakeCard = Callable[[Session, Enrolment, CourseView], Card | None]

_cards: dict[str, dict[int, list[MakeCard]]] = {slot: {} for slot in SLOTS}


def register_card(slot: str, make: MakeCard, *, order: int = 50) -> None:
    """Adds a card to the slot; lower orders come first; the same card is added once."""
    there = _cards[slot].setdefault(order, [])
    if make not in there:
        there.append(make)


def cards_of(slot: str, session: Session, enrolment: Enrolment, view: CourseView) -> list[Card]:
    """Returns the slot's cards for this trainee in order, without those that have no content."""
    makers = [make for order in sorted(_cards[slot]) for make in _cards[slot][order]]
    return [card for make in makers if (card := make(session, enrolment, view)) is not None]
