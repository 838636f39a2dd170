"""Writes e-mails: a row now, delivery by a job."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.core.events import publish
from lms.core.jobs.queueing import enqueue_many
from lms.core.mail.events import LetterFailed
from lms.core.mail.models import Message

OPENING_LINK = re.compile(r"(/(?:link|account/email|join)/)[^\s/?#]++")
"""Addresses whose last part is a secret."""

SEND = "mail.send"
"""The kind of job that delivers one message."""


def send(
    session: Session,
    *,
    to: str | None,
    subject: str,
    body: str,
    person_id: int | None,
    asked_by_id: int | None = None,
) -> Message | None:
    """Stores the message and delivers it after the commit. Returns ``None`` for a recipient without an address.

    ``asked_by_id``: the person who asked for the letter and is told if it fails.

    The body is plain text; addresses stand on lines of their own, so that mail programs make links of them.
    """
    message = letter(to=to, subject=subject, body=body, person_id=person_id)
    if message is not None:
        message.asked_by_id = asked_by_id
        send_all(session, [message])
    return message


def letter(*, to: str | None, subject: str, body: str, person_id: int | None) -> Message | None:
    """Returns the message without storing it; ``send_all`` stores many at once."""
    return Message(recipient=to, subject=_one_line(subject), body=body, person_id=person_id) if to else None


def send_all(session: Session, messages: Sequence[Message]) -> None:
    """Stores the messages and delivers each after the commit."""
    session.add_all(messages)
    session.flush()
    enqueue_many(session, SEND, [message.id for message in messages])


def note_sent(session: Session, message: Message, *, now: datetime) -> None:
    """Records that the mail server accepted the message, and removes its links."""
    message.sent_at, message.error = now, None
    message.body = without_links(message.body)
    session.flush()


def note_failed(session: Session, message: Message, *, reason: str) -> None:
    """Records that the message is not delivered and is not tried again."""
    message.error = reason
    session.flush()
    publish(session, LetterFailed(message.id))


def without_links(body: str) -> str:
    """Returns the text without the secrets of its addresses, which open an account or a group.

    >>> without_links("Open https://lms.example/link/Zm9v once")
    'Open https://lms.example/link/… once'
    """
    return OPENING_LINK.sub(r"\1…", body)


def delete_old(session: Session, *, before: datetime) -> None:
    """Deletes the messages written before this moment."""
    session.execute(delete(Message).where(Message.created_at < before))


@dataclass(frozen=True, slots=True)
class UnsentLetters:
    """Letters that wait and letters that failed, and the moment at which the oldest waiting one was written."""

    waiting: int
    failed: int
    oldest: datetime | None


def unsent_letters(session: Session) -> UnsentLetters:
    """Returns the numbers of the letters that were not sent."""
    waits = Message.error.is_(None)
    counted = select(
        func.count().filter(waits), func.count().filter(~waits), func.min(Message.created_at).filter(waits)
    )
    return UnsentLetters(*session.execute(counted.where(Message.sent_at.is_(None))).one())


def outbox(session: Session, *, query: str = "", page: int = 1, size: int = 30) -> Sequence[Message]:
    """Returns messages, the latest first; ``query`` searches address and subject."""
    rows = select(Message).order_by(Message.id.desc()).limit(size).offset((max(page, 1) - 1) * size)
    if query:
        wanted = f"%{query.strip()}%"
        rows = rows.where(Message.recipient.ilike(wanted) | Message.subject.ilike(wanted))
    return session.scalars(rows).all()


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:500]
