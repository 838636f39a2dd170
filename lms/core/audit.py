"""The audit log: written inside the operation that does the thing, in the same transaction."""

from typing import Any

from sqlalchemy.orm import Session

from lms.core.people.models import AuditEntry
from lms.core.policy import Actor


def record(
    session: Session, actor: Actor | None, action: str, subject: Any, *, site_id: int | None = None, **detail: Any
) -> None:
    """Note that the actor (none: the system) did this to that row. ``detail`` must be JSON."""
    session.add(
        AuditEntry(
            account_id=actor.account_id if actor else None,
            action=action,
            object_type=getattr(subject, "__tablename__", str(subject)),
            object_id=getattr(subject, "id", None),
            site_id=site_id,
            detail=detail,
        )
    )
