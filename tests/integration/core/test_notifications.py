"""Notices: written by one call, counted until they are read, listed with the newest first."""

from lms.core.clock import utc_now
from lms.core.notifications.operations import NewNotice, choose_letters, mark_read, notify, notify_all
from lms.core.notifications.queries import letter_choices, notices_of, unread_count
from tests.factories import make


def notified(session, person, *numbers: int):
    """Writes a notice for each number and returns them in this order."""
    for number in numbers:
        notify(session, person_id=person.id, kind="work_returned", detail={"number": number})
    return list(reversed(notices_of(session, person.id)))


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
    session.expire_all()
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


def test_notice_of_one_key_is_written_to_a_person_once(session):
    person, other = make.person(session), make.person(session)
    for whose in (person, person, other):
        notify_all(session, [NewNotice(whose.id, "deadline", {}, key="deadline:1:2026-12-02")])
    notify_all(session, [NewNotice(person.id, "deadline", {}), NewNotice(person.id, "deadline", {})])
    assert (unread_count(session, person.id), unread_count(session, other.id)) == (3, 1)


def test_notices_of_one_group_are_counted_listed_and_marked_apart(session):
    person = make.person(session)
    for group in (7, 8, 8):
        notify(session, person_id=person.id, kind="work_returned", detail={}, cohort_id=group)
    assert unread_count(session, person.id, cohort_id=8) == 2
    assert {notice.cohort_id for notice in notices_of(session, person.id, cohort_id=8)} == {8}
    mark_read(session, person_id=person.id, now=utc_now(), cohort_id=8)
    assert unread_count(session, person.id) == 1


def test_erased_person_takes_notices_and_choices_along(session):
    person = make.person(session)
    notified(session, person, 1)
    choose_letters(session, person_id=person.id, choices={"deadline": "never"})
    session.delete(person)
    session.flush()
    assert (unread_count(session, person.id), letter_choices(session, person.id)) == (0, {})
