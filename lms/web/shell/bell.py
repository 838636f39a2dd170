"""The bell in the top bar: the number of notices that the person has not read."""

from flask import g

from lms.core.notifications.queries import MOST_COUNTED, unread_count
from lms.http.launch_context import is_framed, living_launch
from lms.http.request_context import actor, db, session_fact

NO_GROUP = 0
"""Id that no group has: a launch without a group shows no notices."""


def group_shown() -> int | None:
    """Returns the id of the group that this launch shows; None outside of launches.

    A platform gets no notices of the person's other groups and sites into its frame.
    """
    if not is_framed():
        return None
    found = living_launch()
    placement = found.link.placement if found and found.link else None
    return placement.cohort_id if placement else NO_GROUP


def unread_notices() -> int:
    """Returns the number of unread notices, counted once a request."""
    if "unread_notices" not in g:
        read_with_session = session_fact("unread")
        g.unread_notices = _count() if read_with_session is None else read_with_session
    found: int = g.unread_notices
    return found


def _count() -> int:
    person_id = actor().person_id
    return unread_count(db(), person_id, cohort_id=group_shown()) if person_id else 0


def unread_text(count: int) -> str:
    """Returns the number as the bell shows it."""
    return str(count) if count < MOST_COUNTED else f"{MOST_COUNTED - 1}+"
