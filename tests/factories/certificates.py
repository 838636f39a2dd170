"""Facts of certificates for tests: invented people, schools and programmes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from assessment.certificates.codes import grouped
from assessment.certificates.kinds import DocumentKind
from assessment.certificates.typeset import CertificateFacts

CODE = grouped("7K3MQ9TX42WDHJ8PK")

FACTS = CertificateFacts(
    language="ru",
    kind=DocumentKind.CERTIFICATE,
    name="Пробная Инна Олеговна",
    programme_title="Игровые приёмы на уроке чтения",
    site_theme="Чтение с увлечением",
    site_organization="Школа № 7 города Верхнереченска",
    issuer="Муниципальное бюджетное общеобразовательное учреждение «Школа № 7»",
    hours=Decimal("36.00"),
    started_on=date(2026, 11, 2),
    finished_on=date(2026, 12, 18),
    number_text="2026-С-0048",
    issued_on=date(2026, 12, 21),
    place="г. Верхнереченск",
    signer_position="Директор",
    signer_name="Образцов Иван Ильич",
    verify_url=f"https://example.org/verify/{CODE}",
    code=CODE,
)


def facts(**changes: Any) -> CertificateFacts:
    """Returns ordinary facts with these changes."""
    return replace(FACTS, **changes)
