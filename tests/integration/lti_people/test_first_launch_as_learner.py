"""The first launch of a person whom the platform calls a learner: a trainee, or staff who only look.

Moodle sends the role in the course alone: «Switch role to… → Student» makes the message of an administrator equal to
that of a student. Its list of members names roles without their vocabulary.
"""

from dataclasses import replace

import pytest
from sqlalchemy import select

from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.lti.models.launches import Context, ListedRole, Participant
from lms.lti.models.services import Roster
from lms.lti.rosters.fetching import fetch_roster
from lms.lti.rosters.matching import comparison
from lms.lti.rosters.reader import Member
from lms.lti.rosters.requesting import request_roster
from lms.lti.services.tokens import reset_tokens
from tests.factories import make, platforms
from tests.integration.lti_people.test_staff_and_names import ShownGroup, post
from tests.support.platform.course import ADMINISTRATOR, INSTRUCTOR, LEARNER, STUDENT, Somebody

SWITCHED = Somebody("2", given="Инга", family="Лазарева", email="lazareva@moodle.example", roles=(LEARNER,))
"""An administrator who has switched their role, as Moodle tells it."""
SITE_ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"
"""Role of an administrator in Moodle's list, beside the bare «Instructor»."""
SYSTEM_ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"
FACULTY = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Faculty"
ASKED = "Вы здесь учитесь или преподаёте?"


@pytest.fixture(autouse=True)
def _no_tokens():
    reset_tokens()


@pytest.fixture
def place(session, platform):
    return ShownGroup(session, platform)


def is_asked(page):
    return page.request.path.endswith("/look-as-trainee") and ASKED in page.text.replace("\xa0", " ")


def is_looking(page):
    return page.request.path.endswith("/look-as-trainee") and not is_asked(page)


def fetch_list(session, place, *, link=None):
    leader = make.member(session, "leader", site=place.group.site)
    actor = Actor(leader.id, leader.person_id)
    context = session.scalars(select(Context)).one()
    roster = request_roster(
        session, actor=actor, cohort=place.group, context_id=context.id, link_id=link, now=utc_now()
    )
    fetch_roster(session, roster.id)
    assert roster.state == "ready", roster.error
    session.commit()
    return roster


def listed_as(place, *roles):
    place.platform.course.people[:] = [replace(SWITCHED, roles=roles)] if roles else []


# Nothing else is known


def test_person_of_whom_nothing_is_known_is_asked_and_not_enrolled(client, place):
    page = place.open(client, SWITCHED)
    assert is_asked(page)
    assert place.group.version.title in page.text
    assert (place.in_group(), place.account(SWITCHED)) == (set(), None)
    assert is_asked(place.open(client, SWITCHED)), "a question that is not answered is asked again"


def test_trainee_is_enrolled_by_one_word(client, place):
    page = post(client, place.open(client, SWITCHED), "look-as-trainee")
    assert page.status_code == 200
    assert not page.request.path.endswith(("/look-as-trainee", "/welcome"))
    account = place.account(SWITCHED)
    assert place.in_group() == {account.person_id}
    assert (account.person.surname, account.person.given_name) == ("Лазарева", "Инга")
    assert not page.request.path.endswith("/look-as-trainee")
    assert not is_asked(place.open(client, SWITCHED))


def test_person_who_looks_is_not_asked_again_and_not_ticked_in_the_list(client, session, place):
    page = post(client, place.open(client, SWITCHED), "look-as-trainee/staff")
    assert is_looking(page)
    assert is_looking(place.open(client, SWITCHED))
    assert (place.in_group(), place.account(SWITCHED)) == (set(), None)
    context = session.scalars(select(Participant)).one().context
    named = {"family_name": "Лазарева", "given_name": "Инга"}
    roster = Roster(context=context, cohort=place.group, members=[Member("2", "learner", named=named).to_json()])
    [row] = comparison(session, roster).changes
    assert (row.ticked, row.doubt) == (False, "launched_as_staff")


def test_word_of_a_trainee_is_kept_while_the_person_says_who_they_are(client, session, place):
    known = make.person(session, surname="Лазарева", given_name="Инга", patronymic="Петровна")
    make.enrolment(session, place.group, account=make.account(session, person=known))
    session.commit()
    page = post(client, place.open(client, SWITCHED), "look-as-trainee")
    assert page.request.path.endswith("/welcome")
    page = post(client, page, "welcome", way="new", **{"new-surname": "Лазарева", "new-given_name": "Инга"})
    assert not page.request.path.endswith("/look-as-trainee")
    assert place.in_group() == {known.id, place.account(SWITCHED).person_id}


def test_word_is_taken_from_learners_only(client, place):
    page = place.open(client, replace(SWITCHED, roles=(INSTRUCTOR,)))
    for path in ("look-as-trainee", "look-as-trainee/staff"):
        post(client, page, path)
    assert place.in_group() == set()
    assert place.session.scalars(select(Participant)).one().said_role is None


# The platform's list of the course


@pytest.mark.parametrize(
    ("roles", "outcome"),
    [
        (("Learner",), "enrolled"),
        (("Instructor",), "looks"),
        (("Instructor", SITE_ADMINISTRATOR), "looks"),
        ((SITE_ADMINISTRATOR,), "looks"),
        ((), "asked"),
    ],
)
def test_list_of_the_course_tells_who_studies(client, session, place, roles, outcome):
    place.open(client, Somebody("7", given="Вера", family="Ланская", roles=(INSTRUCTOR,)))
    listed_as(place, *roles)
    fetch_list(session, place)
    page = place.open(client, SWITCHED)
    assert (is_asked(page), is_looking(page)) == (outcome == "asked", outcome == "looks")
    assert bool(place.in_group()) == (outcome == "enrolled")


def test_latest_list_counts(client, session, place):
    place.open(client, Somebody("7", given="Вера", family="Ланская", roles=(INSTRUCTOR,)))
    for roles, kept in ((("Instructor",), ["instructor"]), (("Learner",), ["learner"]), ((), [])):
        listed_as(place, *roles)
        fetch_list(session, place)
        assert list(session.scalars(select(ListedRole.platform_role))) == kept


# What else is known


def test_learner_whom_the_institution_calls_a_student_is_enrolled(client, place):
    place.open(client, replace(SWITCHED, roles=(LEARNER, STUDENT)))
    assert place.in_group() == {place.account(SWITCHED).person_id}


@pytest.mark.parametrize("role", [ADMINISTRATOR, SYSTEM_ADMINISTRATOR, SITE_ADMINISTRATOR, FACULTY])
def test_learner_with_a_role_of_staff_in_the_same_message_is_asked(client, place, role):
    assert is_asked(place.open(client, replace(SWITCHED, roles=(LEARNER, role, STUDENT))))
    assert place.in_group() == set()


def known_as(session, place, **role):
    account = make.member(session, **role) if role else make.account(session)
    platforms.identity(session, account, place.row, SWITCHED.subject)
    session.commit()
    return account


def test_person_with_a_role_elsewhere_is_asked_whatever_the_institution_says(client, session, place):
    known_as(session, place, role="methodologist", authority=place.group.site.authority)
    assert is_asked(place.open(client, replace(SWITCHED, roles=(LEARNER, STUDENT))))
    assert place.in_group() == set()


def test_administrator_of_the_product_is_asked(client, session, place):
    known_as(session, place).is_administrator = True
    session.commit()
    assert is_asked(place.open(client, replace(SWITCHED, roles=(LEARNER, STUDENT))))


def test_teacher_of_another_course_of_the_platform_is_asked(client, session, place):
    account = known_as(session, place)
    other = platforms.context(session, place.row, title="Другой курс")
    seen = platforms.participant(session, other, account)
    seen.subject, seen.staff_at = SWITCHED.subject, utc_now()
    session.commit()
    assert is_asked(place.open(client, replace(SWITCHED, roles=(LEARNER, STUDENT))))


def test_account_that_studies_in_another_group_is_enrolled_without_a_question(client, session, place):
    account = known_as(session, place)
    make.enrolment(session, make.cohort(session), account=account)
    session.commit()
    place.open(client, SWITCHED)
    assert place.in_group() == {account.person_id}


def test_account_without_enrolments_says_the_word_once(client, session, place):
    account = known_as(session, place)
    page = post(client, place.open(client, SWITCHED), "look-as-trainee")
    assert page.status_code == 200
    assert place.in_group() == {account.person_id}
