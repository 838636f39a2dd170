"""Reads the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.audit import AuditEntry
from lms.core.people.models import Account, Person
from lms.core.people.names import fold

PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """An action and the account that did it (None: the system, or a visitor who is not logged in)."""

    row: AuditEntry
    who: str


def entries(
    session: Session, *, before: int = 0, action: str = "", who: str = "", object_type: str = "", object_id: int = 0
) -> Sequence[Entry]:
    """Returns a page of entries, the latest first: those with ids below ``before``."""
    query = select(AuditEntry, Person).outerjoin(Account, Account.id == AuditEntry.account_id)
    query = query.outerjoin(Person, Person.id == Account.person_id).order_by(AuditEntry.id.desc()).limit(PAGE)
    conditions = (
        (before, AuditEntry.id < before),
        (action, AuditEntry.action.contains(action, autoescape=True)),
        (who, Person.sort_key.contains(fold(who), autoescape=True)),
        (object_type, AuditEntry.object_type == object_type),
        (object_id, AuditEntry.object_id == object_id),
    )
    query = query.where(*(condition for wanted, condition in conditions if wanted))
    return [Entry(row, person.short_name if person else "") for row, person in session.execute(query)]
