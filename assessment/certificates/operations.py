"""Issuing: the number is taken and committed, then the paper is typeset and stored; withdrawing, with a reason.

Two jobs, so that nobody waits behind a typesetter while holding the counter. Each does its effect once however often it
runs: a current certificate is unique by the database, a stored one is never made again, and the same facts give the
same bytes.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assessment.certificates import codes
from assessment.certificates.facts import facts_of, printed_facts
from assessment.certificates.kinds import DocumentKind, kind_name, kind_problem
from assessment.certificates.numbering import number_text
from assessment.certificates.typeset import typeset
from assessment.models.certificates import Certificate, NumberSeries
from courses.models.groups import Enrolment, Notice
from lms.core import audit
from lms.core.address import address_of
from lms.core.clock import day_in, utc_now
from lms.core.errors import DomainError
from lms.core.faults import barrier
from lms.core.jobs.queueing import enqueue_many
from lms.core.mail.operations import send
from lms.core.policy import Actor
from lms.core.storage.operations import save_bytes
from lms.core.texts import _, use_locale
from lms.registry.models import Organization

TYPESET = "certificates.typeset"


def number_many(session: Session, enrolment_ids: Sequence[int]) -> None:
    """Give each of these enrolments its certificate's row and number, unless it has a current one."""
    rows = session.scalars(select(Enrolment).where(Enrolment.id.in_(enrolment_ids)).order_by(Enrolment.id)).all()
    served = set(
        session.scalars(
            select(Certificate.enrolment_id).where(
                Certificate.enrolment_id.in_(enrolment_ids), Certificate.withdrawn_at.is_(None)
            )
        )
    )
    made = [_number(session, enrolment, now=utc_now()) for enrolment in rows if enrolment.id not in served]
    session.flush()
    barrier("certificate-numbered")
    enqueue_many(session, TYPESET, [certificate.id for certificate in made])


def number_one(session: Session, enrolment_id: int) -> None:
    """The same for one enrolment."""
    number_many(session, [enrolment_id])


def _number(session: Session, enrolment: Enrolment, *, now: datetime) -> Certificate:
    """Raises ``DomainError`` when the organisation may not issue this kind of document."""
    version, issuer = enrolment.cohort.version, enrolment.cohort.site.organization
    kind = DocumentKind(version.document_kind)
    if problem := kind_problem(kind, version.workload, issuer.licensed):
        raise DomainError(problem)
    issued_on = day_in(issuer.time_zone, now)
    number = take_number(session, issuer, kind, issued_on.year)
    certificate = Certificate(
        enrolment_id=enrolment.id,
        organization_id=issuer.id,
        kind=kind.value,
        year=issued_on.year,
        number=number,
        number_text=number_text(issuer.number_pattern, year=issued_on.year, number=number, kind=kind),
        code=codes.new_code(),
        issued_on=issued_on,
        language=version.programme.language,
        person_name=enrolment.person.full_name,
        programme_title=version.title,
        hours=version.workload,
        facts=printed_facts(enrolment, issued_on),
    )
    session.add(certificate)
    return certificate


def take_number(session: Session, issuer: Organization, kind: DocumentKind, year: int) -> int:
    """The next number of the series; the counter's row is held until the commit, so that no number is lost."""
    first = insert(NumberSeries).values(organization_id=issuer.id, kind=kind.value, year=year, last=1)
    taken = first.on_conflict_do_update(
        index_elements=["organization_id", "kind", "year"], set_={"last": NumberSeries.last + 1}
    ).returning(NumberSeries.last)
    return session.execute(taken).scalar_one()


def typeset_many(session: Session, certificate_ids: Sequence[int]) -> None:
    """Typeset and store these papers, and tell their holders; one that is stored already is left as it is."""
    waiting = session.scalars(
        select(Certificate)
        .where(Certificate.id.in_(certificate_ids), Certificate.file_id.is_(None))
        .order_by(Certificate.id)
        .with_for_update(of=Certificate)
    ).all()
    for certificate in waiting:
        _typeset(session, certificate, now=utc_now())


def typeset_one(session: Session, certificate_id: int) -> None:
    """The same for one certificate."""
    typeset_many(session, [certificate_id])


def _typeset(session: Session, certificate: Certificate, *, now: datetime) -> None:
    barrier("certificate-typesetting")
    content = typeset(facts_of(certificate))
    barrier("certificate-typeset")
    site_id = certificate.enrolment.cohort.site_id
    file = save_bytes(
        session, content=content, name=file_name(certificate), media_type="application/pdf", site_id=site_id, now=now
    )
    certificate.file_id, certificate.sha256 = file.id, hashlib.sha256(content).hexdigest()
    certificate.stored_at = now
    barrier("certificate-stored")
    _tell(session, certificate)
    audit.record(session, None, "certificate.issue", certificate, site_id=site_id, number=certificate.number_text)


def file_name(certificate: Certificate) -> str:
    """As the file is called where it is downloaded: number and surname, so that a folder of them is in order."""
    surname = certificate.person_name.partition(" ")[0]
    return f"{certificate.number_text} {surname}.pdf".replace("/", "-")


def _tell(session: Session, certificate: Certificate) -> None:
    person = certificate.enrolment.person
    account = person.account
    detail: dict[str, Any] = {"certificate_id": certificate.id, "number": certificate.number_text}
    session.add(Notice(person_id=person.id, kind="certificate", detail=detail))
    with use_locale(account.locale if account else certificate.language):
        kind = kind_name(DocumentKind(certificate.kind))
        body = _(
            "%(kind)s No. %(number)s is ready: %(programme)s.\n\nDownload it here:\n%(address)s\n",
            kind=kind,
            number=certificate.number_text,
            programme=certificate.programme_title,
            address=address_of("/certificates"),
        )
        subject = _("%(kind)s is ready", kind=kind)
    send(session, to=account.email if account else person.email, subject=subject, body=body, person_id=person.id)


def withdraw(session: Session, certificate: Certificate, *, actor: Actor, reason: str, now: datetime) -> None:
    """Withdraw it with a reason, which the verification page will say; doing it twice changes nothing.

    Raises ``DomainError`` at ``reason`` when none is given.
    """
    if not reason.strip():
        raise DomainError(_("Say why it is withdrawn: the verification page will say it too."), "reason")
    if certificate.withdrawn_at is None:
        certificate.withdrawn_at, certificate.withdrawn_reason = now, reason.strip()
        site_id = certificate.enrolment.cohort.site_id
        audit.record(session, actor, "certificate.withdraw", certificate, site_id=site_id, reason=reason.strip())
        session.flush()
