from datetime import date, timedelta

import pytest

from lms.core.auth.policy import SYSTEM, Actor
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.people import consent
from tests.factories import make

NOW = utc_now()
TODAY = NOW.date()


def test_new_installation_has_default_text(session):
    assert consent.current_document(session) is None
    document = consent.ensure_document(session)
    assert document.number == 1
    assert consent.ensure_document(session) is document
    assert "персональных данных" in consent.text_of(document, "ru")
    assert "personal data" in consent.text_of(document, "en")


def test_giving_twice_writes_one_consent(session):
    account = make.account(session)
    actor = Actor(account.id, account.person_id)
    document = consent.ensure_document(session)
    assert consent.needed(session, account.person_id) is document
    for _ in range(2):
        consent.give(session, actor=actor, person_id=account.person_id, document_id=document.id, now=NOW)
    assert consent.needed(session, account.person_id) is None
    assert len(consent.history(session, account.person_id)) == 1


def test_new_version_needs_new_consent(session):
    account = make.account(session)
    actor = Actor(account.id, account.person_id)
    first = consent.ensure_document(session)
    consent.give(session, actor=actor, person_id=account.person_id, document_id=first.id, now=NOW)
    second = consent.publish(session, actor=SYSTEM, text_ru="Новый текст", text_en="A new text")
    assert second.number == 2
    assert consent.needed(session, account.person_id) is second
    with pytest.raises(Invalid, match="обновили"):
        consent.give(session, actor=actor, person_id=account.person_id, document_id=first.id, now=NOW)
    with pytest.raises(Invalid) as caught:
        consent.publish(session, actor=SYSTEM, text_ru="Текст", text_en=" ")
    assert caught.value.field == "text_en"


def test_withdrawn_consent_can_be_given_again(session):
    account = make.account(session)
    actor = Actor(account.id, account.person_id)
    document = consent.ensure_document(session)
    consent.give(session, actor=actor, person_id=account.person_id, document_id=document.id, now=NOW)
    consent.withdraw(session, actor=actor, person_id=account.person_id, now=NOW)
    consent.withdraw(session, actor=actor, person_id=account.person_id, now=NOW + timedelta(hours=1))
    assert consent.needed(session, account.person_id) is document
    consent.give(session, actor=actor, person_id=account.person_id, document_id=document.id, now=NOW)
    history = consent.history(session, account.person_id)
    assert sorted(each.withdrawn_at is None for each in history) == [False, True]
    assert {each.withdrawn_at for each in history} == {None, NOW}


def test_note_paper_records_date_and_account(session):
    person, noter = make.person(session), make.account(session)
    actor = Actor(noter.id, noter.person_id, is_administrator=True)
    for wrong in (None, TODAY + timedelta(days=1)):
        with pytest.raises(Invalid) as caught:
            consent.note_paper(session, actor=actor, person_id=person.id, paper_date=wrong, now=NOW, today=TODAY)
        assert caught.value.field == "paper_date"
    signed = date(2026, 9, 1)
    consent.note_paper(session, actor=actor, person_id=person.id, paper_date=signed, now=NOW, today=TODAY)
    kept = consent.history(session, person.id)[0]
    assert (kept.on_paper, kept.paper_date, kept.noted_by_id) == (True, signed, noter.id)
    assert consent.needed(session, person.id) is None
