"""The actor inside a launch: its account, limited to the permissions that the platform may grant."""

from dataclasses import replace

from sqlalchemy.orm import Session

from courses.actors import actor_of
from lms.core.auth.policy import ANYONE, Actor, RoleAssignment
from lms.core.auth.roles import TEACHER
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import Launch


def scoped_actor(session: Session, launch: Launch) -> Actor:
    """Returns the launch's account, never as administrator and without roles at authorities and organisations.

    Roles at sites and enrolments count only at the launch's site: that of the group shown, or the platform's own; at
    every site while a platform of several sites has nothing chosen. Where the platform's instructors teach, an
    instructor acts as a teacher of the platform's site. Returns ``ANYONE`` for a launch without an account.
    """
    if launch.session is None:
        return ANYONE
    whole = actor_of(session, launch.session.account)
    site_id = site_of(launch)
    places = {place for place in whole.places if place.at == "site" and site_id in (None, place.id)}
    here = frozenset(places | _teaching(launch))
    return replace(whole, is_administrator=False, places=here, only_site_id=site_id)


def site_of(launch: Launch) -> int | None:
    """Returns the site of the group shown or of the platform; None if unknown."""
    placement = launch.link.placement if launch.link else None
    return placement.cohort.site_id if placement is not None else launch.platform.site_id


def _teaching(launch: Launch) -> set[RoleAssignment]:
    platform = launch.platform
    teaches = platform.instructors_teach and launch.platform_role == PlatformRole.INSTRUCTOR
    if not teaches or platform.site_id is None or site_of(launch) != platform.site_id:
        return set()
    return {RoleAssignment(TEACHER, "site", platform.site_id)}
