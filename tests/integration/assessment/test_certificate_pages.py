"""Pages of a group's certificates: withdrawal, and the successor that a leader orders."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from assessment.certificates.operations import number_many
from assessment.completion.operations import NUMBER
from assessment.models.certificates import Certificate
from lms.core.jobs.models import Job
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
