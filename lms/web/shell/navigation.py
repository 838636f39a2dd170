"""The navigation bar: the parts of the site that the actor may open, with counts of waiting items."""

from dataclasses import dataclass

from flask import g, request, url_for

from assessment.grading_queue import EVERYTHING, QueueScope, count_waiting
from lms.core.auth.policy import Actor
from lms.core.auth.roles import GRADERS, SITE_STAFF
from lms.core.i18n import gettext as _
from lms.http.launch_context import is_framed, living_launch
from lms.http.request_context import actor, db
from lms.lti.launches.work_queue import works_of_launch

WITHIN = {"platforms": "admin"}
"""Feature → feature under whose item it is shown."""


@dataclass(frozen=True, slots=True)
class Item:
    """A link of the bar; ``count`` is the number of waiting items."""

    label: str
    url: str
    current: bool
    count: int = 0


def navigation() -> list[Item]:
    """Returns the items for this request's actor."""
    acting = actor()
    if acting.is_anyone:
        return []
    return [_item(label, endpoint) for label, endpoint in _entries(acting)]


def _entries(acting: Actor) -> list[tuple[str, str]]:
    entries = [(_("Home"), "home.index")]
    if acting.enrolled_in:
        entries += [
            (_("Course"), "course.index"),
            (_("My work"), "tasks.index"),
            (_("Documents"), "certificates.index"),
        ]
    if acting.ids("site"):
        entries += [(_("Programmes"), "programmes.index")]
        entries += [(_("Groups"), "groups.index")] if acting.ids("site", *SITE_STAFF) else []
        entries += [(_("Grading"), "grading.queue")]
    elif acting.ids("organization"):
        entries += [(_("Programmes"), "programmes.index")]
    if acting.ids("authority"):
        entries += [(_("Council"), "council.queue"), (_("Registry"), "registry.index")]
    if acting.is_administrator:
        entries += [(_("Administration"), "admin.index")]
    return entries


def _item(label: str, endpoint: str) -> Item:
    feature = (request.endpoint or "").partition(".")[0]
    here = WITHIN.get(feature, feature) == endpoint.partition(".")[0]
    return Item(label, url_for(endpoint), here, works_waiting() if endpoint == "grading.queue" else 0)


def works_shown() -> QueueScope:
    """Returns what this request's launch shows of the queue; outside of launches, everything."""
    found = living_launch() if is_framed() else None
    return works_of_launch(found) if found else EVERYTHING


def works_waiting() -> int:
    """Returns the number of works and free answers that wait at the actor's sites; counted once a request."""
    if "works_waiting" not in g:
        sites = actor().ids("site", *GRADERS)
        g.works_waiting = count_waiting(db(), sites, actor(), only=works_shown()) if sites else 0
    found: int = g.works_waiting
    return found
