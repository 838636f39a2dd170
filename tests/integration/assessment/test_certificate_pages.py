"""Pages of a group's certificates: withdrawal, and the successor that a leader orders."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from assessment.certificates.codes import grouped
from assessment.certificates.operations import number_many
from assessment.completion.operations import EVALUATE, NUMBER, evaluate_enrolment
from assessment.models.certificates import Certificate
from lms.core.auth.policy import SYSTEM
from lms.core.jobs.models import Job
from lms.core.people.operations import rename_person
from lms.http.login import COOKIE
from tests.factories import make
from tests.support.browsing import log_in


@pytest.fixture
def issued(session):
    """A certificate and the leader of its site."""
    enrolment = make.enrolment(session, hours_done=Decimal(18))
    number_many(session, [enrolment.id])
    certificate = session.scalars(select(Certificate)).one()
    return certificate, make.member(session, "leader", site=enrolment.cohort.site)


def ordered(session) -> list[int]:
    return list(session.scalars(select(Job.subject_id).where(Job.kind == NUMBER)))


def test_one_button_withdraws_and_issues_again(client, session, issued):
    certificate, leader = issued
    log_in(client, session, leader)
    address = f"/certificates/{certificate.id}/withdraw"
    assert "Отозвать и выдать заново" in client.get(address).text
    assert client.post(address, data={"reason": " ", "reissue": "yes"}).status_code == 422
    assert ordered(session) == []
    answer = client.post(address, data={"reason": "Опечатка в фамилии", "reissue": "yes"}, follow_redirects=True)
    assert "Новый выдаётся под следующим номером" in answer.text
    assert ordered(session) == [certificate.enrolment_id]


def test_holder_and_verifier_see_the_successor_with_the_corrected_name(client, session, issued):
    certificate, leader = issued
    person = certificate.enrolment.person
    misprint, person.surname = certificate.person_name, "Исправленная"
    session.commit()
    log_in(client, session, leader)
    client.post(f"/certificates/{certificate.id}/withdraw", data={"reason": "Опечатка в фамилии", "reissue": "yes"})
    number_many(session, ordered(session))
    session.commit()
    successor = session.scalars(select(Certificate).where(Certificate.withdrawn_at.is_(None))).one()
    assert (successor.person_name, certificate.person_name) == (person.full_name, misprint)
    log_in(client, session, person.account)
    page = client.get("/certificates").text
    assert page.index(successor.number_text) < page.index(certificate.number_text)
    assert "Опечатка в фамилии" in page
    assert f"Взамен выдан № {successor.number_text}" in " ".join(page.split())
    client.delete_cookie(COOKIE)
    old, new = (client.get(f"/verify/{grouped(one.code)}").text for one in (certificate, successor))
    assert "Опечатка в фамилии" in old
    assert f'href="/verify/{grouped(successor.code)}"' in old
    assert person.full_name in new
    assert "Опечатка" not in new


def test_withdrawn_certificate_can_be_issued_again_later(client, session, issued):
    certificate, leader = issued
    log_in(client, session, leader)
    client.post(f"/certificates/{certificate.id}/withdraw", data={"reason": "Проверяем"})
    assert ordered(session) == []
    group = f"/groups/{certificate.enrolment.cohort_id}/certificates"
    page = client.get(group).text
    assert "Проверяем" in page
    assert f"/certificates/{certificate.id}/issue-again" in page
    client.post(f"/certificates/{certificate.id}/issue-again")
    assert ordered(session) == [certificate.enrolment_id]
    number_many(session, ordered(session))
    assert f"/certificates/{certificate.id}/issue-again" not in client.get(group).text


def test_trainee_reads_that_the_leader_decides_on_another_certificate(client, session, issued):
    certificate, leader = issued
    log_in(client, session, leader)
    client.post(f"/certificates/{certificate.id}/withdraw", data={"reason": "Проверяем"})
    holder = certificate.enrolment.person.account
    log_in(client, session, holder)
    for address in ("/certificates", "/"):
        assert "решает руководитель" in client.get(address).text


def test_changed_name_flags_the_certificate_to_the_leader(client, session, issued):
    certificate, leader = issued
    log_in(client, session, leader)
    page = f"/groups/{certificate.enrolment.cohort_id}/certificates"
    assert "имя теперь" not in client.get(page).text
    person = certificate.enrolment.person
    rename_person(session, actor=SYSTEM, person=person, surname="Новикова", given_name=person.given_name)
    assert f"имя теперь: {person.full_name}" in client.get(page).text
    assert certificate.withdrawn_at is None


def test_name_that_cannot_be_printed_holds_the_certificate_with_words_to_leader_and_trainee(client, session):
    enrolment = make.enrolment(session, hours_done=Decimal(18))
    person = enrolment.person
    rename_person(session, actor=SYSTEM, person=person, surname="王", given_name="Ли")
    evaluate_enrolment(session, enrolment.id)
    number_many(session, [enrolment.id])
    assert session.scalars(select(Certificate)).all() == []
    log_in(client, session, make.member(session, "leader", site=enrolment.cohort.site))
    for page in (f"/groups/{enrolment.cohort_id}/certificates", f"/groups/trainees/{enrolment.id}"):
        assert "нельзя напечатать эти буквы имени: 王" in client.get(page, follow_redirects=True).text
    log_in(client, session, person.account)
    for page in ("/certificates", "/"):
        assert "нельзя напечатать эти буквы имени: 王" in client.get(page).text


def test_name_that_can_be_printed_again_issues_the_held_certificate(session):
    enrolment = make.enrolment(session, hours_done=Decimal(18))
    rename_person(session, actor=SYSTEM, person=enrolment.person, surname="王", given_name="Ли")
    number_many(session, [enrolment.id])
    rename_person(session, actor=SYSTEM, person=enrolment.person, surname="Ван", given_name="Ли")
    waiting = select(Job.subject_id).where(Job.kind == EVALUATE, Job.state != "done")
    assert session.scalars(waiting).all() == [enrolment.id]
    evaluate_enrolment(session, enrolment.id)
    assert ordered(session) == [enrolment.id]
    number_many(session, ordered(session))
    assert session.scalars(select(Certificate)).one().person_name == "Ван Ли"
