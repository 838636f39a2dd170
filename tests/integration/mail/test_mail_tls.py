"""TLS of mail: a password and the letter are sent only over TLS whose certificate was checked."""

import socketserver
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr

from lms.core.clock import utc_now
from lms.core.mail import delivery
from lms.core.mail.models import Message
from lms.core.mail.transport import Postponed, hand_over
from lms.core.settings import Settings
from tests.support.platform.certificates import Certificates
from tests.support.serving import served


@dataclass(slots=True)
class Conversation:
    """The lines that a mail server heard, each with the state of TLS."""

    heard: list[tuple[str, bool]] = field(default_factory=list)

    def words(self, *, in_clear: bool) -> set[str]:
        return {line.split()[0].upper() for line, secure in self.heard if secure is not in_clear}


def mail_server(conversation: Conversation, context: ssl.SSLContext | None) -> type[socketserver.StreamRequestHandler]:
    """Returns the handler of a server that offers STARTTLS if it has a context, and AUTH in any case."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.secure = False
            self.say("220 tests")
            try:
                while line := self.rfile.readline().decode(errors="replace").strip():
                    conversation.heard.append((line, self.secure))
                    self.answer(line.split()[0].upper())
            except (OSError, ValueError):
                return

        def finish(self) -> None:
            super().finish()
            self.connection.close()

        def answer(self, word: str) -> None:
            if word == "EHLO":
                offered = ["tests", *(["STARTTLS"] if context and not self.secure else []), "AUTH PLAIN"]
                self.say("\r\n".join([*(f"250-{each}" for each in offered[:-1]), f"250 {offered[-1]}"]))
            elif word == "STARTTLS" and context:
                self.say("220 go on")
                self.encrypt(context)
            elif word == "AUTH":
                self.say("235 welcome")
            elif word == "DATA":
                self.say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
            else:
                self.say("250 ok")

        def encrypt(self, context: ssl.SSLContext) -> None:
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.secure = self.connection.makefile("rb"), True
            self.wfile = self.connection.makefile("wb", buffering=0)

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    return Handler


class Post(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


Start = Callable[..., tuple[Conversation, str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Returns a function that starts a server; it returns the conversation and host:port."""
    with ExitStack() as opened:

        def starting(context: ssl.SSLContext | None, host: str = "127.0.0.1") -> tuple[Conversation, str]:
            conversation = Conversation()
            server = Post((host, 0), mail_server(conversation, context))
            opened.enter_context(served(server))
            return conversation, f"{host}:{server.server_address[1]}"

        yield starting


@pytest.fixture
def trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """The authority of the tests, trusted as an authority of one's own is: by ``SSL_CERT_FILE``."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca_file))
    return certificates


def send_to(tmp_path: Path, address: str) -> None:
    message = Message(id=1, recipient="nina@school.example", subject="s", body="b", created_at=utc_now())
    server = delivery.server_of(Settings(data=tmp_path, mail_url=SecretStr(f"smtp://{address}")))
    assert server is not None
    letter = delivery.compose(message, server.sender)
    hand_over(server, letter, sender="no-reply@lms.example", recipient=message.recipient)


def test_password_is_not_sent_where_tls_is_not_offered(tmp_path, start):
    conversation, address = start(None)
    with pytest.raises(Postponed):
        send_to(tmp_path, f"user:secret@{address}")
    assert conversation.words(in_clear=True) <= {"EHLO", "QUIT"}


def test_password_is_not_sent_to_unknown_certificate(tmp_path, start, certificates):
    conversation, address = start(certificates.server_context())
    with pytest.raises(ssl.SSLCertVerificationError):
        send_to(tmp_path, f"user:secret@{address}")
    assert conversation.words(in_clear=True) <= {"EHLO", "STARTTLS"}
    assert conversation.words(in_clear=False) == set()


def test_password_is_not_sent_to_certificate_of_another_host(tmp_path, start, trusted):
    conversation, address = start(trusted.server_context(), host="127.0.0.2")
    with pytest.raises(ssl.SSLCertVerificationError):
        send_to(tmp_path, f"user:secret@{address}")
    assert conversation.words(in_clear=False) == set()


def test_letter_and_password_go_over_checked_tls(tmp_path, start, trusted):
    conversation, address = start(trusted.server_context())
    send_to(tmp_path, f"user:secret@{address}")
    assert {"AUTH", "MAIL", "RCPT", "DATA"} <= conversation.words(in_clear=False)
    assert conversation.words(in_clear=True) == {"EHLO", "STARTTLS"}


def test_offered_tls_is_used_and_checked_without_password(tmp_path, start, certificates):
    conversation, address = start(certificates.server_context())
    with pytest.raises(ssl.SSLCertVerificationError):
        send_to(tmp_path, address)
    assert "DATA" not in conversation.words(in_clear=True)


def test_catcher_without_tls_needs_no_password(tmp_path, start):
    conversation, address = start(None)
    send_to(tmp_path, address)
    assert "DATA" in conversation.words(in_clear=True)
