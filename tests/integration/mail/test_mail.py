import email
import socketserver
import threading
from collections.abc import Iterator
from email.policy import default
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from lms.core.jobs.kinds import known
from lms.core.jobs.models import Job
from lms.core.mail import delivery
from lms.core.mail.operations import SEND, outbox, send
from lms.core.settings import Settings
from tests.factories import make


class Post(socketserver.StreamRequestHandler):
    """As much of SMTP as our sender speaks."""

    def handle(self) -> None:
        self.say("220 tests")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split()[0].upper()
            if word == "DATA":
                self.say("354 go on")
                self.server.letters.append(self.read_letter())
                self.say("250 taken")
            elif word == "RCPT" and "refused" in line:
                self.say("550 no such person")
            elif word == "RCPT" and "busy" in line:
                self.say("450 later, please")
            elif word == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")
        return None

    def read_letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class PostOffice(socketserver.ThreadingTCPServer):
    daemon_threads = True
    letters: list[bytes]


@pytest.fixture
def post_office(session, tmp_path: Path) -> Iterator[PostOffice]:
    with PostOffice(("127.0.0.1", 0), Post) as server:
        server.letters = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = Settings(
            data=tmp_path,
            mail_url=SecretStr(f"smtp://127.0.0.1:{server.server_address[1]}"),
            mail_from="Стажировка <no-reply@lms.example.org>",
        )
        before = delivery._server[:]
        delivery.configure(delivery.server_of(settings))
        yield server
        delivery._server[:] = before
        server.shutdown()


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
    assert letter.get_content().splitlines() == ["Здравствуйте!", "", "https://lms"]


def test_permanent_refusal_is_recorded(session, post_office):
    message = written(session, to="refused@school.ru")
    delivery.deliver(session, message.id)
    assert message.sent_at is None
    assert "550" in message.error


def test_temporary_failure_is_raised(session, post_office):
    message = written(session, to="busy@school.ru")
    with pytest.raises(delivery.smtplib.SMTPRecipientsRefused):
        delivery.deliver(session, message.id)
    assert message.error is None


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
