"""A link of a test platform that shows one of our objects.

>>> row = registered(session, platform, site_id=group.site_id)
>>> link = placed(session, row, platform, group)            # the platform's link, which shows the group's programme
>>> platform.launch(client, platform.course.learner, link)
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.groups import Cohort
from lms.lti.models.launches import Context
from lms.lti.models.platforms import Platform
from tests.factories import platforms
from tests.support.platform.course import PlatformLink


def placed(
    session: Session,
    row: Platform,
    platform: Any,
    group: Cohort,
    *,
    points: float | None = None,
    **values: Any,
) -> PlatformLink:
    """Returns a link whose custom parameter names a content item (``kind``, ``self_check_id``…); ``points`` adds a
    line item.
    """
    shown = platforms.placement(session, course_of(session, row, platform), group, **values)
    link: PlatformLink = platform.course.add_link(custom={"placement": str(shown.key)}, graded=points)
    return link


def course_of(session: Session, row: Platform, platform: Any) -> Context:
    """Returns the platform's course in our tables, as an earlier launch would have created it."""
    of_course = Context.deployment_id == row.deployments[0].id, Context.context_id == platform.course.id
    known = session.scalar(select(Context).where(*of_course))
    return known or platforms.context(session, row, context_id=platform.course.id, title=platform.course.title)
