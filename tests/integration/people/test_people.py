import pytest
from sqlalchemy import select

from lms.core.audit import AuditEntry
from lms.core.auth import passwords
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.people import operations, sessions
from lms.core.people.models import Account, PersonName
from tests.factories import make


def somebody(session, surname="Гаврилова", given_name="Нина", patronymic="Павловна", **values):
    return operations.create_person(
        session, actor=SYSTEM, surname=surname, given_name=given_name, patronymic=patronymic, **values
    )


def test_create_person_cleans_values(session):
    person = somebody(session, " ЁЛКИНА ", "юлия", "", email=" Yulia@School.RU ", phone="", position=" Учитель  химии ")
    assert person.full_name == "Ёлкина Юлия"
    assert person.sort_key == "елкина юлия"
    assert (person.email, person.phone, person.position) == ("yulia@school.ru", None, "Учитель химии")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"surname": " "}, "surname"),
        ({"given_name": "Анна1"}, "given_name"),
        ({"patronymic": "x" * 121}, "patronymic"),
        ({"email": "нет"}, "email"),
        ({"email": "a@b.ru, c@d.ru"}, "email"),
        ({"position": "x" * 501}, "position"),
    ],
)
def test_invalid_value_is_reported_at_its_field(session, values, field):
    with pytest.raises(Invalid) as caught:
        somebody(session, **values)
    assert caught.value.field == field


def test_namesakes_get_different_user_names(session):
    first, second = somebody(session), somebody(session)
    names = [operations.create_account(session, actor=SYSTEM, person=person).username for person in (first, second)]
    assert first.id != second.id
    assert names == ["gavrilova.np", "gavrilova.np2"]


def test_rename_keeps_former_names(session):
    person = somebody(session)
    operations.rename_person(
        session, actor=SYSTEM, person=person, surname="Орлова", given_name="Нина", patronymic="Павловна"
    )
    operations.rename_person(
        session, actor=SYSTEM, person=person, surname="Орлова", given_name="Нина", patronymic="Павловна"
    )
    former = session.scalars(select(PersonName).where(PersonName.person_id == person.id)).all()
    assert [name.surname for name in former] == ["Гаврилова"]
    assert person.sort_key == "орлова нина павловна"


def test_taken_user_name_is_reported_at_its_field(session):
    operations.create_account(session, actor=SYSTEM, person=somebody(session), username="nina")
    with pytest.raises(Invalid) as caught:
        operations.create_account(session, actor=SYSTEM, person=somebody(session), username=" NINA ")
    assert caught.value.field == "username"


def test_rejects_second_account_of_person(session):
    person = somebody(session)
    operations.create_account(session, actor=SYSTEM, person=person)
    with pytest.raises(Invalid, match="учётная запись"):
        operations.create_account(session, actor=SYSTEM, person=person)


def test_accounts_may_share_email(session):
    accounts = [
        operations.create_account(session, actor=SYSTEM, person=somebody(session, email="school@example.org"))
        for _ in range(2)
    ]
    assert {account.email for account in accounts} == {"school@example.org"}


def test_changed_password_ends_other_sessions(session):
    account, now = make.account(session), utc_now()
    actor = Actor(account.id, account.person_id)
    tokens = [sessions.open_session(session, account, user_agent="x", ip_address="", now=now) for _ in range(3)]
    mine = sessions.find_session(session, tokens[0], now=now)
    operations.set_password(session, actor=actor, account=account, password="три зелёных кота", now=now)
    assert not sessions.list_sessions(session, account.id, now=now)
    tokens = [sessions.open_session(session, account, user_agent="x", ip_address="", now=now) for _ in range(2)]
    mine = sessions.find_session(session, tokens[0], now=now).session
    operations.change_password(
        session,
        actor=actor,
        account=account,
        current="три зелёных кота",
        new="четыре рыжих кота",
        now=now,
        keep_session=mine.id,
    )
    assert [each.id for each in sessions.list_sessions(session, account.id, now=now)] == [mine.id]
    assert passwords.verify(account.password_hash, "четыре рыжих кота")


def test_change_password_requires_current_password(session):
    account, now = make.account(session), utc_now()
    actor = Actor(account.id, account.person_id)
    operations.set_password(session, actor=actor, account=account, password="три зелёных кота", now=now)
    for current, new, field in (("не тот", "четыре рыжих кота", "current"), ("три зелёных кота", "мало", "new")):
        with pytest.raises(Invalid) as caught:
            operations.change_password(session, actor=actor, account=account, current=current, new=new, now=now)
        assert caught.value.field == field


def test_closing_account_ends_its_sessions(session):
    account, now = make.account(session), utc_now()
    token = sessions.open_session(session, account, user_agent="", ip_address="", now=now)
    operations.set_active(session, actor=SYSTEM, account=account, active=False, now=now)
    assert sessions.find_session(session, token, now=now) is None
    with pytest.raises(Invalid):
        operations.set_active(session, actor=Actor(account.id, None), account=account, active=False, now=now)


def test_update_account_changes_settings(session):
    account = make.account(session)
    actor = Actor(account.id, account.person_id)
    given = {"email": "A@b.ru", "current": "", "locale": "en", "time_zone": "Europe/Moscow", "now": utc_now()}
    operations.update_account(session, actor=actor, account=account, **given)
    assert (account.email, account.locale, account.time_zone) == ("a@b.ru", "en", "Europe/Moscow")
    for values, field in (({"locale": "fr"}, "locale"), ({"time_zone": "Mars/Base"}, "time_zone")):
        with pytest.raises(Invalid) as caught:
            operations.update_account(session, actor=actor, account=account, **given | values)
        assert caught.value.field == field


def test_operations_write_audit_entries(session):
    person = somebody(session)
    account = operations.create_account(session, actor=Actor(None, None), person=person)
    session.flush()
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2)).all()
    assert set(actions) == {"person.create", "account.create"}
    assert session.get(Account, account.id) is account
