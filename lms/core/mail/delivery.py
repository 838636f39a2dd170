"""Delivers messages to a mail server. Without one they stay in the outbox, where the administrator reads them."""

from email.errors import HeaderDefect, HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.core.mail.email_address import Uncarried, carried
from lms.core.mail.html import as_html
from lms.core.mail.models import Message
from lms.core.mail.operations import note_failed, note_sent, without_links
from lms.core.mail.transport import MailServer, Refused, hand_over
from lms.core.public_url import address_of
from lms.core.settings import Settings

_server: list[MailServer] = []


def configure(server: MailServer | None) -> None:
    """Sets the server; None keeps every message in the outbox."""
    _server[:] = [server] if server else []


def is_configured() -> bool:
    """Returns whether messages are sent to a mail server."""
    return bool(_server)


def server_of(settings: Settings) -> MailServer | None:
    """Returns the server of ``LMS_MAIL_URL``. Raises ``ValueError`` for a malformed address of server or sender."""
    if settings.mail_url is None:
        return None
    try:
        carried(parseaddr(settings.mail_from)[1])
    except Uncarried as error:
        raise ValueError("LMS_MAIL_FROM: Name <address@example.org>") from error
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
    message = session.get(Message, message_id, with_for_update={"key_share": True})
    if message is None or message.sent_at is not None or not _server:
        return
    server = _server[0]
    try:
        letter = compose(message, server.sender)
        sender, recipient = (letter[name].addresses[0].addr_spec for name in ("From", "To"))
        hand_over(server, letter, sender=sender, recipient=recipient)
    except Refused as error:
        message.body = without_links(message.body)
        note_failed(session, message, reason=str(error))
        return
    note_sent(session, message, now=utc_now())


def give_up(session: Session, message_id: int, reason: str) -> None:
    """Records that the last attempt failed; ``reason`` ends with the error's line."""
    message = session.get(Message, message_id)
    if message is not None and message.sent_at is None:
        note_failed(session, message, reason=(reason.strip().splitlines() or [""])[-1])


def compose(message: Message, sender: str) -> EmailMessage:
    """Returns the e-mail. Its Message-ID is derived from the row, so that a second delivery is recognised as the same.

    Raises ``Refused`` for a recipient whom no mail server can reach.
    """
    name, address = parseaddr(sender)
    writer = Address(name, addr_spec=carried(address))
    letter = EmailMessage()
    letter["From"] = writer
    letter["To"] = _address_of(message.recipient)
    letter["Subject"] = message.subject
    letter["Date"] = format_datetime(message.created_at)
    letter["Message-ID"] = f"<message-{message.id}.{message.created_at:%Y%m%d%H%M%S}@{writer.domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe_path:
        letter["List-Unsubscribe"] = f"<{address_of(message.unsubscribe_path)}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(message.body)
    letter.add_alternative(as_html(message.body), subtype="html")
    return letter


def _address_of(recipient: str) -> Address:
    try:
        return Address(addr_spec=carried(recipient))
    except Uncarried as error:
        raise Refused(f"{recipient}: {error.code}") from error
    except (HeaderDefect, HeaderParseError, ValueError) as error:
        raise Refused(f"{recipient}: {error}") from error
