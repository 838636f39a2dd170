"""Generated certificates, numbered by the product's rule; their files are one and the same."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from assessment.certificates.codes import new_code
from assessment.certificates.kinds import DocumentKind
from assessment.certificates.numbering import number_text
from assessment.models.certificates import Certificate, NumberSeries
from lms.core.files.models import StoredFile
from lms.core.i18n import local_day
from lms.demo.volume.bulk_writer import BulkWriter
from lms.demo.volume.notices import add_notice
from lms.demo.volume.people import Human, record
from lms.demo.volume.registry import Staffed
from lms.notices.catalogue import CERTIFICATE

KIND = DocumentKind.CERTIFICATE
PATTERN = "{year}-{number:04d}"


class Taught(Protocol):
    """The course of which the certificate is."""

    @property
    def title(self) -> str: ...
    @property
    def workload(self) -> Decimal: ...


class Issuing(Protocol):
    """The group whose trainee gets the certificate."""

    @property
    def id(self) -> int: ...
    @property
    def place(self) -> Staffed: ...
    @property
    def course(self) -> Taught: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...


class Holder(Protocol):
    """The trainee who gets the certificate."""

    @property
    def enrolment(self) -> int: ...
    @property
    def human(self) -> Human: ...
    @property
    def last(self) -> datetime | None: ...


@dataclass(slots=True)
class Certificates:
    """Writes certificates with gapless numbers."""

    writer: BulkWriter
    file: StoredFile
    last: dict[tuple[int, int], int] = field(default_factory=dict)
    """(organisation, year) → last number."""

    def issue(self, dice: random.Random, group: Issuing, holder: Holder) -> None:
        """Writes the certificate that follows from the last fact."""
        assert holder.last is not None
        when, place = holder.last + timedelta(hours=4), group.place
        day = local_day(when)
        number = self.last[place.organization, day.year] = self.last.get((place.organization, day.year), 0) + 1
        shown = number_text(PATTERN, year=day.year, number=number, kind=KIND)
        key = self.writer.add(
            Certificate,
            created_at=when,
            enrolment_id=holder.enrolment,
            organization_id=place.organization,
            kind=KIND.value,
            year=day.year,
            number=number,
            number_text=shown,
            code=new_code(dice.getrandbits),
            issued_on=day,
            language="ru",
            person_name=holder.human.name,
            programme_title=group.course.title,
            hours=group.course.workload,
            facts={
                "site_theme": place.theme,
                "site_organization": place.short_name,
                "issuer": place.short_name,
                "place": place.town,
                "signer_position": "Директор",
                "signer_name": place.director,
                "started_on": min(group.starts_on, day).isoformat(),
                "finished_on": max(min(group.starts_on, day), min(group.ends_on, day)).isoformat(),
            },
            file_id=self.file.id,
            sha256=self.file.sha256,
            stored_at=when,
        )
        record(self.writer, None, "certificate.issue", (Certificate, key), when, site_id=place.site, number=shown)
        add_notice(
            self.writer,
            created_at=when,
            person_id=holder.human.person,
            kind=CERTIFICATE,
            detail={"kind": KIND.value, "number": shown, "language": "ru"},
            cohort_id=group.id,
            read_at=when + timedelta(days=1) if number % 3 else None,
        )

    def finish(self) -> None:
        """Writes the counters of the series, so that the next certificate continues them."""
        for (organization, year), last in self.last.items():
            self.writer.add(NumberSeries, organization_id=organization, kind=KIND.value, year=year, last=last)
