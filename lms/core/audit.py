"""The audit log. Operations write its entries in the transaction of the change."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.core.auth.policy import Actor
from lms.core.db import Base, Json, Kept


class AuditEntry(Kept, Base):
    """One action of one account on one row."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_object", "object_type", "object_id"),)

    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(String(80))
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[int | None]
    site_id: Mapped[int | None] = mapped_column(index=True)
    detail: Mapped[Json] = mapped_column(default=dict)


def record(
    session: Session, actor: Actor | None, action: str, subject: Any, *, site_id: int | None = None, **detail: Any
) -> None:
    """Adds an entry: the actor (None: the system) did this to that row. ``detail`` must be JSON."""
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
