"""Notices that the clock causes: something is due tomorrow, the status of a site ends soon."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from lms.core.auth.roles import LEADERS, METHODOLOGIST
from lms.core.clock import day_in
from lms.core.notifications.operations import NewNotice, notify_all
from lms.notices import catalogue
from lms.notices.queries import due_tomorrow, ending_statuses
from lms.registry.models import SiteStatus
from lms.registry.queries import holders_of

DAYS_BEFORE = (7, 30, 90)
"""Days before the end of a status at which its site and its authority are told."""

LAST_ZONE = "Etc/GMT+12"
"""The zone in which each day begins last."""


def tell_of_deadlines(session: Session, now: datetime) -> None:
    """Tells trainees what is due tomorrow, each day once."""
    notices = []
    for (enrolment_id, day), things in groupby(due_tomorrow(session, now), lambda one: (one.enrolment_id, one.day)):
        first, *others = things
        detail = {"enrolment_id": enrolment_id, "day": day.isoformat(), "what": first.title, "more": len(others)}
        key = f"deadline:{enrolment_id}:{day.isoformat()}"
        notices.append(NewNotice(first.person_id, catalogue.DEADLINE, detail, first.cohort_id, key))
    notify_all(session, notices)


def tell_of_statuses(session: Session, now: datetime) -> None:
    """Tells leaders and methodologists that a status ends in ninety, thirty and seven days, each time once."""
    found = ending_statuses(session, day_in(LAST_ZONE, now), timedelta(days=max(DAYS_BEFORE) + 2))
    leaders = holders_of(session, "site", {one.site_id for one in found}, LEADERS)
    offices = holders_of(session, "authority", {one.site.authority_id for one in found}, (METHODOLOGIST,))
    for status in found:
        days = (status.ends_on - day_in(status.site.time_zone, now)).days
        stage = next((limit for limit in DAYS_BEFORE if 0 <= days <= limit), None)
        if stage is not None:
            places = dict.fromkeys(offices.get(status.site.authority_id, ()), f"/registry/sites/{status.site_id}")
            places |= dict.fromkeys(leaders.get(status.site_id, ()), "/")
            notify_all(session, [_status_notice(status, person_id, path, stage) for person_id, path in places.items()])


def _status_notice(status: SiteStatus, person_id: int, path: str, stage: int) -> NewNotice:
    detail = {"site": status.site.theme, "until": status.ends_on.isoformat(), "path": path}
    return NewNotice(person_id, catalogue.STATUS_ENDS, detail, key=f"status:{status.id}:{stage}")


PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    "tell_of_deadlines": (1800.0, tell_of_deadlines),
    "tell_of_statuses": (6 * 3600.0, tell_of_statuses),
}
"""Name → (seconds between runs, function)."""
