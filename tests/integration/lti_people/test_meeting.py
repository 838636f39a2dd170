"""Resolution of a platform's user by subject, never by name or e-mail address."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from courses.groups.invitations import access_methods
from lms.core.auth.identities import ExternalIdentity
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.people.models import Account, Person
from lms.lti.errors import Refused
from lms.lti.identity.account_resolution import account_of, link_identity, resolve_account, unlink_identity
from lms.lti.identity.enrolment import enrol_at_launch
from lms.lti.messages.roles import PlatformRole
from tests.factories import make, platforms

OLGA = {"given_name": "Ольга", "family_name": "Зимина", "middle_name": "Ивановна", "email": "zimina@school.example"}


def met(session, platform, cohort, subject="77", named=OLGA, platform_role=PlatformRole.LEARNER):
    return resolve_account(
        session,
        platform=platform,
        subject=subject,
        named=named,
        locale="en",
        cohort=cohort,
        platform_role=platform_role,
        now=utc_now(),
    )


def test_first_launch_creates_account(session):
    platform, cohort = platforms.platform(session), make.cohort(session)
    account = met(session, platform, cohort)
    assert account.person.full_name == "Зимина Ольга Ивановна"
    assert (account.email, account.locale, account.password_hash) == ("zimina@school.example", "en", None)
    assert account_of(session, platform, "77") is account
    assert met(session, platform, cohort) is account


def test_later_launch_keeps_name(session):
    platform, cohort = platforms.platform(session), make.cohort(session)
    account = met(session, platform, cohort)
    again = met(session, platform, cohort, named=OLGA | {"family_name": "Летова"})
    assert again is account
    assert again.person.surname == "Зимина"


def test_equal_email_is_not_linked(session):
    platform, cohort = platforms.platform(session), make.cohort(session)
    known = make.account(session, email="zimina@school.example")
    known.person.email = "zimina@school.example"
    account = met(session, platform, cohort)
    assert account is not known
    assert account.email is None, "another's address must not become ambiguous at the log-in"


@pytest.mark.parametrize("named", [{}, {"name": "Зимина Ольга Ивановна"}, {"given_name": "Ольга"}, {"given_name": 7}])
def test_incomplete_name_creates_no_account(session, named):
    assert met(session, platforms.platform(session), make.cohort(session), named=named) is None


@pytest.mark.parametrize(
    ("surname", "patronymic", "email"),
    [("Зимина", "Ивановна", None), ("Зимина", "", None), ("Другая", "Ивановна", "zimina@school.example")],
)
def test_similar_person_in_group_creates_no_account(session, surname, patronymic, email):
    platform, cohort = platforms.platform(session), make.cohort(session)
    person = make.person(session, surname=surname, given_name="Ольга", patronymic=patronymic, email=email)
    make.enrolment(session, cohort, account=make.account(session, person=person))
    assert met(session, platform, cohort) is None
    assert met(session, platform, make.cohort(session)) is not None, "in another group nobody is similar"


def test_namesake_of_same_platform_is_another_person(session):
    platform, cohort = platforms.platform(session), make.cohort(session)
    first = met(session, platform, cohort, "1")
    enrol_at_launch(session, cohort=cohort, account=first, now=utc_now())
    second = met(session, platform, cohort, "2")
    assert second is not None
    assert second.id != first.id


def test_different_patronymic_is_another_person(session):
    platform, cohort = platforms.platform(session), make.cohort(session)
    person = make.person(session, surname="Зимина", given_name="Ольга", patronymic="Петровна")
    make.enrolment(session, cohort, account=make.account(session, person=person))
    assert met(session, platform, cohort) is not None


@pytest.mark.parametrize(
    "platform_role", [PlatformRole.MENTOR, PlatformRole.ADMINISTRATOR, PlatformRole.OTHER, PlatformRole.INSTRUCTOR]
)
def test_other_roles_get_no_account(session, platform_role):
    assert met(session, platforms.platform(session), make.cohort(session), platform_role=platform_role) is None


def test_teaching_instructor_gets_account(session):
    site = make.site(session)
    platform = platforms.platform(session, site_id=site.id, instructors_teach=True)
    assert met(session, platform, None, platform_role=PlatformRole.INSTRUCTOR) is not None
    person = make.member(session, "leader", site=site).person
    named = {"given_name": person.given_name, "family_name": person.surname}
    assert met(session, platform, None, "8", named, PlatformRole.INSTRUCTOR) is None


def test_anonymous_or_without_group_gets_no_account(session):
    platform, cohort = platforms.platform(session), make.cohort(session)
    assert met(session, platform, cohort, subject=None) is None
    assert met(session, platform, None) is None


def test_account_may_be_linked_to_two_platforms(session):
    first, second, cohort = platforms.platform(session), platforms.platform(session), make.cohort(session)
    account = met(session, first, cohort)
    link_identity(session, account=account, platform=second, subject="abc", now=utc_now())
    assert account_of(session, second, "abc") is account
    assert account_of(session, first, "abc") is None


def test_subject_has_one_account(session):
    platform = platforms.platform(session)
    old, fresh = make.account(session), make.account(session)
    for account in (fresh, old, old):
        link_identity(session, account=account, platform=platform, subject="5", now=utc_now())
    found = session.scalars(select(ExternalIdentity).where(ExternalIdentity.subject == "5")).all()
    assert [one.account_id for one in found] == [old.id]


def test_linking_updates_participants(session):
    platform = platforms.platform(session)
    here = platforms.participant(session, platforms.context(session, platform), None, subject="5")
    elsewhere = platforms.participant(session, platforms.context(session), None, subject="5")
    account = make.account(session, password_hash="x")
    link_identity(session, account=account, platform=platform, subject="5", now=utc_now())
    session.expire_all()
    assert (here.account_id, elsewhere.account_id) == (account.id, None)
    identity = session.scalars(select(ExternalIdentity).where(ExternalIdentity.account_id == account.id)).one()
    unlink_identity(session, account=account, identity=identity, now=utc_now())
    session.expire_all()
    assert here.account_id is None
    assert account_of(session, platform, "5") is None


def test_unlink_requires_password(session):
    platform, cohort = platforms.platform(session), make.cohort(session)
    account = met(session, platform, cohort)
    identity = session.scalars(select(ExternalIdentity).where(ExternalIdentity.account_id == account.id)).one()
    with pytest.raises(Invalid):
        unlink_identity(session, account=account, identity=identity, now=utc_now())


def test_closed_account_is_refused(session):
    platform = platforms.platform(session)
    platforms.identity(session, make.account(session, is_active=False), platform, "5")
    with pytest.raises(Refused) as refused:
        met(session, platform, make.cohort(session), "5")
    assert refused.value.reason == "account_closed"


def test_patronymic_after_given_name_is_recognised(session):
    named = {"given_name": "Ольга Ивановна", "family_name": "ЗИМИНА"}
    account = met(session, platforms.platform(session), make.cohort(session), named=named)
    assert account.person.full_name == "Зимина Ольга Ивановна"


def test_test_user_is_labelled(session):
    platform = platforms.platform(session, name="Canvas лицея")
    account = met(session, platform, make.cohort(session), named=OLGA | {"test": True})
    assert account.person.workplace == "тестовый пользователь «Canvas лицея»"


def test_refused_launch_creates_no_person(session):
    before = session.scalar(select(func.count()).select_from(Person))
    met(session, platforms.platform(session), make.cohort(session), named={"name": "Кто-то"})
    assert session.scalar(select(func.count()).select_from(Person)) == before
    assert session.scalar(select(func.count()).select_from(Account).where(Account.username == "zimina.oi")) == 0


def test_enrolling_twice_creates_one_enrolment(session):
    cohort, account = make.cohort(session), make.account(session)
    first = enrol_at_launch(session, cohort=cohort, account=account, now=utc_now())
    assert first.accepted_at is not None
    assert enrol_at_launch(session, cohort=cohort, account=account, now=utc_now()) is first


def test_ended_group_is_refused(session):
    account, now = make.account(session), utc_now()
    for values in ({"closed_at": now}, {"ends_on": make.TODAY - timedelta(days=2)}):
        cohort = make.cohort(session, **values)
        with pytest.raises(Refused) as refused:
            enrol_at_launch(session, cohort=cohort, account=account, now=now)
        assert refused.value.reason == "group_closed"
        there = make.enrolment(session, cohort)
        assert enrol_at_launch(session, cohort=cohort, account=there.person.account, now=now) is there


@pytest.mark.parametrize("state", ["withdrawn", "transferred"])
def test_trainee_withdrawn_by_order_is_refused(session, state):
    enrolment = make.enrolment(session, state=state)
    with pytest.raises(Refused) as refused:
        enrol_at_launch(session, cohort=enrolment.cohort, account=enrolment.person.account, now=utc_now())
    assert refused.value.reason == "withdrawn"


def test_linked_account_gets_no_card(session):
    platform, cohort = platforms.platform(session), make.cohort(session)
    account = met(session, platform, cohort)
    enrolment = enrol_at_launch(session, cohort=cohort, account=account, now=utc_now())
    assert access_methods(session, cohort.id) == {enrolment.id: "own"}
    other = make.enrolment(session, cohort)
    assert access_methods(session, cohort.id)[other.id] == "card"
