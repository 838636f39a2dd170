"""Deep linking end to end: selection in the platform's course, verification, launch by learners."""

import html
import re

import pytest
from sqlalchemy import func, select

from courses.models.groups import Enrolment
from lms.lti.models.launches import ContentItem, Link
from tests.factories import make
from tests.support.checks import make_check
from tests.support.platform.messages import SHORT
from tests.support.platform.strict import registered
from tests.support.platform.tokens import claims_of

PREFIX = re.compile(r"/in/[1-9]\d*/")


@pytest.fixture
def group(session):
    return make.cohort(session)


@pytest.fixture
def check(session, group):
    return make_check(session, group.version, title="Что видит наблюдатель")


@pytest.fixture(params=["strict", "independent"])
def either(request, session, group, check, platform, independent):
    chosen = platform if request.param == "strict" else independent
    registered(session, chosen, site_id=group.site_id, instructors_teach=True)
    session.commit()
    return chosen


def choosing(client, platform):
    """Returns the instructor's selection page and its launch's prefix."""
    answer = platform.deep_link(client, platform.course.instructor)
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location, follow_redirects=True)
    assert page.status_code == 200
    return page, PREFIX.search(answer.location).group()


def choose(client, platform, group, *values):
    """Selects content; returns the return URL and the response."""
    _page, prefix = choosing(client, platform)
    told = {"group": group.id, "show": list(values), "graded": "1"}
    page = client.post(f"{prefix}placing", data=told)
    assert page.status_code == 200, page.text
    where = re.search(r'<form method="post" action="([^"]+)" id="back"', page.text)
    token = re.search(r'name="JWT" value="([^"]+)"', page.text)
    return html.unescape(where.group(1)), token.group(1), page


def test_selected_self_check_is_opened_by_learner(client, session, either, group, check):
    page, _prefix = choosing(client, either)
    assert group.version.title in page.text
    assert check.title in page.text
    where, token, _page = choose(client, either, group, f"check-{check.id}")
    claims = claims_of(token)
    if either.family == "moodle":
        assert where == either.url("deep-linking-return")
        (link,) = either.take_deep_link(token)
    else:
        assert where == f"{either.address}/chosen"
        (item,) = either.content_items(token)
        link = either.course.add_link(item["title"], custom=item.get("custom", {}), target=item.get("url", ""))
    assert claims[SHORT["message_type"]] == "LtiDeepLinkingResponse"
    answer = either.launch(client, either.course.learner, link)
    assert answer.status_code == 303
    opened = client.get(answer.location, follow_redirects=True)
    assert opened.status_code == 200
    assert check.title in opened.text
    assert session.scalar(select(func.count()).select_from(Enrolment).where(Enrolment.cohort_id == group.id)) == 1
    shown = session.scalars(select(Link)).one().placement
    assert (shown.kind, shown.self_check_id, shown.graded) == ("self_check", check.id, True)


def test_several_items_have_line_items(client, session, platform, group, check):
    registered(session, platform, site_id=group.site_id, instructors_teach=True)
    session.commit()
    topic = make.topics(session, group.version)[1]
    session.commit()
    values = ("programme", f"check-{check.id}", f"topic-{topic.lineage}", "certificate")
    _where, token, _page = choose(client, platform, group, *values)
    links = platform.take_deep_link(token)
    assert len(links) == 4
    maximum = {
        link.title: platform.course.line_items[link.line_item]["scoreMaximum"] for link in links if link.line_item
    }
    assert maximum[check.title] == 100
    assert maximum[group.version.title] == 18
    assert maximum[next(title for title in maximum if title.endswith(topic.title))] == 100
    assert len(maximum) == 3, "a certificate has no column"
    assert session.scalar(select(func.count()).select_from(ContentItem)) == 4
    assert platform.complaints == []


def test_single_item_platform_accepts_one(client, session, platform, group, check):
    registered(session, platform, site_id=group.site_id, instructors_teach=True)
    session.commit()
    settings = {
        "deep_link_return_url": platform.url("deep-linking-return"),
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"],
        "accept_multiple": False,
    }
    platform.deep_linking_data = None
    answer = platform.deep_link(client, platform.course.instructor, claims={"deep_linking_settings": settings})
    page = client.get(answer.location, follow_redirects=True)
    prefix = PREFIX.search(answer.location).group()
    assert 'type="radio"' in page.text
    told = {"group": group.id, "show": ["programme", f"check-{check.id}"]}
    assert client.post(f"{prefix}placing", data=told).status_code == 422
    page = client.post(f"{prefix}placing", data=told | {"show": ["programme"]})
    (link,) = platform.take_deep_link(re.search(r'name="JWT" value="([^"]+)"', page.text).group(1))
    assert link.line_item is None, "no column was wanted"


def test_cancelling_returns_no_items(client, session, platform, group):
    registered(session, platform, site_id=group.site_id, instructors_teach=True)
    session.commit()
    _page, prefix = choosing(client, platform)
    page = client.post(f"{prefix}placing/cancel")
    assert platform.take_deep_link(re.search(r'name="JWT" value="([^"]+)"', page.text).group(1)) == []


def test_learner_may_not_select(client, session, platform, group):
    registered(session, platform, site_id=group.site_id, instructors_teach=True)
    session.commit()
    answer = platform.deep_link(client, platform.course.learner)
    prefix = PREFIX.search(answer.location).group()
    told = {"group": group.id, "show": ["programme"]}
    refused = client.post(f"{prefix}placing", data=told)
    assert refused.status_code in (303, 403, 404)
    assert session.scalars(select(ContentItem)).all() == []


def test_copied_link_shows_nothing_to_learner(client, session, platform, group, check):
    registered(session, platform, site_id=group.site_id, instructors_teach=True)
    session.commit()
    _where, token, _page = choose(client, platform, group, f"check-{check.id}")
    (link,) = platform.take_deep_link(token)
    platform.course.id += "-copy"
    answer = platform.launch(client, platform.course.learner, link)
    page = client.get(answer.location, follow_redirects=True)
    assert page.status_code == 200
    assert check.title not in page.text
    assert session.scalars(select(Enrolment)).all() == []
    answer = platform.launch(client, platform.course.instructor, link)
    page = client.get(answer.location, follow_redirects=True)
    assert group.version.title in page.text, "the instructor is asked what the copied link shows"
