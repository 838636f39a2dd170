"""Finds the person of an identity number by the number's digests under every key."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.people.models import PersonalData
from lms.core.people.personal_data import normalize_identity_number, ring


def person_with(session: Session, identity_number: str) -> int | None:
    """Returns the person's id. Raises ``Invalid`` for a malformed number."""
    marks = ring().marks(normalize_identity_number(identity_number))
    return session.scalar(select(PersonalData.person_id).where(PersonalData.identity_hmac.in_(marks)))
