"""Who acts inside a launch: the account, with no more than its platform may speak for."""

from dataclasses import replace

from sqlalchemy.orm import Session

from courses.actors import actor_of
from lms.core.auth.policy import ANYONE, Actor, RoleAssignment
from lms.core.auth.roles import TEACHER
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import Launch


def scoped_actor(session: Session, launch: Launch) -> Actor:
    """The launch's account: never the administrator, without roles at authorities and organisations.

    Roles at sites count at the launch's site only: that of the group shown, else the platform's own; of a platform of
    several sites, while nothing has been chosen yet, at every site. So do enrolments: what the person studies at
    another site is none of this platform's. Where the platform's instructors teach, whoever it
    launches as an instructor acts as a teacher of the platform's site. Nobody for a launch without an account.
    """
    if launch.session is None:
        return ANYONE
    whole = actor_of(session, launch.session.account)
    site_id = site_of(launch)
    places = {place for place in whole.places if place.at == "site" and site_id in (None, place.id)}
    here = frozenset(places | _teaching(launch))
    return replace(whole, is_administrator=False, places=here, only_site_id=site_id)


def site_of(launch: Launch) -> int | None:
    """The site whose group the launch shows, or whose platform it came from; none: not known yet."""
    placement = launch.link.placement if launch.link else None
    return placement.cohort.site_id if placement is not None else launch.platform.site_id


def _teaching(launch: Launch) -> set[RoleAssignment]:
    platform = launch.platform
    teaches = platform.instructors_teach and launch.platform_role == PlatformRole.INSTRUCTOR
    if not teaches or platform.site_id is None or site_of(launch) != platform.site_id:
        return set()
    return {RoleAssignment(TEACHER, "site", platform.site_id)}
