"""Reads what administrators are told of: failed jobs, failed letters, platforms that do not answer. One query each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.core.jobs.models import Job, JobAttempt
from lms.core.mail.models import Message
from lms.core.people.models import Account
from lms.lti.models.platforms import Platform
from lms.lti.models.services import Outage


def administrators(session: Session) -> Sequence[int]:
    """Returns the ids of the people who administer the installation."""
    mine = (Account.is_administrator, Account.is_active)
    return session.scalars(select(Account.person_id).where(*mine).order_by(Account.person_id)).all()


@dataclass(frozen=True, slots=True)
class FailedWork:
    """The number of jobs that failed at every attempt, and the moment of their latest attempt."""

    count: int
    latest: datetime


def failed_work(session: Session) -> FailedWork | None:
    """Returns the failed jobs; None if there is none."""
    count, latest = session.execute(
        select(func.count(Job.id.distinct()), func.max(func.coalesce(JobAttempt.created_at, Job.created_at)))
        .select_from(Job)
        .outerjoin(JobAttempt, JobAttempt.job_id == Job.id)
        .where(Job.state == "dead")
    ).one()
    return FailedWork(count, latest) if count else None


@dataclass(frozen=True, slots=True)
class FailedLetters:
    """The number of letters that failed, and the last one of them."""

    count: int
    last_id: int
    recipient: str


def failed_letters(session: Session, *, since: datetime) -> FailedLetters | None:
    """Returns the failed letters that were written since this moment and that no person has asked for."""
    own = select(Account.person_id).where(Account.is_administrator)
    told = or_(Message.unsubscribe_path.is_(None), Message.person_id.is_(None), Message.person_id.not_in(own))
    row = session.execute(
        select(func.count().over(), Message.id, Message.recipient)
        .where(Message.error.is_not(None), Message.asked_by_id.is_(None), Message.created_at > since, told)
        .order_by(Message.id.desc())
        .limit(1)
    ).one_or_none()
    return FailedLetters(*row) if row else None


@dataclass(frozen=True, slots=True)
class SilentPlatform:
    """A platform with an outage."""

    platform_id: int
    name: str
    since: datetime

    @property
    def key(self) -> str:
        """One notice for each outage."""
        return f"platform:{self.platform_id}:{self.since.isoformat()}"

    @property
    def detail(self) -> dict[str, Any]:
        """The values of the notice."""
        return {"platform": self.name, "platform_id": self.platform_id}


def silent_platforms(session: Session, *, before: datetime) -> list[SilentPlatform]:
    """Returns the connected platforms whose outage began before this moment."""
    rows = session.execute(
        select(Platform.id, Platform.name, Outage.since)
        .join(Outage, Outage.platform_id == Platform.id)
        .where(Outage.since < before, Platform.removed_at.is_(None))
        .order_by(Platform.id)
    )
    return [SilentPlatform(*row) for row in rows]
