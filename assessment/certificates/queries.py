"""Queries of certificates: of a person, of a group, by verification code."""

from collections.abc import Sequence

from sqlalchemy import Integer, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from assessment.models.certificates import Certificate, CompletionState
from courses.models.groups import Cohort, Enrolment
from lms.core.people.models import Person


def by_code(session: Session, code: str) -> Certificate | None:
    """Returns the certificate with this code (in the form of ``codes.parse_code``), withdrawn ones included."""
    return session.scalar(select(Certificate).where(Certificate.code == code))


_earlier = aliased(Certificate)
STANDING = (
    select(
        Certificate,
        CompletionState,
        exists().where(_earlier.enrolment_id == Enrolment.id, _earlier.withdrawn_at.is_not(None)),
    )
    .select_from(Enrolment)
    .outerjoin(Certificate, and_(Certificate.enrolment_id == Enrolment.id, Certificate.withdrawn_at.is_(None)))
    .outerjoin(CompletionState, CompletionState.enrolment_id == Enrolment.id)
    .where(Enrolment.id == bindparam("enrolment_id", type_=Integer))
    .limit(1)
)


def certificate_and_completion(
    session: Session, enrolment_id: int
) -> tuple[Certificate | None, CompletionState | None, bool]:
    """Returns the enrolment's current certificate, its last evaluated conditions, and whether an earlier certificate
    was withdrawn. One query.
    """
    row = session.execute(STANDING, {"enrolment_id": enrolment_id}).first()
    return (row[0], row[1], row[2]) if row else (None, None, False)


def of_person(session: Session, person_id: int) -> Sequence[Certificate]:
    """Returns the person's certificates, latest first."""
    return session.scalars(
        select(Certificate)
        .join(Certificate.enrolment)
        .where(Enrolment.person_id == person_id)
        .options(joinedload(Certificate.file))
        .order_by(Certificate.id.desc())
    ).all()


def of_cohort(session: Session, cohort_id: int) -> Sequence[Certificate]:
    """Returns the current certificates of a group's trainees, by number."""
    return session.scalars(
        select(Certificate)
        .join(Certificate.enrolment)
        .where(Enrolment.cohort_id == cohort_id, Certificate.withdrawn_at.is_(None))
        .options(joinedload(Certificate.file), joinedload(Certificate.enrolment).joinedload(Enrolment.person))
        .order_by(Certificate.year, Certificate.number)
    ).all()


def withdrawn_of_cohort(session: Session, cohort_id: int) -> Sequence[Certificate]:
    """Returns the group's withdrawn certificates that have no successor, the latest of each trainee, by name."""
    later = aliased(Certificate)
    followed = exists().where(later.enrolment_id == Certificate.enrolment_id, later.id > Certificate.id)
    return session.scalars(
        select(Certificate)
        .join(Certificate.enrolment)
        .where(Enrolment.cohort_id == cohort_id, Certificate.withdrawn_at.is_not(None), ~followed)
        .order_by(Certificate.person_name, Certificate.id)
    ).all()


def enrolments_without(session: Session, person_id: int, served: set[int]) -> Sequence[Enrolment]:
    """Returns the person's enrolments, under way or finished, without a current certificate."""
    rows = session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == person_id, Enrolment.state.in_(("enrolled", "finished")))
        .order_by(Enrolment.id.desc())
    )
    return [row for row in rows if row.id not in served]


def enrolments_of(session: Session, cohort_id: int) -> Sequence[Enrolment]:
    """Returns the group's trainees by name, without withdrawn and transferred ones."""
    return session.scalars(
        select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.state.in_(("enrolled", "finished")))
        .order_by(Person.sort_key)
    ).all()


def successor(session: Session, certificate: Certificate) -> Certificate | None:
    """Returns the certificate issued in place of a withdrawn one."""
    return session.scalar(
        select(Certificate).where(
            Certificate.enrolment_id == certificate.enrolment_id,
            Certificate.kind == certificate.kind,
            Certificate.withdrawn_at.is_(None),
            Certificate.id > certificate.id,
        )
    )


def count_of_sites(session: Session, site_ids: Sequence[int], year: int) -> int:
    """Returns the number of current certificates of this year held by trainees of these sites."""
    rows = (
        select(func.count())
        .select_from(Certificate)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.site_id.in_(site_ids), Certificate.year == year, Certificate.withdrawn_at.is_(None))
    )
    return session.scalar(rows) or 0
