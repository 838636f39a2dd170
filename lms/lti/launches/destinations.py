"""Destination of a launch: an endpoint and its values, depending on role and permissions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.groups.operations import LEFT_STATES
from courses.models.groups import Enrolment
from lms.core.auth.policy import Actor, allowed
from lms.core.people.models import Account
from lms.lti.identity.course_roles import ELSEWHERE, CourseRole, role_in_course
from lms.lti.identity.enrolment import enrol_at_launch, find_enrolment
from lms.lti.launches.actors import scoped_actor
from lms.lti.messages.roles import PlatformRole
from lms.lti.messages.urls import path_within
from lms.lti.models.launches import ContentItem, Launch

OPEN = "/lti/open/"
NOT_OPENED = ("/lti/", "/in/", "/static/")
LEADS_ELSEWHERE = re.compile(r"//|(?:/|%2f)(?:\.|%2e){1,2}(?:/|%2f|\?|$)", re.IGNORECASE)
"""Paths by which a browser would leave the launch's prefix."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A page of the launch: an endpoint with its values or, if ``path`` is given, that path of ours."""

    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    path: str | None = None


CHOOSE = Destination("placing.choose")
WELCOME = Destination("linking.welcome")
ANONYMOUS = Destination("linking.anonymous")
UNSET = Destination("linking.unset")
LOOK = Destination("linking.look_as_trainee")
"""The learner's view for staff of the course, and for people of whom nothing but the launch says that they study here:
nobody is enrolled without a word.
"""
MENTEES = Destination("linking.mentees")


def key_within(target: str, base: str) -> str | None:
    """Returns the content item's key in ``<base>/lti/open/<key>``; None for any other URL."""
    path = path_within(target, base)
    if path is None or not path.startswith(OPEN):
        return None
    return path[len(OPEN) :].partition("?")[0].strip("/")


def page_within(target: str, base: str) -> str | None:
    """Returns another page of ours named by the URL; None for addresses of the LTI tool and for the front page."""
    path = path_within(target, base)
    if path is None or path.partition("?")[0] in ("/", "/enter") or path.startswith(NOT_OPENED):
        return None
    return None if LEADS_ELSEWHERE.search(path) else path


def destination_of(
    session: Session,
    launch: Launch,
    account: Account | None,
    *,
    placement: ContentItem | None,
    page: str | None,
    now: datetime,
    elsewhere: str = "",
) -> Destination:
    """Returns the launch's destination; ``page`` is another page of ours that the link names, ``elsewhere`` the user's
    role outside the course, as the message tells it.

    Enrols learners in the group. Raises ``Refused``: ``withdrawn``, ``group_closed``.
    """
    if account is None:
        return without_account(session, launch, placement)
    if launch.deep_linking or launch.platform_role == PlatformRole.MENTOR:
        return CHOOSE if launch.deep_linking else MENTEES
    if placement is None and page is not None:
        return Destination(path=page)
    if launch.platform_role != PlatformRole.LEARNER:
        return for_staff(session, launch, placement) or _own_course(session, account, placement)
    if placement is None:
        return UNSET
    return _for_learner(session, launch, account, placement, now=now, elsewhere=elsewhere)


def _for_learner(
    session: Session, launch: Launch, account: Account, placement: ContentItem, *, now: datetime, elsewhere: str
) -> Destination:
    """Returns the learner's page of the item; the learner's view without enrolment unless the person studies here."""
    cohort, here = placement.cohort, placement.context_id
    found = find_enrolment(session, cohort=cohort, account=account)
    if found is None or found.state in LEFT_STATES:
        role = course_role(session, launch, placement, account, elsewhere)
        if role == CourseRole.STAFF or (found is None and role == CourseRole.UNKNOWN):
            return LOOK
    enrolled = enrol_at_launch(session, cohort=cohort, account=account, context_id=here, now=now, found=found)
    return trainee_page(placement, enrolled.id)


def without_account(session: Session, launch: Launch, placement: ContentItem | None) -> Destination:
    """Returns the destination of a launch without an account: a preview for an anonymous user, otherwise the welcome
    page.
    """
    if launch.subject is None:
        return ANONYMOUS
    if launch.platform_role == PlatformRole.MENTOR and not launch.deep_linking:
        return MENTEES
    if _looks_as_learner(session, launch, placement):
        return LOOK
    asked = (
        placement is not None
        or launch.deep_linking
        or launch.platform_role not in (PlatformRole.LEARNER, PlatformRole.OTHER)
    )
    return WELCOME if asked else UNSET


def _looks_as_learner(session: Session, launch: Launch, placement: ContentItem | None) -> bool:
    """Returns whether a user without an account looks at the course as a learner, and may be somebody else there."""
    if launch.platform_role != PlatformRole.LEARNER or placement is None or launch.deep_linking:
        return False
    elsewhere = str(launch.named.get(ELSEWHERE, ""))
    return course_role(session, launch, placement, None, elsewhere) != CourseRole.TRAINEE


def course_role(
    session: Session, launch: Launch, placement: ContentItem, account: Account | None, elsewhere: str = ""
) -> CourseRole:
    """Returns the role of the launch's user, whom the platform calls a learner, in the course of the item."""
    return role_in_course(
        session,
        platform=launch.platform,
        context_id=launch.context.id,
        subject=launch.subject,
        cohort=placement.cohort,
        account=account,
        elsewhere=elsewhere,
    )


def for_staff(session: Session, launch: Launch, placement: ContentItem | None) -> Destination | None:
    """Returns the destination for staff of the site; None without permission."""
    actor = scoped_actor(session, launch)
    if placement is not None and allowed(actor, "group.see", placement.cohort):
        return page_for_staff(actor, placement)
    if placement is None and allowed(actor, "group.list"):
        return CHOOSE
    return None


def page_for_staff(actor: Actor, placement: ContentItem) -> Destination:
    """Returns the item's page for this actor: leaders manage certificates, teachers see the group."""
    if placement.kind == "certificate" and not allowed(actor, "cohort.certificates", placement.cohort):
        return Destination("groups.show", {"cohort_id": placement.cohort_id})
    return staff_page(placement)


def staff_page(placement: ContentItem) -> Destination:
    """Returns the page on which staff manage what the item shows."""
    cohort_id = placement.cohort_id
    if placement.kind == "task":
        return Destination("grading.queue")
    if placement.kind == "certificate":
        return Destination("certificates.of_group", {"cohort_id": cohort_id})
    if placement.kind == "topic":
        return Destination("groups.show", {"cohort_id": cohort_id, "topic": str(placement.topic_lineage)})
    return Destination("groups.show", {"cohort_id": cohort_id})


def trainee_page(placement: ContentItem, enrolment_id: int) -> Destination:
    """Returns the item's page for the trainee."""
    here = {"enrolment_id": enrolment_id}
    if placement.kind == "topic":
        lineage: UUID | None = placement.topic_lineage
        return Destination("course.topic", {**here, "lineage": lineage})
    if placement.kind == "self_check":
        return Destination("self_checks.show", {**here, "check_id": placement.self_check_id})
    if placement.kind == "task":
        return Destination("tasks.show", {**here, "task_id": placement.task_id})
    if placement.kind == "certificate":
        return Destination("certificates.index")
    return Destination("course.show", here)


def _own_course(session: Session, account: Account, placement: ContentItem | None) -> Destination:
    """Returns the account's own course if it studies in the group, otherwise ``UNSET``."""
    if placement is None:
        return UNSET
    enrolment_id = session.scalar(
        select(Enrolment.id).where(
            Enrolment.cohort_id == placement.cohort_id,
            Enrolment.person_id == account.person_id,
            Enrolment.state.not_in(("withdrawn", "transferred")),
        )
    )
    return UNSET if enrolment_id is None else trainee_page(placement, enrolment_id)
