"""Reading certificates: a person's own, a group's, and the one that a code names."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assessment.models.certificates import Certificate
from courses.models.groups import Enrolment


def by_code(session: Session, code: str) -> Certificate | None:
    """The certificate of this code (as ``codes.parse_code`` writes it), withdrawn ones included."""
    return session.scalar(select(Certificate).where(Certificate.code == code))


def of_person(session: Session, person_id: int) -> Sequence[Certificate]:
    """The person's certificates, the latest first."""
    return session.scalars(
        select(Certificate)
        .join(Certificate.enrolment)
        .where(Enrolment.person_id == person_id)
        .options(joinedload(Certificate.file))
        .order_by(Certificate.id.desc())
    ).all()


def of_cohort(session: Session, cohort_id: int) -> Sequence[Certificate]:
    """The current certificates of a group's trainees, by number."""
    return session.scalars(
        select(Certificate)
        .join(Certificate.enrolment)
        .where(Enrolment.cohort_id == cohort_id, Certificate.withdrawn_at.is_(None))
        .options(joinedload(Certificate.file))
        .order_by(Certificate.year, Certificate.number)
    ).all()
