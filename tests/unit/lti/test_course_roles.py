"""The role that is concluded from what is known of a person whom a launch calls a learner."""

import pytest

from lms.lti.identity.course_roles import CourseRole, Evidence, decide

TRAINEE, STAFF, UNKNOWN = CourseRole.TRAINEE, CourseRole.STAFF, CourseRole.UNKNOWN
STUDENT = {"elsewhere": "learner"}


@pytest.mark.parametrize(
    ("known", "role"),
    [
        ({}, UNKNOWN),
        (STUDENT, TRAINEE),
        ({"studies": True}, TRAINEE),
        ({"listed": "learner"}, TRAINEE),
        ({"listed": "learner", "elsewhere": "administrator"}, TRAINEE),
        ({"listed": "instructor", **STUDENT}, STAFF),
        ({"listed": "administrator"}, STAFF),
        ({"listed": "mentor"}, UNKNOWN),
        ({"launched_as_staff": True, "listed": "learner", **STUDENT}, STAFF),
        ({"works_at_site": True, "listed": "learner"}, STAFF),
        ({"works_elsewhere": True, **STUDENT}, UNKNOWN),
        ({"works_elsewhere": True, "listed": "learner"}, TRAINEE),
        ({"staff_of_other_course": True, "studies": True}, UNKNOWN),
        ({"elsewhere": "instructor", "studies": True}, UNKNOWN),
        ({"said": "staff", "listed": "learner", **STUDENT}, STAFF),
        ({"said": "trainee", "launched_as_staff": True, "works_at_site": True}, TRAINEE),
    ],
)
def test_role_follows_from_what_is_known(known, role):
    assert decide(Evidence(**known)) == role
