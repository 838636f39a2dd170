from datetime import date

import pytest
from sqlalchemy import select

from lms.core.audit import AuditEntry
from lms.core.auth.policy import SYSTEM
from lms.core.crypto.key_ring import Key, KeyRing
from lms.core.errors import Invalid
from lms.core.people import personal_data
from lms.core.people.models import PersonalData
from tests.factories import make
from tests.support.personal_data import person_with

KEY = Key("old", b"a" * 32)
BORN = date(1979, 5, 17)


@pytest.fixture(autouse=True)
def keys(session):
    before = personal_data._ring[:]
    personal_data.configure(KeyRing([KEY]))
    yield
    personal_data._ring[:] = before


def keep(session, person, number="112-233-445 95", born=BORN):
    personal_data.keep(session, actor=SYSTEM, person_id=person.id, identity_number=number, birth_date=born)


def test_keep_encrypts_and_read_writes_audit_entry(session):
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


def test_person_with_finds_by_number(session):
    person = make.person(session)
    keep(session, person)
    assert person_with(session, "11223344595") == person.id
    assert person_with(session, "087-654-302 00") is None
    with pytest.raises(Invalid):
        person_with(session, "1")


def test_keep_replaces_and_forget_deletes(session):
    person = make.person(session)
    keep(session, person)
    keep(session, person, number=None, born=BORN)
    assert person_with(session, "11223344595") is None
    personal_data.forget(session, actor=SYSTEM, person_id=person.id)
    assert personal_data.read(session, actor=SYSTEM, person_id=person.id, purpose="x") == (None, None)
