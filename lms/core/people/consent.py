"""Consent to the processing of personal data: separate, versioned, given in the product or on paper, withdrawn at
any time.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid
from lms.core.people.consent_text import TEXT_EN, TEXT_RU
from lms.core.people.models import Consent, ConsentDocument


def current_document(session: Session) -> ConsentDocument | None:
    """Returns the text in force: the latest version."""
    return session.scalar(select(ConsentDocument).order_by(ConsentDocument.number.desc()).limit(1))


def publish(session: Session, *, actor: Actor | None, text_ru: str, text_en: str) -> ConsentDocument:
    """Publishes a new version of the text; everybody is asked again. Raises ``Invalid`` at the field of an empty
    language.
    """
    for text, field in ((text_ru, "text_ru"), (text_en, "text_en")):
        if not text.strip():
            raise Invalid(code="value_missing", field=field)
    latest = current_document(session)
    document = ConsentDocument(
        number=latest.number + 1 if latest else 1, text_ru=text_ru.strip(), text_en=text_en.strip()
    )
    session.add(document)
    session.flush()
    audit.record(session, actor, "consent.publish", document, number=document.number)
    return document


def ensure_document(session: Session) -> ConsentDocument:
    """Returns the text in force; on a new installation, creates the default one."""
    standard = insert(ConsentDocument).values(number=1, text_ru=TEXT_RU, text_en=TEXT_EN)
    document = current_document(session)
    if document is None:
        session.execute(standard.on_conflict_do_nothing())
        document = current_document(session)
    assert document is not None
    return document


def needed(session: Session, person_id: int) -> ConsentDocument | None:
    """Returns the text that the person has not consented to yet, or None."""
    document = current_document(session)
    if document is None or given(session, person_id, document.id) is not None:
        return None
    return document


def given(session: Session, person_id: int, document_id: int) -> Consent | None:
    """Returns the person's consent to this version, unless withdrawn."""
    return session.scalar(
        select(Consent).where(
            Consent.person_id == person_id, Consent.document_id == document_id, Consent.withdrawn_at.is_(None)
        )
    )


def history(session: Session, person_id: int) -> Sequence[Consent]:
    """Returns the person's consents, the latest first."""
    return session.scalars(
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.given_at.desc(), Consent.id.desc())
    ).all()


def give(session: Session, *, actor: Actor, person_id: int, document_id: int, now: datetime) -> None:
    """Records the person's consent to the text in force, of which they have seen this version. A second consent changes
    nothing.

    Raises ``Invalid`` when a newer version was published in the meantime.
    """
    document = current_document(session)
    if document is None or document.id != document_id:
        raise Invalid(code="consent_text_renewed")
    _write(session, person_id=person_id, document_id=document_id, given_at=now)
    audit.record(session, actor, "consent.give", "person", person_id=person_id, document_id=document_id)


def note_paper(
    session: Session, *, actor: Actor, person_id: int, paper_date: date | None, now: datetime, today: date
) -> None:
    """Records that the person signed the text in force on paper. Raises ``Invalid`` at ``paper_date``."""
    if paper_date is None or paper_date > today:
        raise Invalid(code="paper_date_in_future", field="paper_date")
    document = ensure_document(session)
    _write(
        session,
        person_id=person_id,
        document_id=document.id,
        given_at=now,
        on_paper=True,
        paper_date=paper_date,
        noted_by_id=actor.account_id,
    )
    audit.record(session, actor, "consent.paper", "person", person_id=person_id, date=paper_date.isoformat())


def withdraw(session: Session, *, actor: Actor, person_id: int, now: datetime) -> None:
    """Withdraws the person's consents; withdrawing again changes nothing."""
    for consent in history(session, person_id):
        if consent.withdrawn_at is None:
            consent.withdrawn_at = now
    audit.record(session, actor, "consent.withdraw", "person", person_id=person_id)
    session.flush()


def text_of(document: ConsentDocument, locale: str) -> str:
    """Returns the text in the reader's language."""
    return document.text_en if locale == "en" else document.text_ru


def _write(session: Session, **values: object) -> None:
    session.execute(insert(Consent).values(**values).on_conflict_do_nothing())
    session.flush()
