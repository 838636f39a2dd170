"""Delivers messages to a mail server. Without one they stay in the outbox, where the administrator reads them."""

import smtplib
import ssl
from dataclasses import dataclass
from email.errors import HeaderDefect, HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.core.mail.models import Message
from lms.core.mail.operations import note_sent
from lms.core.settings import Settings

TIMEOUT = 20
"""Seconds that a mail server may take for each step."""


class Refused(Exception):
    """The mail server will never accept this message, so it is not tried again."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server: ``smtp`` upgrades to TLS where it is offered, ``smtps`` begins with it."""

    host: str
    port: int
    secure: bool = False
    username: str = ""
    password: str = ""
    sender: str = "no-reply@localhost"


_server: list[MailServer] = []


def configure(server: MailServer | None) -> None:
    """Sets the server; None keeps every message in the outbox."""
    _server[:] = [server] if server else []


def is_configured() -> bool:
    """Returns whether messages are sent to a mail server."""
    return bool(_server)


def server_of(settings: Settings) -> MailServer | None:
    """Returns the server of ``LMS_MAIL_URL``. Raises ``ValueError`` for a malformed address."""
    if settings.mail_url is None:
        return None
    url = urlsplit(settings.mail_url.get_secret_value())
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise ValueError("LMS_MAIL_URL: smtp://user:password@host:port or smtps://…")
    secure = url.scheme == "smtps"
    return MailServer(
        host=url.hostname,
        port=url.port or (465 if secure else 587),
        secure=secure,
        username=unquote(url.username or ""),
        password=unquote(url.password or ""),
        sender=settings.mail_from,
    )


def deliver(session: Session, message_id: int) -> None:
    """Delivers the message once. Raises on a temporary failure, so that the job tries again later."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.sent_at is not None or not _server:
        return
    try:
        hand_over(_server[0], compose(message, _server[0].sender), message.recipient)
    except Refused as error:
        message.error = str(error)
        return
    note_sent(session, message, now=utc_now())


def compose(message: Message, sender: str) -> EmailMessage:
    """Returns the e-mail. Its Message-ID is derived from the row, so that a second delivery is recognised as the same.

    Raises ``Refused`` for a malformed recipient address.
    """
    name, address = parseaddr(sender)
    letter = EmailMessage()
    letter["From"] = Address(name, addr_spec=address)
    letter["To"] = _address_of(message.recipient)
    letter["Subject"] = message.subject
    letter["Date"] = format_datetime(message.created_at)
    letter["Message-ID"] = f"<message-{message.id}.{message.created_at:%Y%m%d%H%M%S}@{address.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.body)
    return letter


def _address_of(recipient: str) -> Address:
    try:
        return Address(addr_spec=recipient)
    except (HeaderDefect, HeaderParseError, ValueError) as error:
        raise Refused(f"{recipient}: {error}") from error


def hand_over(server: MailServer, letter: EmailMessage, recipient: str) -> None:
    """Sends the e-mail to the server. Raises ``Refused`` for a permanent failure, an error of ``smtplib`` for a
    temporary one.
    """
    try:
        with _connected(server) as connection:
            connection.send_message(letter, to_addrs=[recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = error.recipients[recipient]
        if code >= 500:
            raise Refused(f"{code} {answer.decode(errors='replace')}") from error
        raise


def _connected(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.secure:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=context)
    if server.username:
        connection.login(server.username, server.password)
    return connection
