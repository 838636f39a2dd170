"""Platforms of an account's sessions."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.lti.models.launches import Context, Launch
from lms.lti.models.platforms import Deployment, Platform


def platforms_of(session: Session, session_ids: Iterable[int], *, now: datetime) -> dict[int, str]:
    """Returns the platform's name by session id, for launches that have not ended."""
    found = session.execute(
        select(Launch.session_id, Platform.name)
        .join(Launch.context)
        .join(Context.deployment)
        .join(Deployment.platform)
        .where(Launch.session_id.in_(list(session_ids)), Launch.ends_at > now, Platform.removed_at.is_(None))
    )
    return {session_id: name for session_id, name in found if session_id is not None}
