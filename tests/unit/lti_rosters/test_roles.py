"""Roles of platforms and what they count for here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.lti.messages.roles import Standing, is_test_user, standing_of

COURSE = "http://purl.imsglobal.org/vocab/lis/v2/membership"
SCHOOL = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"


@pytest.mark.parametrize(
    ("roles", "standing"),
    [
        ([f"{COURSE}#Learner"], Standing.LEARNER),
        ([f"{COURSE}/Learner#GuestLearner"], Standing.LEARNER),
        ([f"{COURSE}#Instructor", f"{COURSE}#Learner"], Standing.INSTRUCTOR),
        ([f"{COURSE}/Instructor#TeachingAssistant"], Standing.INSTRUCTOR),
        ([f"{COURSE}#Mentor"], Standing.MENTOR),
        ([f"{COURSE}#Administrator"], Standing.ADMINISTRATOR),
        ([f"{COURSE}/Administrator#Support", f"{COURSE}#Learner"], Standing.ADMINISTRATOR),
        ([f"{COURSE}#ContentDeveloper"], Standing.ADMINISTRATOR),
        ([f"{COURSE}#Member", f"{COURSE}#Learner"], Standing.LEARNER),
        ([f"{SCHOOL}#Administrator", f"{SYSTEM}#Administrator", f"{COURSE}#Learner"], Standing.LEARNER),
        ([f"{SCHOOL}#Faculty", f"{COURSE}#Learner"], Standing.LEARNER),
        ([f"{SCHOOL}#Student"], Standing.LEARNER),
        ([f"{SYSTEM}#SysAdmin"], Standing.ADMINISTRATOR),
        ([f"{SCHOOL}#Guest"], Standing.OTHER),
        (["Instructor"], Standing.INSTRUCTOR),
        (["Learner"], Standing.LEARNER),
        (["urn:lti:role:ims/lis/Instructor"], Standing.INSTRUCTOR),
        (["urn:lti:sysrole:ims/lis/Administrator", "urn:lti:role:ims/lis/Learner"], Standing.LEARNER),
        (["https://evil.example/membership#Instructor"], Standing.OTHER),
        ([f"{COURSE}#Instructor/../../x"], Standing.OTHER),
        ([], Standing.OTHER),
        ([""], Standing.OTHER),
    ],
)
def test_standing(roles, standing):
    assert standing_of(roles) == standing


@given(st.lists(st.text(max_size=80), max_size=10))
def test_any_text_has_a_standing(roles):
    assert standing_of(roles) in Standing
    assert not is_test_user(roles)


def test_order_does_not_matter():
    roles = [f"{COURSE}#Learner", f"{COURSE}#Instructor", f"{SCHOOL}#Staff"]
    assert standing_of(roles) == standing_of(reversed(roles)) == Standing.INSTRUCTOR


def test_a_platforms_own_test_user():
    roles = [f"{COURSE}#Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]
    assert is_test_user(roles)
    assert standing_of(roles) == Standing.LEARNER
