"""Staff who look at a course as learners, people renamed on a platform, people of two platforms."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from courses.models.groups import Enrolment
from lms.core.clock import utc_now
from lms.core.people import one_time_links
from lms.core.people.models import PersonName
from lms.lti.identity.account_resolution import account_of
from lms.lti.models.launches import Participant
from tests.factories import make, platforms
from tests.factories.launches import placed
from tests.support.browsing import log_in
from tests.support.platform.course import INSTRUCTOR, LEARNER, Somebody
from tests.support.platform.strict import registered

PREFIX = re.compile(r"/in/[1-9]\d*/")
ADMINISTRATOR = Somebody("admin-2", given="Инга", family="Лазарева", roles=(INSTRUCTOR,))
OLGA = Somebody("u-7", given="Ольга", family="Зимина", email="zimina@school.example")


class ShownGroup:
    """A platform's link that shows a group."""

    def __init__(self, session, platform, group=None):
        self.session, self.platform = session, platform
        self.group = group or make.cohort(session)
        self.row = registered(session, platform, site_id=self.group.site_id)
        self.link = placed(session, self.row, platform, self.group)
        session.commit()

    def open(self, client, somebody, **how):
        answer = self.platform.launch(client, somebody, self.link, **how)
        assert answer.status_code == 303, answer.text
        return client.get(answer.location, follow_redirects=True)

    def account(self, somebody):
        self.session.expire_all()
        return account_of(self.session, self.row, somebody.subject)

    def in_group(self):
        self.session.expire_all()
        return set(self.session.scalars(select(Enrolment.person_id).where(Enrolment.cohort_id == self.group.id)))


@pytest.fixture
def place(session, platform):
    return ShownGroup(session, platform)


def post(client, page, path, **data):
    return client.post(f"{PREFIX.search(page.request.path).group()}{path}", data=data, follow_redirects=True)


# Staff who look as learners


def test_switched_role_shows_the_learners_view_and_enrols_nobody(client, place):
    place.open(client, ADMINISTRATOR)
    page = place.open(client, replace(ADMINISTRATOR, roles=(LEARNER,)))
    assert page.request.path.endswith("/look-as-trainee")
    assert place.group.version.title in page.text
    assert "не зачислены" in page.text.replace("\xa0", " ")
    assert place.in_group() == set()
    assert place.account(ADMINISTRATOR) is None


def test_staff_who_study_too_are_enrolled_by_their_word(client, place):
    place.open(client, ADMINISTRATOR)
    page = place.open(client, replace(ADMINISTRATOR, roles=(LEARNER,)))
    page = post(client, page, "look-as-trainee")
    assert page.status_code == 200
    assert place.in_group() == {place.account(ADMINISTRATOR).person_id}
    again = place.open(client, replace(ADMINISTRATOR, roles=(LEARNER,)))
    assert not again.request.path.endswith("/look-as-trainee")


def test_leader_of_the_site_is_not_enrolled_by_a_launch_as_learner(client, session, place):
    leader = make.member(session, "leader", site=place.group.site)
    platforms.identity(session, leader, place.row, OLGA.subject)
    session.commit()
    page = place.open(client, OLGA)
    assert page.request.path.endswith("/look-as-trainee")
    assert f"/programmes/{place.group.version_id}/course" in page.text or "preview" in page.text
    assert place.in_group() == set()


def test_learner_who_never_taught_is_enrolled_as_before(client, place):
    place.open(client, OLGA)
    assert place.in_group() == {place.account(OLGA).person_id}


def test_staff_of_the_course_are_not_ticked_in_its_list(client, session, place):
    from lms.lti.models.services import Roster
    from lms.lti.rosters.matching import comparison
    from lms.lti.rosters.reader import Member

    place.open(client, ADMINISTRATOR)
    named = {"family_name": "Лазарева", "given_name": "Инга"}
    context = session.scalars(select(Participant)).one().context
    roster = Roster(context=context, cohort=place.group, members=[Member("admin-2", "learner", named=named).to_json()])
    [row] = comparison(session, roster).changes
    assert (row.ticked, row.doubt) == (False, "launched_as_staff")


# Two connections of one person


def test_second_connection_of_one_platform_knows_its_users(client, session, platform, place):
    place.open(client, OLGA)
    known = place.account(OLGA)
    platform.client_id = "second-client"
    second = ShownGroup(session, platform)
    second.open(client, OLGA)
    assert second.account(OLGA).id == known.id
    assert second.in_group() == {known.person_id}


def test_code_of_one_platform_ties_another_to_an_account_without_password(client, session, place, independent):
    page = place.open(client, OLGA)
    known = place.account(OLGA)
    shown = post(client, page, "my-log-in")
    code = re.search(r'<code class="big">([^<]+)</code>', shown.text)[1]
    assert known.username in shown.text
    other = ShownGroup(session, independent, place.group)
    page = other.open(client, replace(OLGA, subject="elsewhere"))
    assert page.request.path.endswith("/welcome")
    tied = post(client, page, "welcome", way="card", **{"card-login": known.username, "card-code": code})
    assert tied.status_code == 200, tied.text
    assert other.account(replace(OLGA, subject="elsewhere")).id == known.id
    assert place.in_group() == {known.person_id}


def test_code_that_ties_a_platform_opens_no_log_in(client, session, place):
    place.open(client, OLGA)
    account = place.account(OLGA)
    code = one_time_links.issue(session, account=account, purpose=one_time_links.TIE, actor=None, now=utc_now())
    session.commit()
    assert client.get(f"/link/{code}").status_code in (302, 410)
    answer = client.post("/log-in/card", data={"username": account.username, "code": code})
    assert answer.status_code == 422
    with pytest.raises(one_time_links.LinkGone):
        one_time_links.consume(session, code, now=utc_now())


# Changed names


@pytest.fixture
def leader(app, session, place):
    return log_in(app.test_client(), session, make.member(session, "leader", site=place.group.site))


def renamed(**values):
    return replace(OLGA, **values)


def test_name_changed_on_the_platform_is_proposed_to_the_leader(client, session, place, leader):
    place.open(client, OLGA)
    person = place.account(OLGA).person
    trainees = f"/groups/{place.group.id}/trainees"
    assert "platform-names" not in leader.get(trainees).text
    place.open(client, renamed(family="Весенняя", email="vesna@school.example"))
    assert "platform-names" in leader.get(trainees).text
    page = leader.get(f"/groups/{place.group.id}/platform-names")
    assert "Весенняя Ольга" in page.text
    session.expire_all()
    assert person.surname == "Зимина", "only the leader's word changes a name"
    [accept] = re.findall(r'action="([^"]+/accept)"', page.text)
    assert leader.post(accept).status_code == 303
    session.expire_all()
    assert (person.surname, person.email) == ("Весенняя", "vesna@school.example")
    former = session.scalars(select(PersonName).where(PersonName.person_id == person.id)).one()
    assert former.surname == "Зимина"
    assert "platform-names" not in leader.get(trainees).text
    assert leader.post(accept).status_code == 303


def test_name_left_as_it_was_is_not_proposed_again(client, session, place, leader):
    place.open(client, OLGA)
    for _launch in range(2):
        place.open(client, renamed(family="Весенняя"))
    page = leader.get(f"/groups/{place.group.id}/platform-names")
    [leave] = re.findall(r'action="([^"]+/leave)"', page.text)
    leader.post(leave)
    place.open(client, renamed(family="Весенняя"))
    assert "Весенняя" not in leader.get(f"/groups/{place.group.id}/platform-names").text
    assert place.account(OLGA).person.surname == "Зимина"


def test_name_that_differs_from_the_beginning_is_no_proposal(client, session, place, leader):
    known = make.account(session, username="zimina.o")
    platforms.identity(session, known, place.row, OLGA.subject)
    session.commit()
    for _launch in range(2):
        place.open(client, OLGA)
    assert "Зимина" not in leader.get(f"/groups/{place.group.id}/platform-names").text
