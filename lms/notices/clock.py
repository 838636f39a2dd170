"""Notices that the clock causes: a thing is due tomorrow, a status ends soon, the service needs attention."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from lms.core.auth.roles import LEADERS, METHODOLOGIST, ORGANIZATION_ROLES
from lms.core.clock import day_in
from lms.core.notifications.operations import NewNotice, notify_all, replace_unread
from lms.core.notifications.queries import told_by_key
from lms.notices import catalogue
from lms.notices.queries import due_tomorrow, ending_statuses
from lms.notices.service_queries import administrators, failed_letters, failed_work, silent_platforms
from lms.registry.models import SiteStatus
from lms.registry.queries import holders_of

DAYS_BEFORE = (7, 30, 90)
"""Days before the end of a status at which its site and its authority are told."""

SILENT_AFTER = timedelta(hours=1)
"""A platform that has not answered for so long does not come back by itself as a rule."""
LETTERS_COUNTED = timedelta(days=1)
"""Letters written within this time are counted in the notice about failed ones."""

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
    """Tells leaders, organisations and methodologists that a status ends in 90, 30 and 7 days, each time once."""
    found = ending_statuses(session, day_in(LAST_ZONE, now), timedelta(days=max(DAYS_BEFORE) + 2))
    leaders = holders_of(session, "site", {one.site_id for one in found}, LEADERS)
    offices = holders_of(session, "authority", {one.site.authority_id for one in found}, (METHODOLOGIST,))
    hosts = holders_of(session, "organization", {one.site.organization_id for one in found}, ORGANIZATION_ROLES)
    for status in found:
        days = (status.ends_on - day_in(status.site.time_zone, now)).days
        stage = next((limit for limit in DAYS_BEFORE if 0 <= days <= limit), None)
        if stage is not None:
            readers = (*offices.get(status.site.authority_id, ()), *hosts.get(status.site.organization_id, ()))
            places = dict.fromkeys(readers, f"/registry/sites/{status.site_id}")
            places |= dict.fromkeys(leaders.get(status.site_id, ()), "/")
            notify_all(session, [_status_notice(status, person_id, path, stage) for person_id, path in places.items()])


def tell_of_failed_jobs(session: Session, _now: datetime) -> None:
    """Tells administrators of jobs that failed at every attempt, once more after each further failure."""
    found = failed_work(session)
    if found is not None:
        key = f"jobs:{found.latest.isoformat()}"
        _tell_administrators(session, catalogue.JOBS_FAILED, {"count": found.count}, key)


def tell_of_silent_platforms(session: Session, now: datetime) -> None:
    """Tells administrators of platforms that have not answered for an hour, once in an outage."""
    people = administrators(session)
    notify_all(
        session,
        [
            NewNotice(person_id, catalogue.PLATFORM_SILENT, one.detail, key=one.key)
            for one in silent_platforms(session, before=now - SILENT_AFTER)
            for person_id in people
        ],
    )


def tell_of_failed_letters(session: Session, now: datetime) -> None:
    """Tells administrators of failed letters without a person who asked for them, once more after each further one.

    The person who asks for a letter gets a notice of their own. Letters to administrators about notices are left out: a
    notice about them would cause the next one.
    """
    found = failed_letters(session, since=now - LETTERS_COUNTED)
    if found is not None:
        detail = {"count": found.count, "recipient": found.recipient}
        _tell_administrators(session, catalogue.LETTERS_FAILED, detail, f"letters:{found.last_id}")


def _tell_administrators(session: Session, kind: str, detail: Mapping[str, Any], key: str) -> None:
    """Writes the notice in place of an unread one of its kind, for administrators who do not have it yet."""
    told = told_by_key(session, kind, key)
    notices = [
        NewNotice(person_id, kind, detail, key=key) for person_id in administrators(session) if person_id not in told
    ]
    if notices:
        replace_unread(session, notices)


def _status_notice(status: SiteStatus, person_id: int, path: str, stage: int) -> NewNotice:
    detail = {"site": status.site.theme, "until": status.ends_on.isoformat(), "path": path}
    return NewNotice(person_id, catalogue.STATUS_ENDS, detail, key=f"status:{status.id}:{stage}")


PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {
    "tell_of_deadlines": (1800.0, tell_of_deadlines),
    "tell_of_statuses": (6 * 3600.0, tell_of_statuses),
    "tell_of_failed_jobs": (300.0, tell_of_failed_jobs),
    "tell_of_silent_platforms": (300.0, tell_of_silent_platforms),
    "tell_of_failed_letters": (900.0, tell_of_failed_letters),
}
"""Name → (seconds between runs, function)."""
