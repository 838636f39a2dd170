"""Role of a user on a platform, from the role URIs of a token or a roster (LTI 1.3 Core, appendix A.2)."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class PlatformRole(StrEnum):
    """The role of a user on the platform; of several, the first in this order."""

    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"
    MENTOR = "mentor"
    LEARNER = "learner"
    OTHER = "other"


STAFF_ROLES: Final = frozenset({PlatformRole.INSTRUCTOR, PlatformRole.ADMINISTRATOR})
"""Roles of people who teach or administer a course."""
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
"""Context roles. A content developer or manager of a course is not a teacher of its people."""
OUTSIDE_COURSE: Final = PRINCIPAL | {
    "faculty": PlatformRole.INSTRUCTOR,
    "sysadmin": PlatformRole.ADMINISTRATOR,
    "student": PlatformRole.LEARNER,
}
"""Institution and system roles; Moodle's lists use the former base ``…/lis/v2/person#`` of both."""

_IN_COURSE: Final = re.compile(
    r"(?:https?://purl\.imsglobal\.org/vocab/lis/v2/membership|urn:lti:role:ims/lis)(?:[#/](?P<role>\w+))(?:[#/]\w+)?"
    r"|(?P<plain>[A-Za-z]+)",
    re.IGNORECASE,
)
"""A context role or sub-role (``…/membership/Instructor#Grader`` is an instructor), or its bare name."""
_OUTSIDE_COURSE: Final = re.compile(
    r"(?:https?://purl\.imsglobal\.org/vocab/lis/v2/(?:(?:institution|system)/)?person#|urn:lti:(?:inst|sys)role:ims/lis/)"
    r"(?P<role>\w+)",
    re.IGNORECASE,
)
_TEST_USER: Final = re.compile(r"https?://purl\.imsglobal\.org/vocab/lti/system/person#TestUser")


def platform_role_of(roles: Iterable[str]) -> PlatformRole:
    """Returns the role given by these URIs; context roles take precedence over institution and system roles."""
    known = list(roles)
    here = [found["role"] or found["plain"] for role in known if (found := _IN_COURSE.fullmatch(role))]
    if here:
        return _first(IN_COURSE.get(name.lower(), PlatformRole.OTHER) for name in here)
    return role_elsewhere(known)


def role_elsewhere(roles: Iterable[str]) -> PlatformRole:
    """Returns the role of the institution or the system; ``LEARNER`` for the platform's test user."""
    known = list(roles)
    if is_test_user(known):
        return PlatformRole.LEARNER
    return _first(
        OUTSIDE_COURSE.get(found["role"].lower(), PlatformRole.OTHER)
        for role in known
        if (found := _OUTSIDE_COURSE.fullmatch(role))
    )


def is_test_user(roles: Iterable[str]) -> bool:
    """Returns whether this is the platform's test user, by which a teacher views a course as a student."""
    return any(_TEST_USER.fullmatch(role) for role in roles)


def _first(found: Iterable[PlatformRole]) -> PlatformRole:
    return min(found, key=list(PlatformRole).index, default=PlatformRole.OTHER)
