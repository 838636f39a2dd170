"""Writing to people: a row now, the sending later."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.jobs.queueing import enqueue
from lms.core.mail.models import Message

SEND = "mail.send"
"""The kind of job that delivers one message."""


def send(session: Session, *, to: str | None, subject: str, body: str, person_id: int | None) -> Message | None:
    """Write the message down and have it sent after the commit. Nobody is written to without an address: ``None``.

    A body is plain text; its address lines stand alone, so that mail programs make them links.
    """
    if not to:
        return None
    message = Message(recipient=to, subject=_one_line(subject), body=body, person_id=person_id)
    session.add(message)
    session.flush()
    enqueue(session, SEND, message.id)
    return message


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
