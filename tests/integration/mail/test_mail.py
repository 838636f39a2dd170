"""Letters: written with the change, delivered once, by a mail server that breaks at every step."""

import email
import smtplib
from collections.abc import Iterator
from dataclasses import replace
from email.policy import default
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from lms.celery_options import VISIBILITY_TIMEOUT, limit_of
from lms.core.jobs.kinds import known
from lms.core.jobs.models import Job
from lms.core.mail import delivery, transport
from lms.core.mail.operations import SEND, outbox, send
from lms.core.mail.transport import Postponed
from lms.core.settings import Settings
from tests.factories import make
from tests.support.post_office import CUT, SILENCE, PostOffice, opened


@pytest.fixture
def post_office(session, tmp_path: Path) -> Iterator[PostOffice]:
    with opened() as server:
        settings = Settings(
            data=tmp_path,
            mail_url=SecretStr(f"smtp://127.0.0.1:{server.port}"),
            mail_from="Стажировка <no-reply@lms.example.org>",
        )
        before = delivery._server[:]
        delivery.configure(delivery.server_of(settings))
        yield server
        delivery._server[:] = before


def written(session, to="nina@school.ru", subject="Приглашение\r\nBcc: all@example.org"):
    message = send(session, to=to, subject=subject, body="Здравствуйте!\n\nhttps://lms\n", person_id=None)
    assert message is not None
    return message


def test_send_writes_message_and_job(session):
    person = make.person(session)
    message = send(session, to="nina@school.ru", subject="Тема", body="Текст", person_id=person.id)
    job = session.scalars(select(Job).where(Job.kind == SEND)).one()
    assert job.subject_id == message.id
    assert known(SEND).handle is delivery.deliver


def test_send_without_address_writes_nothing(session):
    assert send(session, to=None, subject="Тема", body="Текст", person_id=None) is None
    assert session.scalars(select(Job)).all() == []


def test_message_stays_in_outbox_without_server(session):
    delivery.configure(None)
    message = written(session)
    delivery.deliver(session, message.id)
    assert message.sent_at is None
    assert not delivery.is_configured()
    assert outbox(session, query="NINA@") == [message]
    assert outbox(session, query="nobody") == []


def test_delivers_message_once(session, post_office):
    message = written(session)
    delivery.deliver(session, message.id)
    delivery.deliver(session, message.id)
    letter = email.message_from_bytes(post_office.letters[0], policy=default)
    assert len(post_office.letters) == 1
    assert message.sent_at is not None
    assert letter["To"] == "nina@school.ru"
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Приглашение Bcc: all@example.org"
    assert letter["From"].addresses[0].display_name == "Стажировка"
    assert letter.get_body(("plain",)).get_content().splitlines() == ["Здравствуйте!", "", "https://lms"]


@pytest.mark.parametrize(
    ("step", "answer"),
    [("MAIL", "553 who are you"), ("RCPT", "550 no such person"), ("DATA", "554 no"), ("end", "552 too large")],
)
def test_final_refusal_is_recorded_and_not_tried_again(session, post_office, step, answer):
    post_office.answers = {step: answer}
    message = written(session)
    delivery.deliver(session, message.id)
    assert message.sent_at is None
    assert message.error == answer


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "end"])
@pytest.mark.parametrize("answer", ["451 later, please", CUT])
def test_temporary_failure_is_raised_and_later_attempt_delivers(session, post_office, step, answer):
    post_office.answers = {step: answer} if step != "EHLO" or answer == CUT else {"EHLO": answer, "HELO": answer}
    message = written(session)
    with pytest.raises((Postponed, smtplib.SMTPException, OSError)):
        delivery.deliver(session, message.id)
    assert (message.sent_at, message.error) == (None, None)
    post_office.answers = {}
    delivery.deliver(session, message.id)
    assert message.sent_at is not None


@pytest.mark.parametrize("answer", ["221 bye", "421 busy", "500 what", "nonsense", CUT, SILENCE])
def test_accepted_letter_is_sent_once_whatever_the_answer_to_quit(session, post_office, monkeypatch, answer):
    monkeypatch.setattr(transport, "QUIT_TIMEOUT", 0.2)
    post_office.answers = {"QUIT": answer}
    message = written(session)
    delivery.deliver(session, message.id)
    delivery.deliver(session, message.id)
    assert message.sent_at is not None
    assert len(post_office.letters) == 1


def test_answer_to_end_of_letter_is_awaited_longer_than_others(session, post_office, monkeypatch):
    monkeypatch.setattr(transport, "COMMAND_TIMEOUT", 0.3)
    post_office.pauses = {"end": 0.9}
    message = written(session)
    delivery.deliver(session, message.id)
    assert message.sent_at is not None


def test_end_of_letter_is_awaited_ten_minutes_within_limit_of_task():
    assert transport.END_TIMEOUT >= 600
    assert transport.LONGEST_DIALOGUE < limit_of(known(SEND)) < VISIBILITY_TIMEOUT


def test_password_is_not_sent_without_tls(session, post_office):
    delivery.configure(replace(delivery._server[0], username="lms", password="secret"))
    message = written(session)
    with pytest.raises(Postponed, match="TLS"):
        delivery.deliver(session, message.id)
    assert not [line for line in post_office.heard if line.startswith("AUTH")]
    assert message.error is None


def test_domain_in_cyrillic_travels_as_idna(session, post_office):
    message = written(session, to="zoya@президент.рф")
    delivery.deliver(session, message.id)
    assert "rcpt TO:<zoya@xn--d1abbgf6aiiy.xn--p1ai>".lower() in [line.lower() for line in post_office.heard]
    assert email.message_from_bytes(post_office.letters[0])["To"] == "zoya@xn--d1abbgf6aiiy.xn--p1ai"


def test_line_with_dot_arrives_as_written(session, post_office):
    message = send(session, to="nina@school.ru", subject="Точка", body="..\n.\n.a\n", person_id=None)
    delivery.deliver(session, message.id)
    letter = email.message_from_bytes(post_office.letters[0].replace(b"\r\n..", b"\r\n."), policy=default)
    assert letter.get_body(("plain",)).get_content().splitlines() == ["..", ".", ".a"]


def test_letter_whose_last_attempt_failed_tells_the_reason(session, post_office):
    message = written(session)
    delivery.give_up(session, message.id, "Traceback …\nlms.core.mail.transport.Postponed: 451 later, please\n")
    assert message.error == "lms.core.mail.transport.Postponed: 451 later, please"
    delivery.deliver(session, message.id)
    assert (message.error, len(post_office.letters)) == (None, 1)


def test_malformed_address_is_refused(session, post_office):
    message = written(session, to="не адрес")
    delivery.deliver(session, message.id)
    assert message.error
    assert not post_office.letters


@pytest.mark.parametrize(
    ("url", "port", "secure", "username"),
    [
        ("smtp://mail.example.org", 587, False, ""),
        ("smtps://user%40example.org:pa%3Ass@mail.example.org", 465, True, "user@example.org"),
        ("smtp://localhost:1025", 1025, False, ""),
    ],
)
def test_parses_mail_url(tmp_path, url, port, secure, username):
    server = delivery.server_of(Settings(data=tmp_path, mail_url=SecretStr(url)))
    assert (server.port, server.secure, server.username) == (port, secure, username)


def test_rejects_malformed_mail_url(tmp_path):
    assert delivery.server_of(Settings(data=tmp_path)) is None
    with pytest.raises(ValueError, match="LMS_MAIL_URL"):
        delivery.server_of(Settings(data=tmp_path, mail_url=SecretStr("http://mail")))


def test_rejects_malformed_sender(tmp_path):
    with pytest.raises(ValueError, match="LMS_MAIL_FROM"):
        delivery.server_of(
            Settings(data=tmp_path, mail_url=SecretStr("smtp://localhost:1025"), mail_from="почта@школа.рф")
        )


def test_sent_and_refused_letters_lose_the_secrets_of_their_links(session, post_office):
    body = "Откройте:\n\nhttps://lms/link/Zm9v-_\n\nhttps://lms/account/email/Zm9v\n\nhttps://lms/course/7\n"
    sent, refused = (send(session, to="n@x.ru", subject="Тема", body=body, person_id=None) for _ in range(2))
    assert sent is not None
    assert refused is not None
    delivery.deliver(session, sent.id)
    assert b"https://lms/link/Zm9v-_" in post_office.letters[0]
    post_office.answers = {"RCPT": "550 no such person"}
    delivery.deliver(session, refused.id)
    emptied = "Откройте:\n\nhttps://lms/link/…\n\nhttps://lms/account/email/…\n\nhttps://lms/course/7\n"
    assert (sent.body, refused.body) == (emptied, emptied)


def test_waiting_letter_keeps_its_links(session, post_office):
    post_office.answers = {"RCPT": "451 later"}
    message = send(session, to="n@x.ru", subject="Тема", body="https://lms/link/Zm9v", person_id=None)
    assert message is not None
    with pytest.raises(Postponed):
        delivery.deliver(session, message.id)
    assert message.body == "https://lms/link/Zm9v"
