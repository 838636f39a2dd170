"""Fills an empty database with sites, programmes and enrolments of any number, the same for the same seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from assessment.certificates.codes import grouped, new_code
from assessment.certificates.kinds import DocumentKind
from assessment.certificates.typeset import CertificateFacts, typeset
from courses.models.programmes import Programme
from lms.core.auth.passwords import hash_password
from lms.core.errors import DomainError
from lms.core.files.models import StoredFile
from lms.core.files.operations import save_bytes
from lms.core.i18n import _
from lms.core.people.consent import ensure_document
from lms.core.people.models import Person
from lms.demo.volume import vocabulary
from lms.demo.volume.bulk_writer import BulkWriter
from lms.demo.volume.certificates import Certificates
from lms.demo.volume.checks import Checks
from lms.demo.volume.groups import KNOWN_TRAINEE, Groups
from lms.demo.volume.people import People
from lms.demo.volume.programmes import Programmes
from lms.demo.volume.registry import KNOWN, Jurisdiction, Registry
from lms.demo.volume.study import Studies
from lms.demo.volume.versions import Versions
from lms.demo.volume.volume import FOUNDED, SITES_OF_AUTHORITY, Volume, at
from lms.demo.volume.works import Works
from lms.registry.models import Site

ADMINISTRATOR = "administrator"
LOG_INS: Sequence[tuple[str, str]] = (("administrator", ADMINISTRATOR), *KNOWN.items(), ("trainee", KNOWN_TRAINEE))
"""(role, user name) of the accounts with a password."""


class DatabaseNotEmpty(DomainError):
    """Raised when the database has people, sites or programmes already."""

    code = "volume_database_not_empty"


@dataclass(frozen=True, slots=True)
class _Writers:
    """The writers of each part."""

    registry: Registry
    programmes: Programmes
    groups: Groups
    certificates: Certificates


def demand_empty(session: Session) -> None:
    """Raises ``DatabaseNotEmpty`` unless the database has no people, sites and programmes."""
    if session.scalar(select(exists(select(Person.id)) | exists(select(Site.id)) | exists(select(Programme.id)))):
        raise DatabaseNotEmpty(
            _("The database has people, sites or programmes already: nothing was written. Name an empty one.")
        )


def generate(session: Session, volume: Volume, *, password: str, reached: Callable[[int], None]) -> None:
    """Writes everything in the session's transaction; ``reached`` is told the number of sites written so far.

    Memory holds one site at a time. Raises ``DatabaseNotEmpty``.
    """
    demand_empty(session)
    writer = BulkWriter(session)
    writers = _writers(session, writer, volume, hash_password(password))
    place: Jurisdiction | None = None
    for number in range(volume.sites):
        if place is None or number % SITES_OF_AUTHORITY == 0:
            place = writers.registry.authority(number // SITES_OF_AUTHORITY)
        site = writers.registry.site(number, place)
        writers.groups.of_site(number, site, writers.programmes.of_site(number, site))
        writer.flush()
        if number & (number + 1) == 0:  # after 1, 2, 4, 8 … sites
            writer.analyze()
        reached(number + 1)
    writers.certificates.finish()
    writer.finish()


def _writers(session: Session, writer: BulkWriter, volume: Volume, password_hash: str) -> _Writers:
    certificate, work = _files(session, volume.today)
    people = People(writer, ensure_document(session).id)
    since = at(volume.day(FOUNDED))
    people.create(
        volume.dice("administrator"),
        None,
        since,
        position="системный администратор",
        username=ADMINISTRATOR,
        password_hash=password_hash,
        administrator=True,
    )
    certificates = Certificates(writer, certificate)
    studies = Studies(volume, writer, Works(writer, work.id), certificates)
    return _Writers(
        Registry(volume, writer, people, password_hash, since),
        Programmes(volume, writer, Checks(writer), Versions(volume, writer)),
        Groups(volume, writer, people, studies, password_hash),
        certificates,
    )


def _files(session: Session, today: date) -> tuple[StoredFile, StoredFile]:
    """Stores the two files that all certificates and all works share."""
    sample = CertificateFacts(
        language="ru",
        kind=DocumentKind.CERTIFICATE,
        name="Образцова Анна Ивановна",
        programme_title="Образец сертификата",
        site_theme="Современный урок",
        site_organization="МБОУ «СОШ № 1»",
        issuer="МБОУ «СОШ № 1»",
        hours=Decimal(24),
        started_on=today,
        finished_on=today,
        number_text=f"{today.year}-0000",
        issued_on=today,
        place="Северореченск",
        signer_position="Директор",
        signer_name="Тихомирова Галина Сергеевна",
        verify_url="https://example.org/verify",
        code=grouped(new_code(lambda _bits: 0)),
    )
    now, text = at(today), vocabulary.WORK.format(7, 24, 15).encode()
    return (
        save_bytes(session, content=typeset(sample), name="certificate.pdf", media_type="application/pdf", now=now),
        save_bytes(session, content=text, name="work.txt", media_type="text/plain", now=now),
    )
