"""Users of other systems (a platform, a single sign-on) linked to accounts.

An identity is the pair of a provider and the provider's own id of the user. Neither an e-mail address nor a name links
anybody to an account.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.core.db import Base, Kept, Line


class ExternalIdentity(Kept, Base):
    """A user of another system, linked to an account."""

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("platform", "subject"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    platform: Mapped[Line]
    """The provider: ``lti:<id of the platform's row>``."""
    subject: Mapped[Line]
    """The provider's own id of the user, such as ``sub`` of OpenID Connect."""


def lock_identity(session: Session, *, provider: str, subject: str) -> None:
    """Takes a lock on the provider's user until the end of the transaction."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{provider}:{subject}"))))


def link_identity(session: Session, *, account_id: int, provider: str, subject: str, now: datetime) -> None:
    """Links the provider's user to this account instead of any other; repeating it changes nothing.

    The caller has verified the account's password or card, or has just created the account, and writes the audit entry.
    """
    lock_identity(session, provider=provider, subject=subject)
    row = insert(ExternalIdentity).values(account_id=account_id, platform=provider, subject=subject)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["platform", "subject"], set_={"account_id": account_id, "created_at": now}
        )
    )
