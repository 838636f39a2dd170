from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.core.auth.policy import SYSTEM, Actor, RoleAssignment, allowed
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.registry import operations, queries
from lms.registry.models import Order
from lms.registry.queries import SiteFilter
from lms.registry.status import APPLIED, ENDED, EXPIRED, GRANTED
from tests.factories import make

TODAY = utc_now().date()
STARTS, ENDS = date(2026, 9, 1), date(2029, 8, 31)


def grant(session, site, starts_on=STARTS, ends_on=ENDS, number="35-п"):
    return operations.grant_status(
        session,
        actor=SYSTEM,
        site=site,
        order_number=number,
        order_date=date(2026, 8, 25),
        starts_on=starts_on,
        ends_on=ends_on,
    )


def test_new_authority_has_nine_directions(session):
    authority = operations.create_authority(session, actor=SYSTEM, name=" ИМЦ  Ясногорска ")
    assert authority.name == "ИМЦ Ясногорска"
    assert len(queries.directions(session, authority.id)) == 9


def test_site_requires_direction_of_its_authority(session):
    authority = operations.create_authority(session, actor=SYSTEM, name="Один")
    other = operations.create_authority(session, actor=SYSTEM, name="Другой")
    school = operations.save_organization(
        session, actor=SYSTEM, authority_id=authority.id, name="МБОУ «Школа»", short_name="Школа"
    )
    own = queries.directions(session, authority.id)[2]
    site = operations.save_site(
        session, actor=SYSTEM, organization=school, direction_id=own.id, theme="Исследовательский урок"
    )
    assert site.authority_id == authority.id
    with pytest.raises(Invalid) as caught:
        foreign = queries.directions(session, other.id)[0]
        operations.save_site(session, actor=SYSTEM, organization=school, direction_id=foreign.id, theme="Тема")
    assert caught.value.field == "direction_id"


def test_status_is_granted_for_at_most_three_years(session):
    site = make.site(session, status=False)
    assert queries.site_state(site, STARTS).code == APPLIED
    with pytest.raises(Invalid, match=r"3.год") as caught:
        grant(session, site, ends_on=ENDS + timedelta(days=1))
    assert caught.value.field == "ends_on"
    with pytest.raises(Invalid):
        grant(session, site, ends_on=STARTS)
    status = grant(session, site)
    assert status.order.number == "35-п"
    assert queries.site_state(site, STARTS).code == GRANTED
    assert queries.site_state(site, ENDS + timedelta(days=1)).code == EXPIRED


def test_longest_term_is_setting_of_authority(session):
    site = make.site(session, status=False)
    site.authority.settings = {"status_years_at_most": 1}
    with pytest.raises(Invalid, match=r"1.год"):
        grant(session, site)
    grant(session, site, ends_on=date(2027, 8, 31))


def test_one_order_grants_statuses_of_many_sites(session):
    first = make.site(session, status=False)
    second = make.site(session, status=False, organization=first.organization)
    assert grant(session, first).order_id == grant(session, second).order_id
    assert len(session.scalars(select(Order).where(Order.number == "35-п")).all()) == 1


def test_rejects_overlapping_terms_and_accepts_renewal(session):
    site = make.site(session, status=False)
    grant(session, site)
    with pytest.raises(Invalid) as caught:
        grant(session, site, starts_on=ENDS, ends_on=date(2031, 8, 31))
    assert caught.value.field == "starts_on"
    grant(session, site, starts_on=ENDS + timedelta(days=1), ends_on=date(2032, 8, 31), number="40-п")
    assert queries.site_state(site, date(2030, 1, 1)).is_active


def test_end_status_records_day_and_reason(session):
    site = make.site(session, status=False)
    status = grant(session, site)
    for on, reason, field in (
        (date(2030, 1, 1), "Причина", "ended_on"),
        (date(2027, 1, 1), " ", "reason"),
    ):
        with pytest.raises(Invalid) as caught:
            operations.end_status(session, actor=SYSTEM, status=status, ended_on=on, reason=reason)
        assert caught.value.field == field
        session.refresh(status)
    operations.end_status(session, actor=SYSTEM, status=status, ended_on=date(2027, 1, 1), reason="Решение школы")
    state = queries.site_state(site, date(2027, 1, 1))
    assert (state.code, state.reason) == (ENDED, "Решение школы")
    with pytest.raises(Invalid):
        operations.end_status(session, actor=SYSTEM, status=status, ended_on=date(2027, 2, 1), reason="Ещё раз")
    grant(session, site, starts_on=date(2027, 1, 1), ends_on=date(2028, 12, 31), number="41-п")


def appoint(session, site, person, role="leader", **values):
    return operations.appoint(
        session,
        actor=SYSTEM,
        person_id=person.id,
        role=role,
        at="site",
        place_id=site.id,
        starts_on=TODAY,
        **values,
    )


def test_acting_leader_requires_order(session):
    site, person = make.site(session), make.person(session)
    with pytest.raises(Invalid) as caught:
        appoint(session, site, person, "acting_leader")
    assert caught.value.field == "order_number"
    assert appoint(session, site, person, "acting_leader", order_number="12-к").order_number == "12-к"


def test_rejects_role_of_another_place_and_second_appointment(session):
    site, person = make.site(session), make.person(session)
    with pytest.raises(Invalid):
        appoint(session, site, person, "methodologist")
    appoint(session, site, person)
    with pytest.raises(Invalid, match="эта роль"), session.begin_nested():
        appoint(session, site, person)
    appoint(session, site, person, "teacher")
    assert [member.membership.role for member in queries.members(session, "site", site.id)] == ["leader", "teacher"]


def test_ended_role_can_be_given_again(session):
    site, person = make.site(session), make.person(session)
    first = appoint(session, site, person)
    operations.end_membership(session, actor=SYSTEM, membership=first, on=TODAY)
    operations.end_membership(session, actor=SYSTEM, membership=first, on=TODAY + timedelta(days=1))
    assert first.ended_on == TODAY
    assert queries.members(session, "site", site.id) == []
    appoint(session, site, person)
    assert len(queries.members(session, "site", site.id, former=True)) == 2
    assert len(queries.roles_of(session, person.id)) == 2


def test_person_leads_one_site_and_teaches_at_another(session):
    here, there, person = make.site(session), make.site(session), make.person(session)
    appoint(session, here, person)
    appoint(session, there, person, "teacher")
    operations.appoint(
        session,
        actor=SYSTEM,
        person_id=person.id,
        role="coordinator",
        at="organization",
        place_id=there.organization_id,
        starts_on=TODAY,
    )
    operations.appoint(
        session,
        actor=SYSTEM,
        person_id=person.id,
        role="methodologist",
        at="authority",
        place_id=here.authority_id,
        starts_on=TODAY,
    )
    names = queries.place_names(session, queries.roles_of(session, person.id))
    assert set(names.values()) == {
        f"{here.organization.short_name}: {here.theme}",
        f"{there.organization.short_name}: {there.theme}",
        there.organization.short_name,
        here.authority.name,
    }


def test_registry_lists_states_and_leaders(session):
    running = make.site(session, theme="Наблюдение")
    applied = make.site(session, status=False, organization=running.organization, theme="Эксперимент")
    make.site(session)
    appoint(session, running, make.person(session, surname="Ёлкина", given_name="Юлия", patronymic=""))
    keepers = [running.authority_id]
    rows = queries.registry_of(session, keepers, SiteFilter(), day=TODAY)
    assert [(row.site.id, row.state.code, row.leaders) for row in rows] == [
        (running.id, GRANTED, ["Ёлкина Ю."]),
        (applied.id, APPLIED, []),
    ]
    later = TODAY + timedelta(days=850)
    for wanted, day, found in (
        (SiteFilter(state=APPLIED), TODAY, applied),
        (SiteFilter(query="наблюд"), TODAY, running),
        (SiteFilter(state="soon"), later, running),
    ):
        assert [row.site.id for row in queries.registry_of(session, keepers, wanted, day=day)] == [found.id]


def test_actor_sees_own_authorities_only(session):
    here, there = make.site(session), make.site(session)
    methodologist = Actor(1, 1, places=frozenset({RoleAssignment("methodologist", "authority", here.authority_id)}))
    assert [each.id for each in queries.authorities(session, methodologist)] == [here.authority_id]
    assert {here.authority_id, there.authority_id} <= {each.id for each in queries.authorities(session, SYSTEM)}
    assert allowed(methodologist, "site.grant", here)
    assert not allowed(methodologist, "site.see", there)
    leader = Actor(2, 2, places=frozenset({RoleAssignment("leader", "site", here.id)}))
    assert allowed(leader, "site.see", here)
    assert not allowed(leader, "site.grant", here)
    assert not allowed(leader, "registry.list")


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": " "}, "name"), ({"short_name": ""}, "short_name"), ({"time_zone": "Mars/Base"}, "time_zone")],
)
def test_invalid_organisation_is_reported_at_its_field(session, values, field):
    authority = make.authority(session)
    given = {"name": "МБОУ «Школа»", "short_name": "Школа"} | values
    with pytest.raises(Invalid) as caught:
        operations.save_organization(session, actor=SYSTEM, authority_id=authority.id, **given)
    assert caught.value.field == field
