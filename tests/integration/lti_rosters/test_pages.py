"""The leader's pages of rosters: request, wait, preview, apply; repeated and from two windows."""

import pytest
from sqlalchemy import select

from courses.models.groups import Enrolment
from lms.core.people.models import Person
from lms.lti.models.launches import Context
from lms.lti.models.services import Roster
from lms.lti.rosters.fetching import fetch_roster
from lms.lti.rosters.matching import comparison
from lms.lti.services.tokens import reset_tokens
from tests.factories import make, platforms
from tests.support.browsing import log_in
from tests.support.platform.course import INSTRUCTOR
from tests.support.platform.strict import registered


@pytest.fixture
def group(session, platform):
    reset_tokens()
    cohort = make.cohort(session)
    row = registered(session, platform, name="Мудл лицея")
    platforms.shown(session, cohort, platforms.context_of(session, row, platform))
    platform.course.people.clear()
    platform.course.add_person(subject="1", given="Анна", family="Ветрова", middle="Петровна")
    platform.course.add_person(subject="2", given="Олег", family="Лесной", roles=(INSTRUCTOR,))
    return cohort


@pytest.fixture
def leader(client, session, group):
    return log_in(client, session, make.member(session, "leader", site=group.site))


def ask(leader, session, group):
    context = session.scalars(select(Roster.context_id)).first() or platforms_context(session)
    return leader.post(f"/groups/{group.id}/platform-list", data={"context": context, "link": ""})


def platforms_context(session):
    return session.scalars(select(Context.id)).one()


def roster_of(session, answer):
    assert answer.status_code == 303, answer.text
    return session.get_one(Roster, int(answer.location.rsplit("/", 1)[1]))


def taken(leader, session, group):
    roster = roster_of(session, ask(leader, session, group))
    fetch_roster(session, roster.id)
    session.commit()
    return roster


def names(session, group):
    rows = select(Person.surname, Enrolment.state).join(Enrolment).where(Enrolment.cohort_id == group.id)
    return dict(session.execute(rows).all())


def test_leader_requests_and_applies_roster(leader, session, group, platform):
    assert f"/groups/{group.id}/platform-list" in leader.get(f"/groups/{group.id}/trainees").text
    page = leader.get(f"/groups/{group.id}/platform-list")
    assert platform.course.title in page.text
    assert "Мудл лицея" in page.text
    roster = roster_of(session, ask(leader, session, group))
    address = f"/groups/platform-lists/{roster.id}"
    waiting = leader.get(address)
    assert "data-poll" in waiting.text
    assert "http-equiv" in waiting.text, "without scripts the page asks by itself"
    assert "data-poll" in leader.get(f"{address}/state").text
    fetch_roster(session, roster.id)
    session.commit()
    assert leader.get(f"{address}/state").status_code == 303
    page = leader.get(address)
    assert "Ветрова Анна Петровна" in page.text
    assert "Лесной" not in page.text, "who teaches is no news"
    assert "1 человек там преподаёт" in page.text.replace("\xa0", " ")
    for _click in range(2):
        done = leader.post(address, data={"who": ["1"]}, follow_redirects=True)
        assert "Список применён" in done.text
    assert names(session, group) == {"Ветрова": "enrolled"}
    assert "<span>Зачислен 1 стажёр" in done.text.replace("\xa0", " ")


def test_second_window_changes_nothing(leader, session, group):
    one, two = taken(leader, session, group), taken(leader, session, group)
    assert one.id != two.id
    for roster in (one, two):
        assert leader.post(f"/groups/platform-lists/{roster.id}", data={"who": ["1"]}).status_code == 303
    assert names(session, group) == {"Ветрова": "enrolled"}
    session.expire_all()
    assert (one.result["enrolled"], two.result["enrolled"]) == (1, 0)


def test_unreachable_platform_shows_error(leader, session, group, platform):
    platform.fail("members", status=503, times=1)
    roster = taken(leader, session, group)
    page = leader.get(f"/groups/platform-lists/{roster.id}")
    assert "Список не пришёл" in page.text
    assert "503" in page.text
    assert leader.post(f"/groups/platform-lists/{roster.id}/again").status_code == 303
    fetch_roster(session, roster.id)
    session.commit()
    assert "Ветрова" in leader.get(f"/groups/platform-lists/{roster.id}").text


def test_whole_name_is_completed(leader, session, group, platform):
    platform.course.people.clear()
    platform.fail("members", status=200, body=BODY, content_type="application/json")
    roster = taken(leader, session, group)
    address = f"/groups/platform-lists/{roster.id}"
    page = leader.get(address)
    (change,) = comparison_of(session, roster)
    assert 'value="Ветрова"' in page.text
    wrong = leader.post(
        address, data={"who": ["77"], f"surname-{change.mark}": "", f"given_name-{change.mark}": "Нюра"}
    )
    assert wrong.status_code == 422
    assert 'value="Нюра"' in wrong.text
    assert names(session, group) == {}
    data = {"who": ["77"], f"surname-{change.mark}": "Ветрова", f"given_name-{change.mark}": "Анна"}
    assert leader.post(address, data=data).status_code == 303
    assert names(session, group) == {"Ветрова": "enrolled"}


BODY = '{"members": [{"user_id": "77", "name": "Ветрова Анна", "roles": ["Learner"]}]}'


def comparison_of(session, roster):
    return comparison(session, roster).changes


def test_withdrawal_requires_reason(leader, session, group, platform):
    roster = taken(leader, session, group)
    leader.post(f"/groups/platform-lists/{roster.id}", data={"who": ["1"]})
    platform.course.people.clear()
    roster = taken(leader, session, group)
    address = f"/groups/platform-lists/{roster.id}"
    page = leader.get(address)
    assert "Ушли с курса" in page.text
    (change,) = comparison_of(session, roster)
    wrong = leader.post(address, data={"who": [change.key], "reason": " "})
    assert wrong.status_code == 422
    assert 'id="reason-err"' in wrong.text
    assert leader.post(address, data={"who": [], "reason": ""}).status_code == 303
    assert names(session, group) == {"Ветрова": "enrolled"}, "nobody is withdrawn unticked"
    roster = taken(leader, session, group)
    leader.post(f"/groups/platform-lists/{roster.id}", data={"who": [change.key], "reason": "уволилась"})
    assert names(session, group) == {"Ветрова": "withdrawn"}
    assert "уволилась" in leader.get(f"/groups/trainees/{change.enrolment_id}").text


def test_course_of_another_group_is_refused(leader, session, group):
    other = platforms.context(session, roster_url="https://x.example/")
    session.commit()
    answer = leader.post(f"/groups/{group.id}/platform-list", data={"context": other.id})
    assert answer.status_code == 422
    assert leader.post(f"/groups/{group.id}/platform-list", data={"context": "x"}).status_code == 422


def test_group_without_platform_has_no_button(client, session):
    cohort = make.cohort(session)
    leader = log_in(client, session, make.member(session, "leader", site=cohort.site))
    assert "platform-list" not in leader.get(f"/groups/{cohort.id}/trainees").text
    page = leader.get(f"/groups/{cohort.id}/platform-list")
    assert "Эту группу не показывает" in page.text.replace("\xa0", " ")


def test_equal_roster_shows_no_changes(leader, session, group, platform):
    platform.course.people.clear()
    roster = taken(leader, session, group)
    assert "Менять нечего" in leader.get(f"/groups/platform-lists/{roster.id}").text
