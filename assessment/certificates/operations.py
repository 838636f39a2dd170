"""Issuing: the number is taken and committed, then the paper is typeset and stored; withdrawing, with a reason.

Two jobs, so that nobody waits behind a typesetter while holding the counter. Each does its effect once however often it
runs: a current certificate is unique by the database, a stored one is never made again, and the same facts give the
same bytes.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from assessment.certificates import codes
from assessment.certificates.kinds import DocumentKind, kind_name, kind_problem
from assessment.certificates.numbering import number_text
from assessment.certificates.printed_data import facts_of, printed_facts
from assessment.certificates.typeset import typeset
from assessment.models.certificates import Certificate, NumberSeries
from courses.models.groups import Enrolment
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import day_in, utc_now
from lms.core.errors import DomainError
from lms.core.fault_points import fault_point
from lms.core.files.operations import Made, save_all
from lms.core.i18n import _, use_locale
from lms.core.jobs.queueing import enqueue_many
from lms.core.mail.models import Message
from lms.core.mail.operations import letter, send_all
from lms.core.notifications.operations import notify
from lms.core.people.models import Person
from lms.core.public_url import address_of
from lms.registry.models import Organization

TYPESET = "certificates.typeset"


def number_many(session: Session, enrolment_ids: Sequence[int]) -> None:
    """Give each of these enrolments its certificate's row and number, unless it has a current one."""
    rows = session.scalars(
        select(Enrolment)
        .where(Enrolment.id.in_(enrolment_ids))
        .options(selectinload(Enrolment.cohort))  # once a group, with all that its programme says
        .order_by(Enrolment.id)
    ).all()
    served = set(
        session.scalars(
            select(Certificate.enrolment_id).where(
                Certificate.enrolment_id.in_(enrolment_ids), Certificate.withdrawn_at.is_(None)
            )
        )
    )
    made = _number_all(session, [enrolment for enrolment in rows if enrolment.id not in served], now=utc_now())
    session.add_all(made)
    session.flush()
    fault_point("certificate-numbered")
    enqueue_many(session, TYPESET, [certificate.id for certificate in made])


def number_one(session: Session, enrolment_id: int) -> None:
    """The same for one enrolment."""
    number_many(session, [enrolment_id])


def _number_all(session: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> list[Certificate]:
    """In the order of the enrolments; each series is taken from once.

    Raises ``DomainError`` when the organisation may not issue this kind of document.
    """
    series: dict[tuple[int, str], list[Enrolment]] = {}
    for enrolment in enrolments:
        issuer, kind = _series_of(enrolment)
        series.setdefault((issuer.id, kind.value), []).append(enrolment)
    made = []
    for key in sorted(series):
        issuer, kind = _series_of(series[key][0])
        issued_on = day_in(issuer.time_zone, now)
        first = take_numbers(session, issuer, kind, issued_on.year, len(series[key]))
        made += [_numbered(one, kind, issued_on, number) for number, one in enumerate(series[key], first)]
    return made


def _series_of(enrolment: Enrolment) -> tuple[Organization, DocumentKind]:
    """Whose register, and which. Raises ``DomainError`` when the organisation may not issue it."""
    version, issuer = enrolment.cohort.version, enrolment.cohort.site.organization
    kind = DocumentKind(version.document_kind)
    if problem := kind_problem(kind, version.workload, issuer.licensed):
        raise DomainError(problem)
    return issuer, kind


def _numbered(enrolment: Enrolment, kind: DocumentKind, issued_on: date, number: int) -> Certificate:
    version, issuer = enrolment.cohort.version, enrolment.cohort.site.organization
    return Certificate(
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


def take_numbers(session: Session, issuer: Organization, kind: DocumentKind, year: int, count: int) -> int:
    """The first of so many next numbers; the counter's row is held until the commit, so that no number is lost."""
    first = insert(NumberSeries).values(organization_id=issuer.id, kind=kind.value, year=year, last=count)
    taken = first.on_conflict_do_update(
        index_elements=["organization_id", "kind", "year"], set_={"last": NumberSeries.last + count}
    ).returning(NumberSeries.last)
    return session.execute(taken).scalar_one() - count + 1


def typeset_many(session: Session, certificate_ids: Sequence[int]) -> None:
    """Typeset and store these papers, and tell their holders; one that is stored already is left as it is."""
    waiting = session.scalars(
        select(Certificate)
        .where(Certificate.id.in_(certificate_ids), Certificate.file_id.is_(None))
        .options(
            joinedload(Certificate.enrolment).options(
                joinedload(Enrolment.person).joinedload(Person.account), lazyload(Enrolment.cohort)
            )
        )
        .order_by(Certificate.id)
        .with_for_update(of=Certificate)
    ).all()
    if waiting:
        _store(session, [(certificate, _set(certificate)) for certificate in waiting], now=utc_now())


def typeset_one(session: Session, certificate_id: int) -> None:
    """The same for one certificate."""
    typeset_many(session, [certificate_id])


def _set(certificate: Certificate) -> bytes:
    fault_point("certificate-typesetting")
    content = typeset(facts_of(certificate))
    fault_point("certificate-typeset")
    return content


def _store(session: Session, papers: Sequence[tuple[Certificate, bytes]], *, now: datetime) -> None:
    """Keep the papers, tell their holders, note it in the audit log: a statement for each sort of row, not for each."""
    made = [Made(content, file_name(one), one.enrolment.cohort.site_id) for one, content in papers]
    files = save_all(session, made, media_type="application/pdf", now=now)
    for (certificate, _content), file in zip(papers, files, strict=True):
        certificate.file_id, certificate.sha256, certificate.stored_at = file.id, file.sha256, now
    session.flush()
    fault_point("certificate-stored")
    issued = [certificate for certificate, _content in papers]
    for certificate in issued:
        _notify_holder(session, certificate)
    send_all(session, [found for certificate in issued if (found := _letter(certificate)) is not None])
    for certificate in issued:
        site_id = certificate.enrolment.cohort.site_id
        audit.record(session, None, "certificate.issue", certificate, site_id=site_id, number=certificate.number_text)


def file_name(certificate: Certificate) -> str:
    """As the file is called where it is downloaded: number and surname, so that a folder of them is in order."""
    surname = certificate.person_name.partition(" ")[0]
    return f"{certificate.number_text} {surname}.pdf".replace("/", "-")


def _notify_holder(session: Session, certificate: Certificate) -> None:
    detail: dict[str, Any] = {"certificate_id": certificate.id, "number": certificate.number_text}
    notify(session, person_id=certificate.enrolment.person_id, kind="certificate", detail=detail)


def _letter(certificate: Certificate) -> Message | None:
    """What the holder is written, in their language; none for whoever has no address."""
    person = certificate.enrolment.person
    account = person.account
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
    return letter(to=account.email if account else person.email, subject=subject, body=body, person_id=person.id)


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
