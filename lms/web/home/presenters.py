"""Texts of a trainee's next steps, and links for people who neither study nor lead: methodologists, the council,
administrators.
"""

from dataclasses import dataclass

from flask import url_for

from courses.progress.course_view import CourseView, Step
from lms.core.auth.policy import Actor
from lms.core.i18n import format_date
from lms.core.i18n import gettext as _
from lms.web.course.presenters import item_title
from lms.web.shell.urls import link_to

THEN = 3
"""Number of steps that are shown after the next one."""


@dataclass(frozen=True, slots=True)
class OfficeLink:
    """A part of the site: its address and its purpose."""

    icon: str
    url: str
    label: str
    note: str


def office_links(acting: Actor) -> list[OfficeLink]:
    """Returns the parts of the site that this person may open."""
    found: list[OfficeLink] = []
    if acting.ids("site"):
        found += _of_site()
    if acting.ids("organization"):
        found += _of_organization(acting)
    if acting.ids("authority"):
        found += _of_authority()
    if acting.is_administrator:
        found += _of_administrator()
    return list({place.url: place for place in found if place.url}.values())


def _of_site() -> list[OfficeLink]:
    return [
        OfficeLink(
            icon="book", url=link_to("programmes.index"), label=_("Programmes"), note=_("plans, materials, approval")
        ),
        OfficeLink(
            icon="users", url=link_to("groups.index"), label=_("Groups"), note=_("trainees, progress, who is late")
        ),
        OfficeLink(
            icon="checklist", url=link_to("grading.queue"), label=_("Grading"), note=_("works that wait for a review")
        ),
    ]


def _of_organization(acting: Actor) -> list[OfficeLink]:
    return [
        OfficeLink(
            icon="building",
            url=url_for("registry.organization", organization_id=organization_id),
            label=_("Our organisation"),
            note=_("its internship sites with their orders, people, what documents say"),
        )
        for organization_id in acting.ids("organization")
    ] + [
        OfficeLink(
            icon="book", url=link_to("programmes.index"), label=_("Programmes"), note=_("plans, materials, approval")
        ),
        _council(),
    ]


def _council() -> OfficeLink:
    return OfficeLink(
        icon="gavel",
        url=link_to("council.queue"),
        label=_("Council"),
        note=_("programmes that wait to be considered or approved"),
    )


def _of_authority() -> list[OfficeLink]:
    return [
        _council(),
        OfficeLink(
            icon="building",
            url=link_to("registry.index"),
            label=_("Registry"),
            note=_("sites with their statuses and orders, organisations, people"),
        ),
    ]


def _of_administrator() -> list[OfficeLink]:
    return [
        OfficeLink(
            icon="settings",
            url=link_to("admin.index"),
            label=_("Administration"),
            note=_("accounts, letters, failed work, the log"),
        ),
        OfficeLink(
            icon="building",
            url=link_to("registry.index"),
            label=_("Registry"),
            note=_("authorities, organisations, sites"),
        ),
    ]


def next_steps(view: CourseView) -> list[tuple[str, str]]:
    """Returns (due date, text) of the steps after the next one; the certificate is the last."""
    steps = [(_until(step), _what(step)) for step in view.steps[1 : 1 + THEN]]
    return [*steps, (_("at last"), _("the certificate is issued automatically"))]


def _until(step: Step) -> str:
    return _("due %(day)s", day=format_date(step.due_on, "short")) if step.due_on else _("after that")


def _what(step: Step) -> str:
    if step.topic is not None:
        return f"{step.topic.number} {step.topic.title}"
    return item_title(step.element) if step.element else ""
