"""The certificates of the demo's group: their number so far, and their files."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment.certificates.codes import grouped
from assessment.certificates.operations import file_name
from assessment.models.certificates import Certificate
from lms.core.files.operations import read_file
from lms.demo.group_setup import GroupIds


def count_issued(session: Session, stage: GroupIds) -> int:
    """Returns the number of certificates that have a number and a stored file."""
    stored = select(func.count()).where(
        Certificate.enrolment_id.in_(stage.enrolments), Certificate.file_id.is_not(None)
    )
    return session.scalar(stored) or 0


def issued_files(session: Session, stage: GroupIds) -> Iterator[tuple[str, str, str, str, bytes]]:
    """Yields, ordered by number: file name, holder's name, number, verification code, and the PDF."""
    found = session.scalars(
        select(Certificate).where(Certificate.enrolment_id.in_(stage.enrolments)).order_by(Certificate.number)
    )
    for one in found:
        if one.file is not None:
            yield file_name(one), one.person_name, one.number_text, grouped(one.code), read_file(one.file)
