"""Checks of the strict test platform itself, by our own client over TLS."""

import json
from urllib.parse import urlencode

import pytest

from lms.core.clock import utc_now
from lms.lti.errors import Unreachable
from lms.lti.services import tokens
from lms.lti.trust import tool_keys
from tests.support.platform import grades, roster
from tests.support.platform.strict import know_tool, registered
from tests.support.platform.tokens import claims_of
from tests.support.platform.wire import Complaint

SCORE = {
    "scoreGiven": 7,
    "scoreMaximum": 10,
    "activityProgress": "Completed",
    "gradingProgress": "FullyGraded",
    "timestamp": "2026-11-02T10:00:00.500+07:00",
}


@pytest.fixture(autouse=True)
def _no_tokens_kept():
    tokens.reset_tokens()


@pytest.fixture
def row(session, platform):
    return registered(session, platform)


def send(session, row, platform, link, **changes):
    told = {**SCORE, "userId": platform.course.learner.subject} | changes
    head, _, tail = platform.line_item_url(link.line_item).partition("?")
    told = {name: value for name, value in told.items() if value is not None}
    return tokens.call(
        session,
        row,
        "POST",
        f"{head}/scores?{tail}",
        scopes=[grades.SEND_SCORE],
        media=grades.SCORE_TYPE,
        content=json.dumps(told).encode(),
    )


def test_platform_stores_score(session, platform, row):
    link = platform.course.add_link(graded=10)
    assert send(session, row, platform, link).status == 200
    assert platform.score_of(link, platform.course.learner)["scoreGiven"] == 7
    assert platform.complaints == []
    assert [one.endpoint for one in platform.received] == ["token", "scores"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"timestamp": "2026-11-02T10:00:00"}, 400),
        ({"timestamp": None}, 400),
        ({"scoreMaximum": None}, 400),
        ({"scoreGiven": -1}, 400),
        ({"activityProgress": "Done"}, 400),
        ({"gradingProgress": None}, 400),
        ({"userId": "nobody"}, 404),
        ({"colour": "red"}, 400),
    ],
)
def test_platform_refuses_invalid_score(session, platform, row, changes, status):
    link = platform.course.add_link(graded=10)
    assert send(session, row, platform, link, **changes).status == status
    assert len(platform.complaints) == 1
    assert platform.score_of(link, platform.course.learner) is None


def test_platform_refuses_earlier_score(session, platform, row):
    link = platform.course.add_link(graded=10)
    send(session, row, platform, link)
    assert send(session, row, platform, link).status == 409
    assert send(session, row, platform, link, timestamp="2026-11-02T03:00:00.501Z").status == 200


def test_platform_requires_query_of_url(session, platform, row):
    link = platform.course.add_link(graded=10)
    address = platform.line_item_url(link.line_item).partition("?")[0]
    answer = tokens.call(
        session, row, "GET", address, scopes=[grades.LINE_ITEM], accept=grades.LINE_ITEM_TYPE, now=utc_now()
    )
    assert answer.status == 404


def test_platform_injects_failures(session, platform, row):
    link = platform.course.add_link(graded=10)
    platform.fail("scores", status=503, times=2)
    statuses = [send(session, row, platform, link).status for _ in range(3)]
    assert statuses == [503, 503, 200]
    platform.fail("members", body="<html>", status=200)
    address = platform.service_url("members")
    answer = tokens.call(session, row, "GET", address, scopes=[roster.SCOPE], accept=roster.MEDIA_TYPE)
    with pytest.raises(Unreachable):
        answer.json()


def test_platform_pages_roster(session, platform, row):
    platform.page_size = 2
    address, seen = platform.service_url("members"), []
    while address:
        answer = tokens.call(session, row, "GET", address, scopes=[roster.SCOPE], accept=roster.MEDIA_TYPE)
        assert answer.status == 200
        seen += [one["user_id"] for one in answer.json()["members"]]
        address = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
    assert seen == [one.subject for one in platform.course.people]
    address = platform.service_url("members") + "&" + urlencode({"role": "Instructor"})
    answer = tokens.call(session, row, "GET", address, scopes=[roster.SCOPE], accept=roster.MEDIA_TYPE)
    assert [one["user_id"] for one in answer.json()["members"]] == [platform.course.instructor.subject]


def test_platform_checks_scope_and_expiry_of_token(session, platform, row):
    address = platform.service_url("members")
    answer = tokens.call(session, row, "GET", address, scopes=[grades.SEND_SCORE], accept=roster.MEDIA_TYPE)
    assert answer.status == 403
    tokens.call(session, row, "GET", address, scopes=[roster.SCOPE], accept=roster.MEDIA_TYPE)
    platform.expire_tokens()
    answer = tokens.call(session, row, "GET", address, scopes=[roster.SCOPE], accept=roster.MEDIA_TYPE)
    assert answer.status == 200


def test_platform_refuses_unpublished_key(session, platform, row):
    tool_keys.rotate(session, actor=None, now=utc_now(), at_once=True)
    with pytest.raises(tokens.TokenRefused):
        tokens.access_token(session, row, [roster.SCOPE])
    know_tool(session, platform)
    assert tokens.access_token(session, row, [roster.SCOPE])


def test_platform_checks_authentication_request(platform):
    hint = platform.login_parameters(platform.course.learner, platform.course.links[0])["lti_message_hint"]
    right = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": "http://localhost/lti/launch",
        "login_hint": platform.course.learner.login_hint,
        "lti_message_hint": hint,
        "nonce": "n",
        "state": "s",
    }
    for name in right:
        for wrong in ({}, {name: "other"}):
            if name in ("nonce", "state") and wrong:
                continue
            told = {key: value for key, value in right.items() if key != name} | wrong
            with pytest.raises(Complaint):
                platform.authorize(told)
    where, form = platform.authorize(right)
    assert (where, form["state"]) == ("http://localhost/lti/launch", "s")
    claims = claims_of(form["id_token"])
    assert (claims["nonce"], claims["exp"] - claims["iat"]) == ("n", 60)
    with pytest.raises(Complaint, match="used already"):
        platform.authorize(right)
