"""Data printed on a certificate: read from the enrolment on the day of issue and kept in the certificate's row."""

from datetime import date
from typing import Any

from assessment.certificates.codes import grouped
from assessment.certificates.kinds import DocumentKind
from assessment.certificates.typeset import CertificateFacts
from assessment.models.certificates import Certificate
from courses.models.groups import Enrolment
from lms.core.public_url import address_of


def printed_facts(enrolment: Enrolment, issued_on: date) -> dict[str, Any]:
    """Returns the printed data that have no column of their own, as JSON."""
    cohort = enrolment.cohort
    issuer = cohort.site.organization
    started_on = min(max(cohort.starts_on, enrolment.enrolled_on), issued_on)
    return {
        "site_theme": cohort.site.theme,
        "site_organization": issuer.short_name,
        "issuer": issuer.name,
        "place": issuer.locality,
        "signer_position": issuer.director_position,
        "signer_name": issuer.director,
        "started_on": started_on.isoformat(),
        "finished_on": max(started_on, min(cohort.ends_on, issued_on)).isoformat(),
    }


def facts_of(certificate: Certificate) -> CertificateFacts:
    """Returns the page's data from the certificate's row alone."""
    kept = certificate.facts
    return CertificateFacts(
        language=certificate.language,
        kind=DocumentKind(certificate.kind),
        name=certificate.person_name,
        programme_title=certificate.programme_title,
        site_theme=kept["site_theme"],
        site_organization=kept["site_organization"],
        issuer=kept["issuer"],
        hours=certificate.hours,
        started_on=date.fromisoformat(kept["started_on"]),
        finished_on=date.fromisoformat(kept["finished_on"]),
        number_text=certificate.number_text,
        issued_on=certificate.issued_on,
        place=kept["place"],
        signer_position=kept["signer_position"],
        signer_name=kept["signer_name"],
        verify_url=address_of(f"/verify/{certificate.code}"),
        code=grouped(certificate.code),
    )
