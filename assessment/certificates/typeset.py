"""PDF of a certificate from the data it prints.

Without side effects: no database, no clock. The same data give the same bytes, so that a file lost between typesetting
and storing can be made again. The language is the programme's; all text comes from the catalogue, and names are in the
nominative.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from assessment.certificates.kinds import DocumentKind
from assessment.certificates.text_fitting import areas_that_fit
from lms.core.documents.font_coverage import needs_more_fonts, unprintable
from lms.core.documents.typesetter import qr_svg, typesetter
from lms.core.documents.wording import full_date, hour_figure, hour_unit, hours_in_words, period, quoted, tied
from lms.core.i18n import _, pgettext, use_locale

TEMPLATE = Path(__file__).parent / "certificate.typ"
LONGEST_TEXT = 600  # characters of any one printed fact


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Data printed on the certificate. Names are in the nominative, as on the day of issue."""

    language: str
    """Language of the programme: ``ru`` or ``en``."""
    kind: DocumentKind
    name: str
    programme_title: str
    site_theme: str
    site_organization: str
    """Organisation that has the site; the short name is enough."""
    issuer: str
    """Full name of the issuing organisation."""
    hours: Decimal
    """Academic hours of 45 minutes."""
    started_on: date
    finished_on: date
    number_text: str
    issued_on: date
    place: str
    """Locality of issue; may be empty."""
    signer_position: str
    signer_name: str
    verify_url: str
    """URL of the page that confirms this document; printed as a QR code."""
    code: str
    """Verification code, as printed for typing."""
    licence: str = ""
    """Licence required for an удостоверение."""
    basis: str = ""
    """Protocol or order on which it is issued."""

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a text longer than ``LONGEST_TEXT`` or an end before the start."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str) and len(value) > LONGEST_TEXT:
                raise ValueError(f"{field.name} is longer than {LONGEST_TEXT} characters")
        if self.finished_on < self.started_on:
            raise ValueError("finished_on lies before started_on")

    @property
    def unprintable(self) -> dict[str, str]:
        """Characters that the fonts lack, by field: shown before the certificate is issued."""
        texts = {field.name: getattr(self, field.name) for field in fields(self)}
        found = {name: unprintable(text) for name, text in texts.items() if isinstance(text, str)}
        return {name: signs for name, signs in found.items() if signs}


def typeset(facts: CertificateFacts) -> bytes:
    """Returns the certificate as PDF/A-2b and PDF/UA-1: one page, A4 landscape. Raises ``TypesettingError``."""
    with use_locale(facts.language):
        data = page(facts)
    return set_page(data, facts)


def set_page(data: dict[str, Any], facts: CertificateFacts) -> bytes:
    """Returns the PDF of this template data, with the QR code and date of these facts."""
    created = datetime.combine(facts.issued_on, time(12), UTC)
    return typesetter().pdf(TEMPLATE, data, created=created, images={"qr": qr_svg(facts.verify_url)})


def bare_page(facts: CertificateFacts) -> Callable[[], bytes]:
    """Returns a function that only compiles the page with its QR code: the ceiling for benchmarks of issuing.

    Facts must differ from page to page, because typst caches what it has set.
    """
    with use_locale(facts.language):
        return partial(set_page, page(facts), facts)


def _printed_title(kind: DocumentKind) -> tuple[str, str]:
    """Returns the printed title and the line below it: «Сертификат», «о прохождении стажировки»."""
    return {
        DocumentKind.CERTIFICATE: (_("Certificate"), _("of a completed internship")),
        DocumentKind.STATEMENT: (pgettext("document", "Statement"), _("of internship")),
        DocumentKind.ADVANCED_TRAINING: (pgettext("advanced training", "Certificate"), _("of advanced training")),
    }[kind]


def page(facts: CertificateFacts) -> dict[str, Any]:
    """Returns the template data in the current language."""
    kind, about = _printed_title(facts.kind)
    number = _("No. %(number)s", number=facts.number_text)
    data = {
        "language": facts.language,
        "title": f"{kind} {about} {number}",
        "description": f"{facts.name}. {facts.verify_url}",
        "issuer": tied(facts.issuer),
        "licence": tied(facts.licence),
        "heading": {"kind": kind, "about": about},
        "name": facts.name,
        "statement": _statement(facts.kind),
        "seal": {"figure": hour_figure(facts.hours), "unit": hour_unit(facts.hours)},
        "facts": _facts(facts),
        "signature": {
            "position": tied(facts.signer_position),
            "name": facts.signer_name,
            "caption": _("signature"),
            "stamp": _("Seal"),
        },
        "register": _register(facts, number),
        "check": _check(facts),
    }
    other_font, roomy = needs_more_fonts(facts.name), areas_that_fit(data)
    return {**data, "other_font": other_font, "roomy": {**roomy, "name": roomy["name"] and not other_font}}


def _statement(kind: DocumentKind) -> str:
    if kind == DocumentKind.ADVANCED_TRAINING:
        return _("The programme of advanced training has been completed in full.")
    return _("The internship programme has been completed in full.")


def _facts(facts: CertificateFacts) -> list[dict[str, Any]]:
    rows = [
        _fact(_("Programme"), tied(quoted(facts.programme_title)), strong=True),
        _fact(_("Internship site"), tied(quoted(facts.site_theme)), note=tied(facts.site_organization)),
        _fact(_("Workload"), hours_in_words(facts.hours)),
        _fact(_("Dates"), period(facts.started_on, facts.finished_on)),
    ]
    return [*rows, _fact(_("Basis"), tied(facts.basis))] if facts.basis else rows


def _fact(label: str, value: str, *, note: str = "", strong: bool = False) -> dict[str, Any]:
    return {"label": label, "value": value, "note": note, "strong": strong}


def _register(facts: CertificateFacts, number: str) -> list[dict[str, Any]]:
    rows = [
        _fact(pgettext("document", "Number"), number, strong=True),
        _fact(_("Date of issue"), full_date(facts.issued_on)),
        _fact(_("Place of issue"), tied(facts.place)),
    ]
    return [row for row in rows if row["value"]]


def _check(facts: CertificateFacts) -> dict[str, str]:
    return {
        "alt": _("QR code with the address of the verification page: %(url)s", url=facts.verify_url),
        "code": facts.code,
        "caption": _("To verify: scan the square, or enter the code above at"),
        "address": verification_address(facts.verify_url, facts.code),
    }


def verification_address(url: str, code: str) -> str:
    """Returns the address that a person types: without the scheme and without the code."""
    page_address, _slash, last = url.rpartition("/")
    typed = page_address if last.replace("-", "") == code.replace("-", "") else url
    return typed.removeprefix("https://")
