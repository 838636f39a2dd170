"""Re-encrypts personal data with the first key of the ring, in batches, so that an earlier key can be removed."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.core.auth.policy import SYSTEM
from lms.core.people import personal_data
from lms.core.people.models import PersonalData, SecondFactor

BATCH_ROWS = 500


@dataclass(frozen=True, slots=True)
class Batch:
    """Result of one batch. ``last`` is the highest person id that was looked at, ``None`` when no row was left."""

    last: int | None
    renewed: int = 0
    unreadable: tuple[int, ...] = ()
    """Person ids of rows that no key of the ring can decrypt; these rows stay as they were."""


def renew_batch(session: Session, *, after: int = 0, limit: int = BATCH_ROWS) -> Batch:
    """Re-encrypts up to ``limit`` rows of earlier keys, in order of person id, from the first id above ``after``.

    Renews the HMAC too. A row that was renewed is not selected again, so an interrupted rotation starts again at 0.
    """
    rows = session.scalars(
        select(PersonalData)
        .where(PersonalData.key_id != personal_data.ring().current_id, PersonalData.person_id > after)
        .order_by(PersonalData.person_id)
        .limit(limit)
        .with_for_update()
    ).all()
    if not rows:
        return Batch(None)
    unreadable = tuple(row.person_id for row in rows if not _renew(session, row))
    return Batch(rows[-1].person_id, len(rows) - len(unreadable), unreadable)


def rows_by_key(session: Session) -> Mapping[str, int]:
    """Returns the number of rows encrypted with each key, by key id: people, and second factors of accounts."""
    rows = select(PersonalData.key_id).union_all(select(SecondFactor.key_id)).subquery()
    counted = session.execute(select(rows.c.key_id, func.count()).group_by(rows.c.key_id))
    return dict(counted.all())


def _renew(session: Session, row: PersonalData) -> bool:
    """Returns whether the row could be decrypted and was encrypted anew."""
    try:
        number, born = personal_data.read(session, actor=SYSTEM, person_id=row.person_id, purpose="key rotation")
    except ValueError:
        return False
    personal_data.keep(session, actor=SYSTEM, person_id=row.person_id, identity_number=number, birth_date=born)
    return True
