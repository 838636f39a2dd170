"""What somebody is on a platform, from the role URIs of a token or a roster (LTI 1.3 core, appendix A.2)."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Standing(StrEnum):
    """The one role that counts here; of several the first in this order."""

    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"
    MENTOR = "mentor"
    LEARNER = "learner"
    OTHER = "other"


PRINCIPAL: Final = {
    "instructor": Standing.INSTRUCTOR,
    "administrator": Standing.ADMINISTRATOR,
    "mentor": Standing.MENTOR,
    "learner": Standing.LEARNER,
}
IN_COURSE: Final = PRINCIPAL | {
    "teachingassistant": Standing.INSTRUCTOR,
    "student": Standing.LEARNER,
    "contentdeveloper": Standing.ADMINISTRATOR,
    "manager": Standing.ADMINISTRATOR,
}
"""Roles in the course. Who writes or manages a course is not thereby a teacher of its people."""
ELSEWHERE: Final = PRINCIPAL | {
    "faculty": Standing.INSTRUCTOR,
    "sysadmin": Standing.ADMINISTRATOR,
    "student": Standing.LEARNER,
}
"""Roles in the institution and in the platform's system."""

_IN_COURSE: Final = re.compile(
    r"(?:https?://purl\.imsglobal\.org/vocab/lis/v2/membership|urn:lti:role:ims/lis)(?:[#/](?P<role>\w+))(?:[#/]\w+)?"
    r"|(?P<plain>[A-Za-z]+)",
    re.IGNORECASE,
)
"""A role or a sub-role of the course (``…/membership/Instructor#Grader`` is an instructor), or its bare name."""
_ELSEWHERE: Final = re.compile(
    r"(?:https?://purl\.imsglobal\.org/vocab/lis/v2/(?:institution|system)/person#|urn:lti:(?:inst|sys)role:ims/lis/)"
    r"(?P<role>\w+)",
    re.IGNORECASE,
)
_TEST_USER: Final = re.compile(r"https?://purl\.imsglobal\.org/vocab/lti/system/person#TestUser")


def standing_of(roles: Iterable[str]) -> Standing:
    """The standing that these roles give; context roles count before those of the institution or the system."""
    known = list(roles)
    here = [found["role"] or found["plain"] for role in known if (found := _IN_COURSE.fullmatch(role))]
    if here:
        return _first(IN_COURSE.get(name.lower(), Standing.OTHER) for name in here)
    return _first(
        ELSEWHERE.get(found["role"].lower(), Standing.OTHER) for role in known if (found := _ELSEWHERE.fullmatch(role))
    )


def is_test_user(roles: Iterable[str]) -> bool:
    """Whether this is nobody, but the platform's own user for looking at a course as a student does."""
    return any(_TEST_USER.fullmatch(role) for role in roles)


def _first(found: Iterable[Standing]) -> Standing:
    return min(found, key=list(Standing).index, default=Standing.OTHER)
