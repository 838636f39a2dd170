"""Issuing of certificates: one per enrolment, gapless numbers, data as of the day of issue."""

import threading
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from assessment.certificates import operations
from assessment.certificates.operations import TYPESET, number_many, typeset_one, withdraw
from assessment.certificates.queries import successor
from assessment.completion.operations import EVALUATE, NUMBER, evaluate_enrolment
from assessment.models.certificates import Certificate, CompletionState, NumberSeries
from courses.events import ProgressMade
from courses.models.groups import Enrolment
from lms.core.audit import AuditEntry
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.db import make_sessions
from lms.core.errors import DomainError
from lms.core.events import publish
from lms.core.files.operations import read_file
from lms.core.jobs.models import Job
from lms.core.jobs.running import run_pending
from lms.core.notifications.models import Notice
from tests.factories import make


@pytest.fixture
def own_sessions(own_engine: Engine, sessions: object) -> sessionmaker[Session]:
    return make_sessions(own_engine)


def completed(session: Session, group=None) -> Enrolment:
    enrolment = make.enrolment(session, group)
    enrolment.hours_done = Decimal(18)
    session.flush()
    return enrolment


def test_worker_issues_certificate_when_rule_holds(own_sessions):
    with own_sessions.begin() as session:
        enrolment = completed(session)
        publish(session, ProgressMade(enrolment.id, utc_now()))
        publish(session, ProgressMade(enrolment.id, utc_now()))
    for kind in (EVALUATE, NUMBER, TYPESET):
        assert run_pending(own_sessions, kind) == 1
    with own_sessions() as session:
        certificate = session.scalars(select(Certificate)).one()
        assert certificate.number == 1
        assert certificate.person_name == session.get_one(Enrolment, enrolment.id).person.full_name
        assert read_file(certificate.file).startswith(b"%PDF-")
        assert session.scalars(select(Notice)).one().detail["number"] == certificate.number_text


def test_worker_issues_nothing_when_rule_does_not_hold(session):
    enrolment = make.enrolment(session)
    evaluate_enrolment(session, enrolment.id)
    state = session.get_one(CompletionState, enrolment.id)
    assert not state.holds
    assert Decimal(state.conditions["hours"]["needed"]) == 18
    assert session.scalar(select(Job).where(Job.kind == NUMBER)) is None


def test_numbering_twice_creates_one_certificate(session):
    enrolment = completed(session)
    number_many(session, [enrolment.id])
    number_many(session, [enrolment.id])
    assert len(session.scalars(select(Certificate)).all()) == 1
    assert session.scalars(select(NumberSeries)).one().last == 1


def test_database_forbids_second_current_certificate(session):
    enrolment = completed(session)
    number_many(session, [enrolment.id])
    first = session.scalars(select(Certificate)).one()
    values = {
        column.name: getattr(first, column.name) for column in Certificate.__table__.columns if column.name != "id"
    }
    session.add(Certificate(**(values | {"number": 2, "code": "other"})))
    with pytest.raises(IntegrityError, match="uq_certificate_current"):
        session.flush()


@pytest.mark.parametrize("stored", [False, True])
def test_database_refuses_to_delete_a_certificate(session, stored: bool):
    enrolment = completed(session)
    number_many(session, [enrolment.id])
    certificate = session.scalars(select(Certificate)).one()
    if stored:
        typeset_one(session, certificate.id)
    session.delete(certificate)
    with pytest.raises(IntegrityError, match="what is issued is not deleted"):
        session.flush()


def test_stored_file_is_never_made_again(session):
    enrolment = completed(session)
    number_many(session, [enrolment.id])
    certificate = session.scalars(select(Certificate)).one()
    typeset_one(session, certificate.id)
    stored = certificate.sha256
    certificate.enrolment.person.surname = "Другая"
    typeset_one(session, certificate.id)
    assert certificate.sha256 == stored
    certificate.sha256 = "0" * 64
    with pytest.raises(IntegrityError, match="what is issued does not change"):
        session.flush()


def test_withdrawn_certificate_allows_new_one(session):
    enrolment = completed(session)
    number_many(session, [enrolment.id])
    certificate = session.scalars(select(Certificate)).one()
    with pytest.raises(DomainError) as missing:
        withdraw(session, certificate, actor=SYSTEM, reason=" ", now=utc_now())
    assert missing.value.field == "reason"
    withdraw(session, certificate, actor=SYSTEM, reason="Ошибка в имени", now=utc_now())
    number_many(session, [enrolment.id])
    assert [row.number for row in session.scalars(select(Certificate).order_by(Certificate.id))] == [1, 2]


def waiting_numbers(session: Session) -> list[int]:
    return list(session.scalars(select(Job.subject_id).where(Job.kind == NUMBER, Job.state == "waiting")))


def test_withdrawal_with_reissue_gives_next_number_and_the_corrected_name_once(session):
    enrolment = completed(session)
    number_many(session, [enrolment.id])
    first = session.scalars(select(Certificate)).one()
    enrolment.person.surname = "Исправленная"
    for _click in range(2):
        withdraw(session, first, actor=SYSTEM, reason="Ошибка в имени", now=utc_now(), reissue=True)
    assert waiting_numbers(session) == [enrolment.id]
    number_many(session, waiting_numbers(session))
    assert successor(session, first).number == 2
    assert successor(session, first).person_name.startswith("Исправленная")
    withdraw(session, first, actor=SYSTEM, reason="Ошибка в имени", now=utc_now(), reissue=True)
    number_many(session, [enrolment.id])
    assert [row.number for row in session.scalars(select(Certificate).order_by(Certificate.id))] == [1, 2]
    actions = select(AuditEntry.action).where(AuditEntry.object_id == first.id, AuditEntry.action.like("certificate.%"))
    assert session.scalars(actions.order_by(AuditEntry.id)).all()[:2] == [
        "certificate.withdraw",
        "certificate.issue_again",
    ]


def test_withdrawn_certificate_gets_no_automatic_successor(session):
    enrolment = completed(session)
    number_many(session, [enrolment.id])
    withdraw(session, session.scalars(select(Certificate)).one(), actor=SYSTEM, reason="Проверка", now=utc_now())
    evaluate_enrolment(session, enrolment.id)
    assert waiting_numbers(session) == []


def test_reissue_is_refused_while_conditions_are_unmet_or_enrolment_ended(session):
    short, left = completed(session), completed(session)
    number_many(session, [short.id, left.id])
    short.hours_done, left.state = Decimal(3), "withdrawn"
    session.flush()
    for certificate in session.scalars(select(Certificate)).all():
        with pytest.raises(DomainError) as refused:
            withdraw(session, certificate, actor=SYSTEM, reason="Ошибка", now=utc_now(), reissue=True)
        assert refused.value.code == "conditions_unmet_for_reissue"
    assert waiting_numbers(session) == []


def test_rule_that_no_longer_holds_flags_certificate(session):
    enrolment = completed(session)
    number_many(session, [enrolment.id])
    enrolment.hours_done = Decimal(3)
    evaluate_enrolment(session, enrolment.id)
    certificate = session.scalars(select(Certificate)).one()
    assert certificate.flagged_at is not None
    assert certificate.withdrawn_at is None
    enrolment.hours_done = Decimal(18)
    evaluate_enrolment(session, enrolment.id)
    assert certificate.flagged_at is None


def test_fifty_simultaneous_completions_get_gapless_numbers(own_sessions, monkeypatch):
    with own_sessions.begin() as session:
        group = make.cohort(session)
        ids = [completed(session, group).id for _ in range(50)]
    start = threading.Barrier(10)

    def issue(mine: list[int]) -> None:
        start.wait()
        for enrolment_id in mine:
            with own_sessions.begin() as session:
                operations.number_one(session, enrolment_id)

    threads = [threading.Thread(target=issue, args=(ids[place::10],)) for place in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with own_sessions() as session:
        assert sorted(session.scalars(select(Certificate.number))) == list(range(1, 51))
