"""Notices: written by one call, counted until they are read, listed with the newest first."""

from lms.core.clock import utc_now
from lms.core.notifications.operations import mark_read, notify
from lms.core.notifications.queries import notices_of, unread_count
from tests.factories import make


def notified(session, person, *numbers: int):
    made = [notify(session, person_id=person.id, kind="review", detail={"number": number}) for number in numbers]
    session.flush()
    return made


def test_counts_unread_notices_of_person_alone(session):
    person, other = make.person(session), make.person(session)
    notified(session, person, 1, 2)
    notified(session, other, 3)
    assert (unread_count(session, person.id), unread_count(session, other.id)) == (2, 1)


def test_mark_read_of_one_notice_leaves_the_others(session):
    person = make.person(session)
    first, second = notified(session, person, 1, 2)
    now = utc_now()
    mark_read(session, person_id=person.id, notice_ids=[first.id], now=now)
    assert (first.read_at, second.read_at) == (now, None)
    assert unread_count(session, person.id) == 1


def test_mark_read_keeps_first_time_and_notices_of_others(session):
    person, other = make.person(session), make.person(session)
    (mine,) = notified(session, person, 1)
    (theirs,) = notified(session, other, 2)
    early, late = utc_now(), utc_now()
    mark_read(session, person_id=person.id, now=early)
    mark_read(session, person_id=person.id, now=late)
    mark_read(session, person_id=person.id, notice_ids=[theirs.id], now=late)
    assert (mine.read_at, theirs.read_at) == (early, None)


def test_lists_newest_first_in_pages(session):
    person = make.person(session)
    notified(session, person, 1, 2, 3)
    page = notices_of(session, person.id, limit=2)
    assert [notice.detail["number"] for notice in page] == [3, 2]
    assert [notice.detail["number"] for notice in notices_of(session, person.id, before_id=page[-1].id)] == [1]
