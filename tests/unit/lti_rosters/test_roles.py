"""Platform roles from role URIs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.lti.messages.roles import PlatformRole, is_test_user, platform_role_of

COURSE = "http://purl.imsglobal.org/vocab/lis/v2/membership"
SCHOOL = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"


@pytest.mark.parametrize(
    ("roles", "platform_role"),
    [
        ([f"{COURSE}#Learner"], PlatformRole.LEARNER),
        ([f"{COURSE}/Learner#GuestLearner"], PlatformRole.LEARNER),
        ([f"{COURSE}#Instructor", f"{COURSE}#Learner"], PlatformRole.INSTRUCTOR),
        ([f"{COURSE}/Instructor#TeachingAssistant"], PlatformRole.INSTRUCTOR),
        ([f"{COURSE}#Mentor"], PlatformRole.MENTOR),
        ([f"{COURSE}#Administrator"], PlatformRole.ADMINISTRATOR),
        ([f"{COURSE}/Administrator#Support", f"{COURSE}#Learner"], PlatformRole.ADMINISTRATOR),
        ([f"{COURSE}#ContentDeveloper"], PlatformRole.ADMINISTRATOR),
        ([f"{COURSE}#Member", f"{COURSE}#Learner"], PlatformRole.LEARNER),
        ([f"{SCHOOL}#Administrator", f"{SYSTEM}#Administrator", f"{COURSE}#Learner"], PlatformRole.LEARNER),
        ([f"{SCHOOL}#Faculty", f"{COURSE}#Learner"], PlatformRole.LEARNER),
        ([f"{SCHOOL}#Student"], PlatformRole.LEARNER),
        ([f"{SYSTEM}#SysAdmin"], PlatformRole.ADMINISTRATOR),
        ([f"{SCHOOL}#Guest"], PlatformRole.OTHER),
        (["Instructor"], PlatformRole.INSTRUCTOR),
        (["Learner"], PlatformRole.LEARNER),
        (["urn:lti:role:ims/lis/Instructor"], PlatformRole.INSTRUCTOR),
        (["urn:lti:sysrole:ims/lis/Administrator", "urn:lti:role:ims/lis/Learner"], PlatformRole.LEARNER),
        (["https://evil.example/membership#Instructor"], PlatformRole.OTHER),
        ([f"{COURSE}#Instructor/../../x"], PlatformRole.OTHER),
        ([], PlatformRole.OTHER),
        ([""], PlatformRole.OTHER),
    ],
)
def test_roles_give_platform_role(roles, platform_role):
    assert platform_role_of(roles) == platform_role


@given(st.lists(st.text(max_size=80), max_size=10))
def test_any_role_gives_platform_role(roles):
    assert platform_role_of(roles) in PlatformRole
    assert not is_test_user(roles)


def test_order_of_roles_is_ignored():
    roles = [f"{COURSE}#Learner", f"{COURSE}#Instructor", f"{SCHOOL}#Staff"]
    assert platform_role_of(roles) == platform_role_of(reversed(roles)) == PlatformRole.INSTRUCTOR


def test_recognises_test_user():
    roles = [f"{COURSE}#Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]
    assert is_test_user(roles)
    assert platform_role_of(roles) == PlatformRole.LEARNER
