"""Line items on a strict platform: use, find, create, update, delete, refuse."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from lms.core.clock import utc_now
from lms.lti.grades import line_items
from lms.lti.models.launches import ContentItem, Context, Link
from lms.lti.models.services import LineItem

READING = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"


def placement_of(place, link_id: int) -> ContentItem:
    with place.sessions() as session:
        return session.get_one(Link, link_id).placement


def test_launch_line_item_is_used_unchanged(place):
    theirs, ours = place.link(points=50)
    item = place.item(ours)
    assert (item.state, item.made_by_us) == ("ready", False)
    assert item.url == place.platform.line_item_url(theirs.line_item)
    place.work()
    assert place.platform.received == []


def test_missing_line_item_is_created(place):
    theirs, ours = place.link()
    assert place.item(ours).state == "wanted"
    place.work()
    item, placement = place.item(ours), placement_of(place, ours)
    (made,) = place.platform.course.line_items.values()
    assert (item.state, item.made_by_us, item.error) == ("ready", True, None)
    assert made["label"] == placement.title
    assert made["resourceLinkId"] == theirs.id
    assert made["resourceId"] == str(placement.key)
    assert Decimal(str(made["scoreMaximum"])) == item.score_maximum
    assert "type_id=1" in item.url
    assert place.platform.complaints == []


def test_line_item_is_found_by_link_on_any_page(place):
    course = place.platform.course
    place.platform.page_size = 2
    for number in range(7):
        course.add_line_item(label=f"Другая {number}", scoreMaximum=10, tag="programme")
    theirs = course.add_link()
    number = course.add_line_item(label="Стажировка", scoreMaximum=20, resourceLinkId=theirs.id)
    place.platform.fail("line_items", status=None)  # only late: nothing is filtered below
    ours = opened(place, theirs.id)
    place.work()
    item = place.item(ours)
    assert (item.url, item.made_by_us) == (place.platform.line_item_url(number), False)
    assert len(course.line_items) == 8


def opened(place, resource_link_id: str) -> int:
    """Opens a link to our content item."""
    from courses.models.groups import Cohort
    from tests.factories import platforms

    with place.sessions.begin() as session:
        at = place.context(session)
        shows = platforms.placement(session, at, session.get_one(Cohort, place.cohort_id), graded=True)
        link = platforms.link(session, at, shows, resource_link_id=resource_link_id)
        line_items.ensure_line_item(session, link, now=utc_now())
        return link.id


def test_line_item_is_found_by_resource_id(place):
    theirs, ours = place.link()
    key = str(placement_of(place, ours).key)
    course = place.platform.course
    other = course.add_link()
    course.add_line_item(label="Чужая", scoreMaximum=10, resourceId=key, resourceLinkId=other.id)
    mine = course.add_line_item(label="Наша", scoreMaximum=10, resourceId=key)
    place.work()
    item = place.item(ours)
    assert (item.url, item.made_by_us) == (place.platform.line_item_url(mine), True)
    assert course.line_items[mine]["label"] == item.label
    assert course.line_items[mine]["scoreMaximum"] == float(item.score_maximum)
    assert theirs.line_item is None


def test_second_launch_takes_one_query_and_no_request(place):
    from tests.support.counting import count_queries

    _theirs, ours = place.link()
    place.work()
    asked = len(place.platform.received)
    with place.sessions.begin() as session:
        link = session.get_one(Link, ours)
        with count_queries(session.get_bind()) as sent:
            line_items.ensure_line_item(session, link, now=utc_now())
        assert len(sent) == 1
    place.work()
    assert len(place.platform.received) == asked


def test_changed_title_updates_line_item(place):
    enrolment = place.trainee()
    _theirs, ours = place.link()
    place.work()
    with place.sessions.begin() as session:
        session.execute(update(ContentItem).values(title="Школа наблюдателя"))
    place.give_hours(enrolment, 3)
    place.work()
    place.work()
    (made,) = place.platform.course.line_items.values()
    assert made["label"] == "Школа наблюдателя"
    assert place.item(ours).state == "ready"
    assert place.score().state == "sent"
    assert place.platform.complaints == []


@pytest.mark.parametrize("points", [None, 50])
def test_ungraded_content_item_deletes_line_item(place, points):
    theirs, ours = place.link(points=points)
    place.work()
    with place.sessions.begin() as session:
        link = session.get_one(Link, ours)
        link.placement.graded = False
        session.flush()
        line_items.update_for_link(session, link, now=utc_now())
    place.work()
    assert place.item(ours).state == "removed"
    assert len(place.platform.course.line_items) == (0 if points is None else 1)
    with place.sessions.begin() as session:
        link = session.get_one(Link, ours)
        link.placement.graded = True
        session.flush()
        line_items.update_for_link(session, link, now=utc_now())
    place.work()
    assert place.item(ours).state == "ready"
    assert theirs.id


def test_line_item_deleted_on_platform_counts_as_deleted(place):
    _theirs, ours = place.link()
    place.work()
    place.platform.course.line_items.clear()
    with place.sessions.begin() as session:
        line_items.withdraw_line_items(session, [ours], now=utc_now())
    place.work()
    assert (place.item(ours).state, place.item(ours).error) == ("removed", None)


def test_missing_scope_marks_line_item_refused(place):
    with place.sessions.begin() as session:
        session.execute(update(Context).values(scopes=[READING]))
    _theirs, ours = place.link()
    place.work()
    item = place.item(ours)
    assert item.state == "refused"
    assert "не разрешает создавать столбцы" in item.error.message.replace("\xa0", " ")
    assert place.waiting() == []


def test_refused_line_item_keeps_error_text(place):
    place.platform.fail("line_items", status=403, body='{"error": "Категория закрыта"}', times=3)
    _theirs, ours = place.link()
    place.work()
    assert (place.item(ours).state, place.item(ours).error.message) == ("refused", "Категория закрыта")
    with place.sessions.begin() as session:
        line_items.retry_line_item(session, session.scalars(select(LineItem)).one(), now=utc_now())
    place.platform.failures.clear()
    place.work()
    assert place.item(ours).state == "ready"


def test_line_item_waits_for_unreachable_platform(place):
    place.platform.fail("line_items", status=502, times=2)
    _theirs, ours = place.link()
    place.work()
    assert (place.item(ours).state, place.item(ours).tries) == ("wanted", 1)
    place.work()  # the pause is not over: nothing is asked
    assert place.item(ours).tries == 1
    place.later()
    place.work()
    assert place.item(ours).tries == 2
    place.later()
    place.work()
    assert (place.item(ours).state, place.item(ours).tries) == ("ready", 0)


def test_line_item_of_foreign_origin_is_refused(place):
    body = '[{"id": "https://evil.example/lineitem", "label": "x", "scoreMaximum": 1}]'
    place.platform.fail("line_items", status=200, body=body, times=2)
    _theirs, ours = place.link()
    place.work()
    assert place.item(ours).made_by_us
    assert place.item(ours).url.startswith(place.platform.address)
