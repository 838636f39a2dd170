"""Events of assessment for the indicators: each is published once, in the transaction of the change."""

from decimal import Decimal

from sqlalchemy import select

from assessment.attestation import reviews, works
from assessment.attestation.reviews import Mark
from assessment.certificates.operations import number_many, typeset_many, withdraw
from assessment.events import CertificatesIssued, CertificateWithdrawn, RatingHandedIn, ResultReleased
from assessment.models.certificates import Certificate
from assessment.ratings import operations, queries
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.clock import utc_now
from tests.factories import attestation, make
from tests.support.events import published_events

NOW = utc_now()


def test_decision_publishes_one_result(session):
    version = make.programme(session)
    task = attestation.task(session, version)
    submission = attestation.handed_in(session, task, make.enrolment(session, make.cohort(session, version)))
    member = make.member(session, "leader", site=version.programme.site)
    grader = Actor(account_id=member.id, person_id=member.person_id)
    handed_in = works.latest_version(session, submission)
    marks = {criterion.id: Mark(criterion.max_points) for criterion in task.criteria}
    with published_events(ResultReleased) as found:
        review = reviews.save_review(session, handed_in, actor=grader, marks=marks, comment="", revision=0)
        assert found == []
        for _click in range(2):
            result = reviews.decide(session, review, actor=grader, decision="accepted", now=NOW)
    assert found == [ResultReleased(result.id, submission.enrolment_id, "accepted", NOW)]


def test_sheet_publishes_its_hand_in_once(session):
    version = make.programme(session, asks_rating=True)
    enrolment = make.enrolment(session, make.cohort(session, version))
    levels = {one.key: "3" for one in queries.descriptors_of(session, [version.id])[version.id]}
    with published_events(RatingHandedIn) as found:
        operations.save(session, enrolment, "before", levels)
        for _tab in range(2):
            sheet = operations.hand_in(session, enrolment, "before", levels, now=NOW)
    assert found == [RatingHandedIn(sheet.id, enrolment.id, "before", NOW)]


def test_certificates_publish_issue_and_withdrawal_once(session):
    enrolment = make.enrolment(session, hours_done=Decimal(18))
    number_many(session, [enrolment.id])
    certificate = session.scalars(select(Certificate)).one()
    with published_events(CertificatesIssued, CertificateWithdrawn) as found:
        for _run in range(2):
            typeset_many(session, [certificate.id])
        assert found == [CertificatesIssued((certificate.id,), certificate.stored_at)]
        for _click in range(2):
            withdraw(session, certificate, actor=SYSTEM, reason="Ошибка в имени", now=NOW)
    assert found[1:] == [CertificateWithdrawn(certificate.id, NOW)]
