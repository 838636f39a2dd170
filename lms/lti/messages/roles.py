"""What somebody is on a platform, from the role URIs of a token or a roster (LTI 1.3 core, appendix A.2)."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class PlatformRole(StrEnum):
    """The one role that counts here; of several the first in this order."""

    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"
    MENTOR = "mentor"
    LEARNER = "learner"
    OTHER = "other"


PRINCIPAL: Final = {
    "instructor": PlatformRole.INSTRUCTOR,
    "administrator": PlatformRole.ADMINISTRATOR,
    "mentor": PlatformRole.MENTOR,
    "learner": PlatformRole.LEARNER,
}
IN_COURSE: Final = PRINCIPAL | {
    "teachingassistant": PlatformRole.INSTRUCTOR,
    "student": PlatformRole.LEARNER,
    "contentdeveloper": PlatformRole.ADMINISTRATOR,
    "manager": PlatformRole.ADMINISTRATOR,
}
"""Roles in the course. Who writes or manages a course is not thereby a teacher of its people."""
OUTSIDE_COURSE: Final = PRINCIPAL | {
    "faculty": PlatformRole.INSTRUCTOR,
    "sysadmin": PlatformRole.ADMINISTRATOR,
    "student": PlatformRole.LEARNER,
}
"""Roles in the institution and in the platform's system."""

_IN_COURSE: Final = re.compile(
    r"(?:https?://purl\.imsglobal\.org/vocab/lis/v2/membership|urn:lti:role:ims/lis)(?:[#/](?P<role>\w+))(?:[#/]\w+)?"
    r"|(?P<plain>[A-Za-z]+)",
    re.IGNORECASE,
)
"""A role or a sub-role of the course (``…/membership/Instructor#Grader`` is an instructor), or its bare name."""
_OUTSIDE_COURSE: Final = re.compile(
    r"(?:https?://purl\.imsglobal\.org/vocab/lis/v2/(?:institution|system)/person#|urn:lti:(?:inst|sys)role:ims/lis/)"
    r"(?P<role>\w+)",
    re.IGNORECASE,
)
_TEST_USER: Final = re.compile(r"https?://purl\.imsglobal\.org/vocab/lti/system/person#TestUser")


def platform_role_of(roles: Iterable[str]) -> PlatformRole:
    """The standing that these roles give; context roles count before those of the institution or the system."""
    known = list(roles)
    here = [found["role"] or found["plain"] for role in known if (found := _IN_COURSE.fullmatch(role))]
    if here:
        return _first(IN_COURSE.get(name.lower(), PlatformRole.OTHER) for name in here)
    return _first(
        OUTSIDE_COURSE.get(found["role"].lower(), PlatformRole.OTHER)
        for role in known
        if (found := _OUTSIDE_COURSE.fullmatch(role))
    )


def is_test_user(roles: Iterable[str]) -> bool:
    """Whether this is nobody, but the platform's own user for looking at a course as a student does."""
    return any(_TEST_USER.fullmatch(role) for role in roles)


def _first(found: Iterable[PlatformRole]) -> PlatformRole:
    return min(found, key=list(PlatformRole).index, default=PlatformRole.OTHER)
