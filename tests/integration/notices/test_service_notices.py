"""Administrators are told of failed jobs, failed letters and platforms that do not answer; nobody else is."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from lms.core.auth.policy import Actor, RoleAssignment
from lms.core.clock import utc_now
from lms.core.jobs.models import Job, JobAttempt
from lms.core.jobs.running import retry
from lms.core.mail import operations as mail
from lms.core.mail.models import Message
from lms.core.notifications.kinds import known
from lms.core.notifications.letters import send_new
from lms.core.notifications.models import Notice
from lms.core.notifications.operations import mark_read
from lms.core.sentences import ErrorDetail
from lms.lti.models.services import Outage
from lms.notices import clock
from lms.web.notices.presenters import letter_rows
from tests.factories import make, platforms
from tests.support.browsing import log_in

ADMINISTRATORS_ONLY = {"jobs_failed", "letters_failed", "platform_silent", "disk_full"}


@pytest.fixture
def administrator(session):
    return make.account(session, is_administrator=True, email="admin@service.example")


def sentences_of(session, account) -> list[tuple[str, str]]:
    """Returns kind and sentence of the person's notices, the oldest first."""
    rows = session.scalars(select(Notice).where(Notice.person_id == account.person_id).order_by(Notice.id))
    return [(row.kind, known(row.kind).sentence(row.detail)) for row in rows]


def failed_job(session, subject_id: int, *, minutes: int = 0) -> Job:
    job = Job(kind="mail.send", subject_id=subject_id, unique_key=f"mail.send:{subject_id}", state="dead")
    session.add(job)
    session.flush()
    for attempt in range(2):
        at = utc_now() + timedelta(minutes=minutes + attempt)
        session.add(JobAttempt(job_id=job.id, created_at=at))
    session.flush()
    return job


def failed_letter(session, **values) -> Message:
    message = Message(recipient="a@b.example", subject="Вход", body="…", **values)
    session.add(message)
    session.flush()
    mail.note_failed(session, message, reason="550 no such user")
    return message


# Jobs


def test_administrators_get_one_notice_of_failed_jobs(session, administrator):
    closed = make.account(session, is_administrator=True, is_active=False)
    leader = make.member(session, "leader", site=make.site(session))
    clock.tell_of_failed_jobs(session, utc_now())
    assert sentences_of(session, administrator) == []
    failed_job(session, 1)
    for _run in range(2):
        clock.tell_of_failed_jobs(session, utc_now())
    assert sentences_of(session, administrator) == [("jobs_failed", "Не удалась 1 фоновая задача: попытки кончились")]
    assert sentences_of(session, closed) == sentences_of(session, leader) == []


def test_further_failures_replace_an_unread_notice_and_follow_a_read_one(session, administrator):
    first = failed_job(session, 1)
    clock.tell_of_failed_jobs(session, utc_now())
    failed_job(session, 2, minutes=10)
    clock.tell_of_failed_jobs(session, utc_now())
    [(_kind, text)] = sentences_of(session, administrator)
    assert text == "Не удались 2 фоновые задачи: попытки кончились"
    mark_read(session, person_id=administrator.person_id, now=utc_now())
    retry(session, first, now=utc_now())
    clock.tell_of_failed_jobs(session, utc_now())
    assert len(sentences_of(session, administrator)) == 1, "a job that is tried again is no news"
    failed_job(session, 3, minutes=20)
    clock.tell_of_failed_jobs(session, utc_now())
    assert len(sentences_of(session, administrator)) == 2


def test_letter_about_a_notice_is_written_once(session, administrator):
    failed_job(session, 1)
    for _run in range(3):
        clock.tell_of_failed_jobs(session, utc_now())
        send_new(session, utc_now())
    to_admin = select(func.count()).where(Message.person_id == administrator.person_id)
    assert session.scalar(to_admin.select_from(Message)) == 1


# Platforms


def test_administrators_get_one_notice_of_each_outage(session, administrator):
    row = platforms.platform(session, name="Moodle гимназии")
    began = utc_now() - timedelta(minutes=59)
    error = ErrorDetail("platform_status", params={"status": 503})
    session.add(Outage(platform_id=row.id, failures=9, since=began, until=utc_now(), error=error))
    session.flush()
    clock.tell_of_silent_platforms(session, utc_now())
    assert sentences_of(session, administrator) == []
    for _run in range(2):
        clock.tell_of_silent_platforms(session, utc_now() + timedelta(minutes=2))
    [(kind, text)] = sentences_of(session, administrator)
    assert (kind, "Moodle гимназии" in text) == ("platform_silent", True)
    session.execute(update(Outage).values(since=began - timedelta(days=1)))
    clock.tell_of_silent_platforms(session, utc_now())
    assert len(sentences_of(session, administrator)) == 2, "another outage"


def test_removed_platform_is_no_news(session, administrator):
    row = platforms.platform(session, removed_at=utc_now())
    session.add(Outage(platform_id=row.id, since=utc_now() - timedelta(days=1), until=utc_now(), error=None))
    session.flush()
    clock.tell_of_silent_platforms(session, utc_now())
    assert sentences_of(session, administrator) == []


# Letters


def test_administrators_get_a_notice_of_letters_without_an_asker(session, administrator):
    trainee = make.enrolment(session).person
    failed_letter(session, person_id=trainee.id)
    for _run in range(2):
        clock.tell_of_failed_letters(session, utc_now())
    [(kind, text)] = sentences_of(session, administrator)
    assert (kind, text.replace("\xa0", " ")) == (
        "letters_failed",
        "Не доставлено 1 письмо службы, последнее — на a@b.example",
    )
    failed_letter(session, person_id=trainee.id, unsubscribe_path="/notices/unsubscribe/x")
    clock.tell_of_failed_letters(session, utc_now())
    [(_kind, text)] = sentences_of(session, administrator)
    assert text.startswith("Не доставлено 2")


def test_failed_letter_reaches_its_asker_alone(session, administrator):
    leader = make.member(session, "leader", site=make.site(session))
    failed_letter(session, person_id=make.enrolment(session).person_id, asked_by_id=leader.person_id)
    clock.tell_of_failed_letters(session, utc_now())
    assert sentences_of(session, administrator) == []
    assert [kind for kind, _text in sentences_of(session, leader)] == ["letter_failed"]


def test_failed_letter_about_a_notice_causes_no_further_notice(session, administrator):
    failed_letter(session, person_id=administrator.person_id, unsubscribe_path="/notices/unsubscribe/x")
    clock.tell_of_failed_letters(session, utc_now())
    assert sentences_of(session, administrator) == []


def test_administrator_who_invited_finds_the_person(session, administrator):
    person = make.enrolment(session).person
    failed_letter(session, person_id=person.id, asked_by_id=administrator.person_id)
    [notice] = session.scalars(select(Notice)).all()
    assert known(notice.kind).path(notice.detail) == f"/admin/people/{person.id}"


# Pages


def test_administrator_reads_them_under_the_bell(client, session, administrator):
    failed_job(session, 1)
    failed_letter(session, person_id=make.enrolment(session).person_id)
    row = platforms.platform(session)
    session.add(Outage(platform_id=row.id, since=utc_now() - timedelta(days=1), until=utc_now(), error=None))
    session.flush()
    for tell in (clock.tell_of_failed_jobs, clock.tell_of_failed_letters, clock.tell_of_silent_platforms):
        tell(session, utc_now())
    session.commit()
    log_in(client, session, administrator)
    page = client.get("/notices").text
    for path in ("/admin/jobs", "/admin/outbox", f"/admin/platforms/{row.id}"):
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200


PLACES = {
    "trainee": {},
    "leader": {"places": frozenset({RoleAssignment("leader", "site", 1)})},
    "teacher": {"places": frozenset({RoleAssignment("teacher", "site", 1)})},
    "methodologist": {"places": frozenset({RoleAssignment("methodologist", "authority", 1)})},
    "director": {"places": frozenset({RoleAssignment("director", "organization", 1)})},
    "administrator": {"is_administrator": True},
}


@pytest.mark.parametrize("role", PLACES)
def test_role_chooses_letters_of_its_own_kinds(app, role):
    with app.app_context():
        offered = {row.kind for row in letter_rows(Actor(1, 1, **PLACES[role]), {})}
    assert offered & ADMINISTRATORS_ONLY == (ADMINISTRATORS_ONLY if role == "administrator" else set())
