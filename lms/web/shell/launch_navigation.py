"""Navigation of a page inside a launch: links within the course, and the way back to the platform."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import g, request, url_for
from sqlalchemy import select

from courses.models.groups import Enrolment
from lms.core.auth.roles import GRADERS, SITE_STAFF
from lms.core.i18n import gettext as _
from lms.http.launch_context import in_window, living_launch, safe_origins, start_of
from lms.http.request_context import actor, db
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import ContentItem, Launch
from lms.web.shell.bell import unread_notices
from lms.web.shell.navigation import Item, works_waiting

TARGETS = {"iframe": "_top", "frame": "_parent"}
"""``document_target`` of the launch → target of the link back; a window goes back in itself."""
LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class LaunchNavigation:
    """Values for the templates of a launch's page."""

    prefix: str
    start: str
    """Path that the launch opened."""
    course: str
    """Title of the platform's course; may be empty."""
    back: str
    """The platform's return address; empty if it sent none."""
    target: str
    window: bool
    origins: str
    """Origins that may receive the page's height, separated by spaces."""
    links: list[Item] = field(default_factory=list)

    def back_with(self, message: str = "", error: str = "") -> str:
        """Returns the return address with messages for the platform (``lti_msg``, ``lti_errormsg``)."""
        return with_message(self.back, message, error)


def with_message(address: str, message: str = "", error: str = "") -> str:
    """Returns the address with messages added to its query."""
    said = [(name, text[:LONGEST_MESSAGE]) for name, text in (("lti_msg", message), ("lti_errormsg", error)) if text]
    if not address or not said:
        return address
    parts = urlsplit(address)
    own = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in dict(said)]
    return urlunsplit(parts._replace(query=urlencode([*own, *said])))


def launch_navigation() -> LaunchNavigation | None:
    """Returns the values for this request's launch, built once; ``None`` if there is no living launch."""
    if "surroundings" not in g:
        found = living_launch()
        g.surroundings = _of(found) if found else None
    known: LaunchNavigation | None = g.surroundings
    return known


def _of(found: Launch) -> LaunchNavigation:
    window = in_window()
    return LaunchNavigation(
        prefix=request.script_root,
        start=start_of(found),
        course=found.context.title or found.context.label,
        back=_web_address(found.return_url),
        target="" if window else TARGETS.get(found.target, "_top"),
        window=window,
        origins=" ".join(safe_origins(found.origins)),
        links=[*(links := _links(found)), *([_notices()] if links else [])],
    )


def _web_address(address: str | None) -> str:
    return address if address and address.startswith(("https://", "http://")) else ""


def _links(found: Launch) -> list[Item]:
    placement = found.link.placement if found.link else None
    if found.session is None or placement is None or actor().is_anyone:
        return []
    if actor().has("site", placement.cohort.site_id, *GRADERS):
        return _of_staff(found, placement)
    if placement.cohort_id not in actor().enrolled_in:
        return []
    return [*_of_trainee(placement), *_own_log_in(found)]


def _of_staff(found: Launch, placement: ContentItem) -> list[Item]:
    """Returns the links that the actor may open: an expert grades and does not see the group.

    Only people whom the platform lets edit its course get the link to change what is shown.
    """
    items = [_item(_("Grading"), "grading.queue", {})]
    if not actor().has("site", placement.cohort.site_id, *SITE_STAFF):
        return items
    group = _item(_("Group"), "groups.show", {"cohort_id": placement.cohort_id})
    edits = found.platform_role in (PlatformRole.INSTRUCTOR, PlatformRole.ADMINISTRATOR)
    return [group, *items, *([_item(_("What is shown"), "placing.choose", {})] if edits else [])]


def _of_trainee(placement: ContentItem) -> list[Item]:
    """Returns the link to the course and, if the whole programme was opened, to works and documents."""
    enrolment = db().scalar(
        select(Enrolment.id).where(Enrolment.cohort_id == placement.cohort_id, Enrolment.person_id == actor().person_id)
    )
    items = [_item(_("Course"), "course.show", {"enrolment_id": enrolment})] if enrolment else []
    if placement.kind == "programme":
        items += [_item(_("My work"), "tasks.index", {}), _item(_("Documents"), "certificates.index", {})]
    return items


def _notices() -> Item:
    here = _feature() == "notices"
    return Item(_("Notices"), url_for("notices.index"), here, unread_notices())


def _own_log_in(found: Launch) -> list[Item]:
    """Returns the link to the page with a code for another platform, for a person without a password."""
    own = found.session.account if found.session else None
    return [_item(_("How I log in"), "linking.own_log_in", {})] if own and own.password_hash is None else []


def _item(label: str, endpoint: str, values: dict[str, Any]) -> Item:
    here = request.endpoint == endpoint or (endpoint in _of_one_page() and _feature() == endpoint.partition(".")[0])
    waiting = works_waiting() if endpoint == "grading.queue" else 0
    return Item(label, url_for(endpoint, **values), here, waiting)


def _of_one_page() -> tuple[str, ...]:
    return ("tasks.index", "certificates.index", "grading.queue")


def _feature() -> str:
    return (request.endpoint or "").partition(".")[0]
