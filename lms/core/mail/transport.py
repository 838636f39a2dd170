"""Hands one letter to a mail server by SMTP.

The letter counts as sent from the server's answer 250 to its end (RFC 5321, 4.2.5), whatever follows. An answer 5xx to
the letter is final; everything else that goes wrong is temporary: 4xx, a broken connection, a server that refuses us.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage

COMMAND_TIMEOUT = 60
"""Seconds that a mail server may take for each step before the end of the letter."""
END_TIMEOUT = 600
"""Seconds for the answer to the end of the letter: ten minutes (RFC 5321, 4.5.3.2.6). A server that takes the letter
and answers late would get it again after a shorter time."""
QUIT_TIMEOUT = 5
"""Seconds for the farewell, whose answer changes nothing."""
LONGEST_DIALOGUE = 10 * COMMAND_TIMEOUT + END_TIMEOUT + QUIT_TIMEOUT
"""Seconds that one letter takes at most."""


class Refused(Exception):
    """The mail server will never accept this letter, so it is not tried again."""


class Postponed(Exception):
    """The mail server does not accept the letter now."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server: ``smtp`` upgrades to TLS where it is offered, ``smtps`` begins with it."""

    host: str
    port: int
    secure: bool = False
    username: str = ""
    password: str = ""
    sender: str = "no-reply@localhost"


def hand_over(server: MailServer, letter: EmailMessage, *, sender: str, recipient: str) -> None:
    """Sends the letter; both addresses are in ASCII. Raises ``Refused``; for a temporary failure ``Postponed``, an
    error of ``smtplib`` or ``OSError``.
    """
    content = _as_lines(letter)
    with _connected(server) as connection:
        _demand_accepted(connection.mail(sender))
        _demand_accepted(connection.rcpt(recipient))
        _demand_accepted(connection.docmd("DATA"))
        connection.send(content)
        _wait(connection, END_TIMEOUT)
        _demand_accepted(connection.getreply())


def _as_lines(letter: EmailMessage) -> bytes:
    """Returns the letter with the line ends, doubled dots and final dot that SMTP demands."""
    content = letter.as_bytes(policy=policy.SMTP)
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _demand_accepted(answer: tuple[int, bytes]) -> None:
    code, text = answer
    words = f"{code} {text.decode(errors='replace')}"
    if code // 100 == 5:
        raise Refused(words)
    if code // 100 not in (2, 3):
        raise Postponed(words)


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Yields a connection ready for a letter. Its end raises nothing: the letter was taken, or failed before."""
    context = ssl.create_default_context()
    if server.secure:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=COMMAND_TIMEOUT, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=COMMAND_TIMEOUT)
    try:
        _introduce(connection, server, context)
        yield connection
    finally:
        with suppress(OSError, smtplib.SMTPException):
            _wait(connection, QUIT_TIMEOUT)
            connection.quit()
        connection.close()


def _introduce(connection: smtplib.SMTP, server: MailServer, context: ssl.SSLContext) -> None:
    """Begins TLS where it is offered, and logs in. The password is never sent without TLS."""
    connection.ehlo_or_helo_if_needed()
    if not server.secure and connection.has_extn("starttls"):
        connection.starttls(context=context)
        connection.ehlo()
    elif server.username and not server.secure:
        raise Postponed(f"{server.host} offers no TLS: the password of LMS_MAIL_URL is not sent without it.")
    if server.username:
        connection.login(server.username, server.password)


def _wait(connection: smtplib.SMTP, seconds: float) -> None:
    if connection.sock is not None:
        connection.sock.settimeout(seconds)
