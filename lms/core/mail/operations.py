"""Writing to people: a row now, the sending later."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.jobs.queueing import enqueue_many
from lms.core.mail.models import Message

SEND = "mail.send"
"""The kind of job that delivers one message."""


def send(session: Session, *, to: str | None, subject: str, body: str, person_id: int | None) -> Message | None:
    """Write the message down and have it sent after the commit. Nobody is written to without an address: ``None``.

    A body is plain text; its address lines stand alone, so that mail programs make them links.
    """
    message = letter(to=to, subject=subject, body=body, person_id=person_id)
    if message is not None:
        send_all(session, [message])
    return message


def letter(*, to: str | None, subject: str, body: str, person_id: int | None) -> Message | None:
    """The message, not yet written down: ``send_all`` takes many at once."""
    return Message(recipient=to, subject=_one_line(subject), body=body, person_id=person_id) if to else None


def send_all(session: Session, messages: Sequence[Message]) -> None:
    """Write them down and have each sent after the commit."""
    session.add_all(messages)
    session.flush()
    enqueue_many(session, SEND, [message.id for message in messages])


def note_sent(session: Session, message: Message, *, now: datetime) -> None:
    """The message was handed over to the mail server."""
    message.sent_at, message.error = now, None
    session.flush()


def outbox(session: Session, *, query: str = "", page: int = 1, size: int = 30) -> Sequence[Message]:
    """Messages, the latest first; ``query`` looks at address and subject."""
    rows = select(Message).order_by(Message.id.desc()).limit(size).offset((max(page, 1) - 1) * size)
    if query:
        wanted = f"%{query.strip()}%"
        rows = rows.where(Message.recipient.ilike(wanted) | Message.subject.ilike(wanted))
    return session.scalars(rows).all()


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:500]
