"""Kinds of document that end an internship, and their requirements on the issuer."""

from decimal import Decimal
from enum import StrEnum

from lms.core.sentences import ErrorDetail, sentence

ADVANCED_TRAINING_HOURS = Decimal(16)
"""Least workload of an удостоверение, in academic hours (order of the ministry on additional education)."""


class DocumentKind(StrEnum):
    """Value of ``programme_version.document_kind`` and ``certificate.kind``."""

    CERTIFICATE = "certificate"
    """Сертификат."""
    STATEMENT = "statement"
    """Справка о стажировке."""
    ADVANCED_TRAINING = "advanced_training"
    """Удостоверение о повышении квалификации."""


KIND_LETTERS = {
    DocumentKind.CERTIFICATE: "С",
    DocumentKind.STATEMENT: "СП",
    DocumentKind.ADVANCED_TRAINING: "У",
}
"""Letter for ``{kind}`` in a number: Cyrillic, because the register is kept in Russian."""


def kind_name(kind: DocumentKind) -> str:
    """Returns the name of the kind in the current language, capitalised: «Сертификат»."""
    return sentence("document_kind", {"kind": kind.value})


def kind_problem(kind: DocumentKind, hours: Decimal, licensed: bool) -> ErrorDetail | None:
    """Returns why this organisation may not issue this kind for so many hours, or None if it may (rule 9 of the
    domain).
    """
    if kind != DocumentKind.ADVANCED_TRAINING:
        return None
    if not licensed:
        return ErrorDetail("issuer_without_licence")
    if hours < ADVANCED_TRAINING_HOURS:
        return ErrorDetail("advanced_training_hours_too_few")
    return None
