from datetime import date

import pytest
from sqlalchemy import select

from lms.core.audit import AuditEntry
from lms.core.auth.policy import SYSTEM
from lms.core.errors import Invalid
from lms.core.people import personal_data
from lms.core.people.models import PersonalData
from lms.core.people.personal_data import Key, KeyRing
from tests.factories import make

OLD, NEW = Key("old", b"a" * 32), Key("new", b"b" * 32)
BORN = date(1979, 5, 17)


@pytest.fixture(autouse=True)
def keys(session):
    before = personal_data._ring[:]
    personal_data.configure(KeyRing([OLD]))
    yield
    personal_data._ring[:] = before


def keep(session, person, number="112-233-445 95", born=BORN):
    personal_data.keep(session, actor=SYSTEM, person_id=person.id, identity_number=number, birth_date=born)


def test_kept_encrypted_and_read_on_the_record(session):
    person = make.person(session)
    keep(session, person)
    row = session.get(PersonalData, person.id)
    assert b"11223344595" not in bytes(row.identity_number)
    assert b"1979" not in bytes(row.birth_date)
    assert personal_data.read(session, actor=SYSTEM, person_id=person.id, purpose="удостоверение") == (
        "11223344595",
        BORN,
    )
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "personal_data.read")).one()
    assert entry.detail["purpose"] == "удостоверение"
    assert "11223344595" not in str(entry.detail)


def test_found_by_number_only(session):
    person = make.person(session)
    keep(session, person)
    assert personal_data.person_with(session, "11223344595") == person.id
    assert personal_data.person_with(session, "087-654-302 00") is None
    with pytest.raises(Invalid):
        personal_data.person_with(session, "1")


def test_replaced_and_forgotten(session):
    person = make.person(session)
    keep(session, person)
    keep(session, person, number=None, born=BORN)
    assert personal_data.person_with(session, "11223344595") is None
    personal_data.forget(session, actor=SYSTEM, person_id=person.id)
    assert personal_data.read(session, actor=SYSTEM, person_id=person.id, purpose="x") == (None, None)


def test_keys_are_renewed(session):
    people = [make.person(session) for _ in range(3)]
    for person in people:
        keep(session, person, number=None)
    keep(session, people[0])
    personal_data.configure(KeyRing([NEW, OLD]))
    assert personal_data.person_with(session, "11223344595") == people[0].id
    assert personal_data.renew_keys(session) == 3
    assert personal_data.renew_keys(session) == 0
    personal_data.configure(KeyRing([NEW]))
    assert personal_data.person_with(session, "11223344595") == people[0].id
    assert personal_data.read(session, actor=SYSTEM, person_id=people[1].id, purpose="x") == (None, BORN)
