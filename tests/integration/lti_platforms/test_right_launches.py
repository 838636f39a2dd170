"""Valid launches over HTTP from the strict and the independent platform."""

import re

import pytest
from sqlalchemy import func, select

from courses.models.groups import Enrolment
from lms.core.auth.identities import ExternalIdentity
from lms.core.people.models import Account
from lms.lti.models.launches import Launch, Participant
from tests.factories import make
from tests.factories.launches import placed
from tests.support.counting import count_queries
from tests.support.platform.course import INSTRUCTOR
from tests.support.platform.strict import registered

PREFIX = re.compile(r"/in/[1-9]\d*/")


@pytest.fixture(params=["strict", "independent"])
def either(request, platform, independent):
    return platform if request.param == "strict" else independent


@pytest.fixture
def group(session):
    return make.cohort(session)


def connect(session, platform, group, **values):
    row = registered(session, platform, site_id=group.site_id, **values)
    link = placed(session, row, platform, group)
    session.commit()
    return row, link


def opened(client, answer):
    """Returns the page to which the launch leads."""
    assert answer.status_code == 303, answer.text
    assert PREFIX.match(answer.location.removeprefix("http://localhost")), answer.location
    page = client.get(answer.location, follow_redirects=True)
    assert page.status_code == 200, f"{page.request.path} {page.status} {page.text}"
    return page


def account_of(session, row, somebody):
    identity = ExternalIdentity.platform == f"lti:{row.id}", ExternalIdentity.subject == somebody.subject
    return session.scalar(select(Account).join(ExternalIdentity).where(*identity))


def test_learner_gets_account_and_enrolment(client, session, either, group):
    row, link = connect(session, either, group)
    learner = either.course.learner
    page = opened(client, either.launch(client, learner, link))
    assert group.version.title in page.text
    account = account_of(session, row, learner)
    assert (account.person.surname, account.person.given_name) == (learner.family, learner.given)
    enrolment = session.scalars(select(Enrolment).where(Enrolment.person_id == account.person_id)).one()
    assert enrolment.cohort_id == group.id
    participant = session.scalars(select(Participant).where(Participant.subject == learner.subject)).one()
    assert (participant.account_id, participant.platform_role) == (account.id, "learner")


def test_returning_learner_keeps_account(client, session, either, group):
    row, link = connect(session, either, group)
    for _ in range(3):
        opened(client, either.launch(client, either.course.learner, link))
    assert session.scalar(select(func.count()).select_from(ExternalIdentity)) == 1
    assert session.scalar(select(func.count()).select_from(Enrolment).where(Enrolment.cohort_id == group.id)) == 1
    assert account_of(session, row, either.course.learner) is not None


def test_instructor_of_trusted_platform_teaches(client, session, either, group):
    row, link = connect(session, either, group, instructors_teach=True)
    trainee = make.enrolment(session, group)
    session.commit()
    page = opened(client, either.launch(client, either.course.instructor, link))
    assert account_of(session, row, either.course.instructor) is not None
    shown = client.get(f"{PREFIX.search(page.request.path).group()}groups/{group.id}")
    assert shown.status_code == 200
    assert trainee.person.surname in shown.text
    instructor = account_of(session, row, either.course.instructor)
    mine = select(Enrolment).where(Enrolment.person_id == instructor.person_id)
    assert session.scalars(mine).all() == []


def test_instructor_of_other_platform_sees_no_group(client, session, either, group):
    row, link = connect(session, either, group)
    page = opened(client, either.launch(client, either.course.instructor, link))
    shown = client.get(f"{PREFIX.search(page.request.path).group()}groups/{group.id}", follow_redirects=True)
    assert shown.request.path != f"/groups/{group.id}" or shown.status_code in (403, 404)
    assert account_of(session, row, either.course.instructor) is None


def test_mentor_gets_no_account(client, session, either, group):
    row, link = connect(session, either, group)
    opened(client, either.launch(client, either.course.mentor, link))
    assert account_of(session, row, either.course.mentor) is None
    launch = session.scalars(select(Launch)).one()
    assert (launch.platform_role, launch.session_id) == ("mentor", None)


def test_anonymous_user_sees_preview(client, session, either, group):
    _row, link = connect(session, either, group)
    make.enrolment(session, group)
    before = session.scalar(select(func.count()).select_from(Account))
    page = opened(client, either.launch(client, either.course.anonymous, link))
    assert group.version.title in page.text
    assert session.scalar(select(func.count()).select_from(Account)) == before
    assert session.scalars(select(Participant)).all() == []


def test_link_without_content_item_is_unset(client, session, either, group):
    row, _link = connect(session, either, group, instructors_teach=True)
    bare = either.course.add_link()
    page = opened(client, either.launch(client, either.course.learner, bare))
    assert group.version.title not in page.text
    page = opened(client, either.launch(client, either.course.instructor, bare))
    assert group.version.title in page.text, "an instructor of the site may choose here"
    assert row.id


def test_administrator_has_no_admin_rights_inside_launch(client, session, platform, group):
    row, link = connect(session, platform, group)
    somebody = make.account(session, is_administrator=True)
    session.add(ExternalIdentity(account_id=somebody.id, platform=f"lti:{row.id}", subject="root"))
    session.commit()
    person = platform.course.add_person(subject="root", roles=(INSTRUCTOR,))
    page = opened(client, platform.launch(client, person, link))
    prefix = PREFIX.search(page.request.path).group()
    for path in ("admin/", "admin/platforms", "registry/", "council/", "log-in", "account"):
        assert client.get(prefix + path).status_code == 404
    assert client.post(f"{prefix}log-out").status_code == 404
    assert client.get(f"{prefix}groups/{group.id}", follow_redirects=True).status_code in (403, 404)


def test_two_users_in_one_browser_are_separate(client, session, platform, group):
    _row, link = connect(session, platform, group)
    first = opened(client, platform.launch(client, platform.course.learner, link))
    second = opened(client, platform.launch(client, platform.course.other, link))
    assert PREFIX.search(first.request.path).group() != PREFIX.search(second.request.path).group()
    for page, mine, foreign in (
        (first, platform.course.learner, platform.course.other),
        (second, platform.course.other, platform.course.learner),
    ):
        again = client.get(PREFIX.search(page.request.path).group(), follow_redirects=True)
        assert again.status_code == 200
        assert foreign.family not in again.text
        assert mine.subject not in again.text
    assert client.get("/").status_code in (200, 302, 303)
    outside = client.get("/", follow_redirects=True)
    assert platform.course.learner.family not in outside.text


def test_issuer_may_have_several_clients(client, session, platform, group):
    first, link = connect(session, platform, group)
    other_group = make.cohort(session)
    one, platform.client_id = platform.client_id, "second-client"
    second = registered(session, platform, site_id=other_group.site_id)
    other_link = placed(session, second, platform, other_group)
    session.commit()
    page = opened(client, platform.launch(client, platform.course.learner, other_link))
    assert other_group.version.title in page.text
    platform.client_id = one
    page = opened(client, platform.launch(client, platform.course.learner, link))
    assert group.version.title in page.text
    accounts = [account_of(session, row, platform.course.learner) for row in (second, first)]
    assert accounts[0] is not None
    assert accounts[1] is None, "the same user of the same issuer: the account of the first connection"
    mine = select(Enrolment.cohort_id).where(Enrolment.person_id == accounts[0].person_id)
    assert set(session.scalars(mine)) == {group.id, other_group.id}


def test_new_platform_key_is_fetched(client, session, platform, group):
    _row, link = connect(session, platform, group)
    for _ in range(2):
        opened(client, platform.launch(client, platform.course.learner, link))
    assert len(platform.received_at("keys")) == 1
    platform.keys.rotate()
    opened(client, platform.launch(client, platform.course.learner, link))
    assert len(platform.received_at("keys")) == 2


@pytest.mark.parametrize("graded", [False, True])
def test_returning_launch_takes_ten_queries(client, session, engine, platform, group, graded):
    row = registered(session, platform, site_id=group.site_id)
    link = placed(session, row, platform, group, points=18 if graded else None, graded=graded)
    session.commit()
    for _ in range(2):
        opened(client, platform.launch(client, platform.course.learner, link))
    with count_queries(engine) as sent:
        answer = platform.launch(client, platform.course.learner, link)
    assert answer.status_code == 303
    assert len(sent) <= 10, "\n".join(sent)
    assert platform.complaints == []
