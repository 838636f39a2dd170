"""Issuing of certificates in two jobs (number, then file); withdrawal with a reason; a successor in its place.

Two jobs, so that nobody waits for a typesetter while the counter is locked. Each is idempotent: the database allows one
current certificate, a stored file is never made again, and the same facts give the same bytes.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CompoundSelect, select, union
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from assessment.certificates import codes
from assessment.certificates.kinds import DocumentKind, kind_problem
from assessment.certificates.numbering import number_text
from assessment.certificates.printed_data import facts_of, printed_facts
from assessment.certificates.queries import successor
from assessment.certificates.typeset import typeset
from assessment.completion.operations import NUMBER, evaluate_enrolment
from assessment.events import CertificatesIssued, CertificateWithdrawn
from assessment.models.certificates import Certificate, CompletionState, NumberSeries
from courses.models.groups import Enrolment
from courses.progress.operations import STUDYING
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import day_in, utc_now
from lms.core.documents.font_coverage import unprintable
from lms.core.errors import DomainError
from lms.core.events import publish
from lms.core.fault_points import fault_point
from lms.core.files.operations import Made, save_all
from lms.core.jobs.queueing import enqueue, enqueue_many
from lms.core.people.models import Person
from lms.registry.models import Organization

TYPESET = "certificates.typeset"


def number_many(session: Session, enrolment_ids: Sequence[int]) -> None:
    """Creates the certificates of these enrolments with their numbers.

    Skips those that have a current one, that ended meanwhile, whose rule was evaluated anew and no longer holds, or
    whose name cannot be printed; a changed name evaluates the enrolment again.
    """
    rows = session.scalars(
        select(Enrolment)
        .where(Enrolment.id.in_(enrolment_ids))
        .options(selectinload(Enrolment.cohort))  # one load for each group, with its programme
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    barred = set(session.scalars(_without_number(enrolment_ids)))
    served = [one for one in rows if one.id not in barred and one.state in STUDYING and not is_held(one)]
    made = _number_all(session, served, now=utc_now())
    session.add_all(made)
    session.flush()
    fault_point("certificate-numbered")
    enqueue_many(session, TYPESET, [certificate.id for certificate in made])


def _without_number(enrolment_ids: Sequence[int]) -> CompoundSelect[Any]:
    """Selects those of the enrolments that get no number: served already, or their rule does not hold."""
    served = select(Certificate.enrolment_id).where(
        Certificate.enrolment_id.in_(enrolment_ids), Certificate.withdrawn_at.is_(None)
    )
    unmet = select(CompletionState.enrolment_id).where(
        CompletionState.enrolment_id.in_(enrolment_ids), CompletionState.holds.is_(False)
    )
    return union(served, unmet)


def is_held(enrolment: Enrolment) -> bool:
    """Returns whether no certificate is issued because the person's name has letters that no document can print."""
    return bool(unprintable(enrolment.person.full_name))


def number_one(session: Session, enrolment_id: int) -> None:
    """Numbers one certificate, as ``number_many`` does."""
    number_many(session, [enrolment_id])


def _number_all(session: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> list[Certificate]:
    """Returns certificates in the order of the enrolments; takes numbers from each series once.

    Raises ``DomainError`` if the organisation may not issue this kind of document.
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
    """Returns issuer and kind of document. Raises ``DomainError`` if the organisation may not issue it."""
    version, issuer = enrolment.cohort.version, enrolment.cohort.site.organization
    kind = DocumentKind(version.document_kind)
    if problem := kind_problem(kind, version.workload, issuer.licensed):
        raise DomainError(code=problem.code, params=problem.params)
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
    """Takes ``count`` next numbers and returns the first; locks the counter's row until the commit, so that none is
    lost.
    """
    first = insert(NumberSeries).values(organization_id=issuer.id, kind=kind.value, year=year, last=count)
    taken = first.on_conflict_do_update(
        index_elements=["organization_id", "kind", "year"], set_={"last": NumberSeries.last + count}
    ).returning(NumberSeries.last)
    return session.execute(taken).scalar_one() - count + 1


def typeset_many(session: Session, certificate_ids: Sequence[int]) -> None:
    """Typesets and stores these certificates; skips stored ones."""
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
    """Typesets one certificate, as ``typeset_many`` does."""
    typeset_many(session, [certificate_id])


def _set(certificate: Certificate) -> bytes:
    fault_point("certificate-typesetting")
    content = typeset(facts_of(certificate))
    fault_point("certificate-typeset")
    return content


def _store(session: Session, papers: Sequence[tuple[Certificate, bytes]], *, now: datetime) -> None:
    """Stores the files and writes audit entries, with one statement for each table; publishes the event."""
    made = [Made(content, file_name(one), one.enrolment.cohort.site_id) for one, content in papers]
    files = save_all(session, made, media_type="application/pdf", now=now)
    for (certificate, _content), file in zip(papers, files, strict=True):
        certificate.file_id, certificate.sha256, certificate.stored_at = file.id, file.sha256, now
    session.flush()
    fault_point("certificate-stored")
    issued = [certificate for certificate, _content in papers]
    for certificate in issued:
        site_id = certificate.enrolment.cohort.site_id
        audit.record(session, None, "certificate.issue", certificate, site_id=site_id, number=certificate.number_text)
    publish(session, CertificatesIssued(tuple(certificate.id for certificate in issued), now))


def file_name(certificate: Certificate) -> str:
    """Returns the download's file name, number and surname: a folder of them sorts by number."""
    surname = certificate.person_name.partition(" ")[0]
    return f"{certificate.number_text} {surname}.pdf".replace("/", "-")


def withdraw(
    session: Session, certificate: Certificate, *, actor: Actor, reason: str, now: datetime, reissue: bool = False
) -> None:
    """Withdraws the certificate with a reason, which the verification page shows; a second call changes nothing.

    ``reissue``: another one is issued in its place, with the data of today and the next number. Raises ``DomainError``
    at ``reason`` if it is empty, and as ``issue_again`` does.
    """
    if not reason.strip():
        raise DomainError(code="withdrawal_reason_missing", field="reason")
    if certificate.withdrawn_at is None:
        certificate.withdrawn_at, certificate.withdrawn_reason = now, reason.strip()
        site_id = certificate.enrolment.cohort.site_id
        audit.record(session, actor, "certificate.withdraw", certificate, site_id=site_id, reason=reason.strip())
        session.flush()
        publish(session, CertificateWithdrawn(certificate.id, now))
    if reissue:
        issue_again(session, certificate, actor=actor)


def issue_again(session: Session, certificate: Certificate, *, actor: Actor) -> None:
    """Enqueues the successor of a withdrawn certificate; does nothing if it has one.

    Raises ``DomainError`` if the conditions do not hold now or the enrolment has ended.
    """
    if certificate.withdrawn_at is None or successor(session, certificate) is not None:
        return
    evaluate_enrolment(session, certificate.enrolment_id)
    state = session.get(CompletionState, certificate.enrolment_id, populate_existing=True)
    if certificate.enrolment.state not in STUDYING or state is None or not state.holds:
        raise DomainError(code="conditions_unmet_for_reissue")
    enqueue(session, NUMBER, certificate.enrolment_id)
    site_id = certificate.enrolment.cohort.site_id
    audit.record(
        session, actor, "certificate.issue_again", certificate, site_id=site_id, number=certificate.number_text
    )
