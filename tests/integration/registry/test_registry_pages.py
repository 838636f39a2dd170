import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.core.clock import utc_now
from lms.core.mail.models import Message
from lms.core.people.models import Person
from lms.http import request_context
from lms.registry.models import Membership, Organization, Site, SiteStatus
from tests.factories import make
from tests.support.browsing import log_in

TODAY = make.TODAY


@pytest.fixture
def site(session):
    return make.site(session, status=False, theme="Наблюдение на уроке")


@pytest.fixture
def desk(client, session, site):
    """The methodologist's browser."""
    return log_in(client, session, make.member(session, "methodologist", authority=site.authority))


def plain(answer):
    return re.sub(r"\s+", " ", answer.text.replace("\xa0", " "))


def order(**values):
    given = {
        "order_number": "35-п",
        "order_date": TODAY.isoformat(),
        "starts_on": TODAY.isoformat(),
        "ends_on": (TODAY + timedelta(days=700)).isoformat(),
    }
    return given | values


def test_methodologist_creates_organisation_site_and_status(desk, session, site):
    school = {"name": "МАОУ «Лицей № 3»", "short_name": "Лицей № 3", "time_zone": "Asia/Novokuznetsk"}
    made = desk.post(f"/registry/authorities/{site.authority_id}/organizations/new", data=school)
    assert made.status_code == 302
    host = session.scalars(select(Organization).where(Organization.short_name == "Лицей № 3")).one()
    new = desk.post("/registry/sites/new", data={"organization_id": host.id, "direction_id": 0, "theme": "Опыты"})
    assert new.status_code == 422, "a direction is chosen from the authority's list"
    from lms.registry.models import Direction

    session.add(Direction(authority_id=site.authority_id, title="Естественные науки", position=0))
    session.commit()
    direction = session.scalars(select(Direction.id).where(Direction.authority_id == site.authority_id)).one()
    new = desk.post(
        "/registry/sites/new", data={"organization_id": host.id, "direction_id": direction, "theme": "Опыты"}
    )
    page = plain(desk.get(new.location))
    assert "подана заявка" in page
    key = int(new.location.rpartition("/")[2])
    assert desk.post(f"/registry/sites/{key}/status", data=order()).status_code == 302
    page = plain(desk.get(new.location))
    assert "Приказ № 35-п" in page
    assert "действует" in page
    assert "Опыты" in plain(desk.get("/registry?state=granted&q=опыт"))


def test_too_long_term_is_reported_at_its_field(desk, session, site):
    late = (TODAY + timedelta(days=1200)).isoformat()
    answer = desk.post(f"/registry/sites/{site.id}/status", data=order(ends_on=late))
    assert answer.status_code == 422
    assert 'id="ends_on-err"' in answer.text
    assert 'value="35-п"' in answer.text
    assert session.scalars(select(SiteStatus).where(SiteStatus.site_id == site.id)).all() == []
    empty = desk.post(f"/registry/sites/{site.id}/status", data={})
    assert empty.text.count('class="err"') == 4


def test_granting_twice_writes_one_status(desk, session, site):
    assert desk.post(f"/registry/sites/{site.id}/status", data=order()).status_code == 302
    again = desk.post(f"/registry/sites/{site.id}/status", data=order())
    assert again.status_code == 422
    assert len(session.scalars(select(SiteStatus).where(SiteStatus.site_id == site.id)).all()) == 1


def test_ending_status_requires_reason(desk, session, site):
    desk.post(f"/registry/sites/{site.id}/status", data=order())
    status = session.scalars(select(SiteStatus).where(SiteStatus.site_id == site.id)).one()
    path = f"/registry/statuses/{status.id}/end"
    assert desk.post(path, data={"ended_on": TODAY.isoformat(), "reason": ""}).status_code == 422
    ended = desk.post(path, data={"ended_on": TODAY.isoformat(), "reason": "Решение организации"})
    page = plain(desk.get(ended.location))
    assert "Решение организации" in page
    assert "прекращён" in page


def test_known_person_is_found_and_appointed(desk, session, site):
    known = make.person(
        session, surname="Ёлкина", given_name="Юлия", patronymic="", organization_id=site.organization_id
    )
    session.commit()
    path = f"/registry/site/{site.id}/members/new"
    found = desk.get(path, query_string={"q": "елк"}).text
    assert f"person={known.id}" in found
    assert "Ёлкина" not in desk.get(path, query_string={"q": "Ё"}).text, "two letters at least"
    form = desk.get(path, query_string={"person": known.id}).text
    assert f'value="{known.id}"' in form
    data = {"person_id": known.id, "role": "leader", "starts_on": TODAY.isoformat()}
    answer = desk.post(path, data=data)
    assert answer.status_code == 302
    assert "категория не указана" in plain(desk.get(answer.location))
    assert desk.post(path, data=data).status_code == 422
    session.refresh(known)
    assert known.account.username == "elkina.i"


def test_new_person_is_appointed_and_invited(desk, session, site):
    path = f"/registry/site/{site.id}/members/new?new=1"
    data = {"surname": "", "given_name": "Алла", "role": "teacher", "starts_on": TODAY.isoformat()}
    wrong = desk.post(path, data=data)
    assert 'id="surname-err"' in wrong.text
    assert 'value="Алла"' in wrong.text
    desk.post(path, data=data | {"surname": "Северцева", "email": "alla@school.ru"})
    person = session.scalars(select(Person).where(Person.surname == "Северцева")).one()
    assert session.scalars(select(Message.person_id)).one() == person.id
    assert session.scalars(select(Membership.role).where(Membership.person_id == person.id)).one() == "teacher"


def test_acting_leader_requires_order(desk, session, site):
    person = make.person(session, organization_id=site.organization_id)
    session.commit()
    path = f"/registry/site/{site.id}/members/new"
    data = {"person_id": person.id, "role": "acting_leader", "starts_on": TODAY.isoformat()}
    wrong = desk.post(path, data=data)
    assert 'id="order_number-err"' in wrong.text
    assert desk.post(path, data=data | {"order_number": "12-к"}).status_code == 302


def test_ended_role_ends_access(app, desk, session, site):
    leader = make.member(session, "leader", site=site)
    theirs = log_in(app.test_client(), session, leader)
    assert theirs.get(f"/registry/sites/{site.id}").status_code == 200
    membership = session.scalars(select(Membership).where(Membership.person_id == leader.person_id)).one()
    for _ in range(2):
        assert desk.post(f"/registry/members/{membership.id}/end").status_code == 302
    assert theirs.get(f"/registry/sites/{site.id}").status_code == 404


def test_roles_are_given_at_organisation_and_authority(desk, session, site):
    for at, key, role in (
        ("organization", site.organization_id, "coordinator"),
        ("authority", site.authority_id, "council_member"),
    ):
        person = make.person(session, organization_id=site.organization_id)
        session.commit()
        data = {"person_id": person.id, "role": role, "starts_on": TODAY.isoformat()}
        answer = desk.post(f"/registry/{at}/{key}/members/new", data=data)
        assert person.full_name in desk.get(answer.location).text
    assert desk.get(f"/registry/planet/{site.id}/members/new").status_code == 404
    foreign = {"person_id": person.id, "role": "leader", "starts_on": TODAY.isoformat()}
    assert desk.post(f"/registry/authority/{site.authority_id}/members/new", data=foreign).status_code == 422


def test_other_authority_is_not_found(desk, session):
    other = make.site(session)
    session.commit()
    status = session.scalars(select(SiteStatus).where(SiteStatus.site_id == other.id)).one()
    for path in (
        f"/registry/sites/{other.id}",
        f"/registry/sites/{other.id}/edit",
        f"/registry/sites/{other.id}/status",
        f"/registry/statuses/{status.id}/end",
        f"/registry/organizations/{other.organization_id}",
        f"/registry/organizations/{other.organization_id}/edit",
        f"/registry/authorities/{other.authority_id}",
        f"/registry/site/{other.id}/members/new",
    ):
        assert desk.get(path).status_code == 404, path
    assert other.theme not in desk.get("/registry").text
    foreign = {"organization_id": other.organization_id, "direction_id": 0, "theme": "Чужая"}
    assert desk.post("/registry/sites/new", data=foreign).status_code in (404, 422)
    assert session.scalars(select(Site).where(Site.theme == "Чужая")).all() == []


def test_organisation_is_edited(desk, session, site):
    host = site.organization
    page = desk.get(f"/registry/organizations/{host.id}/edit").text
    assert host.director in page
    values = {
        "name": host.name,
        "short_name": "Гимназия",
        "time_zone": "Asia/Novokuznetsk",
        "licensed": "y",
        "director": "",
    }
    desk.post(f"/registry/organizations/{host.id}/edit", data=values)
    session.refresh(host)
    assert (host.short_name, host.licensed, host.director) == ("Гимназия", True, "")
    assert "Гимназия" in desk.get("/registry/organizations?q=гимн").text


def test_people_of_the_authority_alone_are_suggested(desk, app, session, site):
    staff, trainee, elsewhere, nobodys = (make.person(session, surname="Суворова", given_name=name) for name in "АБВГ")
    staff.organization_id = site.organization_id
    make.enrolment(
        session, make.cohort(session, make.programme(session, site)), account=make.account(session, person=trainee)
    )
    elsewhere.organization_id = make.site(session).organization_id
    session.commit()
    path = f"/registry/site/{site.id}/members/new"
    found = desk.get(path, query_string={"q": "Суворова"}).text
    assert [f'person={one.id}"' in found for one in (staff, trainee, elsewhere, nobodys)] == [True, True, False, False]
    data = {"person_id": elsewhere.id, "role": "expert", "starts_on": TODAY.isoformat()}
    assert desk.post(path, data=data).status_code == 404
    assert desk.get(path, query_string={"person": "1" * 30}).status_code == 404
    office = log_in(app.test_client(), session, make.account(session, is_administrator=True))
    assert office.post(path, data=data).status_code == 302


@pytest.fixture
def night(monkeypatch):
    """The last 22:30 in UTC, when it is the next day in Novokuznetsk."""
    now = utc_now()
    moment = datetime(now.year, now.month, now.day, 22, 30, tzinfo=UTC)
    moment -= timedelta(days=int(moment > now))
    monkeypatch.setattr(request_context, "utc_now", lambda: moment)
    return moment


def test_role_begins_and_ends_on_the_day_of_its_place(desk, session, site, night):
    day = (night + timedelta(hours=7)).date()
    assert day > night.date()
    assert f'value="{day.isoformat()}"' in desk.get(f"/registry/site/{site.id}/members/new?new=1").text
    made = make.member(session, "teacher", site=site)
    membership = session.scalars(select(Membership).where(Membership.person_id == made.person_id)).one()
    desk.post(f"/registry/members/{membership.id}/end")
    session.refresh(membership)
    assert membership.ended_on == day


@pytest.mark.parametrize("role", ["director", "coordinator"])
def test_host_reaches_its_site_from_home(client, session, site, role):
    log_in(client, session, make.member(session, role, organization=site.organization))
    organization, page = f"/registry/organizations/{site.organization_id}", f"/registry/sites/{site.id}"
    assert f'href="{organization}"' in client.get("/").text
    assert f'href="{page}"' in client.get(organization).text
    answer = client.get(page)
    assert "подана заявка" in plain(answer)
    assert "Ввести приказ" not in plain(answer)


def test_host_of_another_site_finds_no_page(client, session, site):
    log_in(client, session, make.member(session, "director", organization=make.site(session).organization))
    for path in (f"/registry/organizations/{site.organization_id}", f"/registry/sites/{site.id}"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert site.theme not in answer.text
