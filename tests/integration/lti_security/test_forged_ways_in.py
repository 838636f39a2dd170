"""A launch started by another person never enters this browser, by token or by ticket."""

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from lms.lti.models.launches import Launch

OURS = {"Sec-Fetch-Site": "same-origin"}
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example", "Referer": "https://evil.example/page"},
    {"Origin": "null"},
    {"Referer": "https://evil.example/https://tool.test/"},
    {},
]
"""Headers of requests from another site, a letter or the address bar."""


@pytest.fixture
def attacker(app, shown, secure):
    """A learner's own valid token with the secret from their platform's storage."""
    parameters = shown.platform.login_parameters(shown.learner, shown.link) | {"lti_storage_target": "_parent"}
    bare = app.test_client(use_cookies=False)
    page = bare.get("/lti/login/check", query_string=parameters, headers={"Sec-Fetch-Dest": "iframe"}, base_url=secure)
    onward, secret = (unescape(re.search(f'data-{name}="([^"]+)"', page.text)[1]) for name in ("onward", "value"))
    return shown.platform._authorized(onward) | {"proof": secret}


@pytest.mark.parametrize("told", FOREIGN)
def test_proof_from_another_site_is_refused(app, session, secure, attacker, told):
    victim = app.test_client()
    answer = victim.post("/lti/launch", data=attacker, headers=told, base_url=secure)
    assert answer.status_code == 403
    assert "<code>browser</code>" in answer.text
    assert "stazhirovka_launch" not in str(answer.headers)
    assert session.scalar(select(func.count()).select_from(Launch)) == 0


def test_proof_from_own_page_is_accepted(app, secure, attacker):
    assert app.test_client().post("/lti/launch", data=attacker, headers=OURS, base_url=secure).status_code == 303


def test_proof_with_own_origin_is_accepted(app, secure, attacker):
    answer = app.test_client().post("/lti/launch", data=attacker, headers={"Origin": secure}, base_url=secure)
    assert answer.status_code == 303


@pytest.mark.parametrize("told", FOREIGN)
@pytest.mark.parametrize("more", ["", "&window=1"])
def test_ticket_from_another_site_is_refused(app, secure, attacker, shown, told, more):
    bare = app.test_client(use_cookies=False)
    entering = bare.post("/lti/launch", data=attacker, headers=OURS, base_url=secure)
    answer = app.test_client().get(entering.location + more, headers=told, base_url=secure)
    assert answer.status_code == 401
    assert "stazhirovka_launch" not in str(answer.headers)
    assert "ticket=" not in answer.text
    assert shown.platform.address not in str(answer.headers)


def test_launch_ids_reveal_no_platform(app, secure, attacker, shown):
    bare = app.test_client(use_cookies=False)
    entering = bare.post("/lti/launch", data=attacker, headers=OURS, base_url=secure)
    number = entering.location.partition("/enter")[0]
    for ticket in ("", "?ticket=", "?ticket=made-up"):
        for told in (OURS, {}):
            answer = app.test_client().get(f"{number}/enter{ticket}", headers=told, base_url=secure)
            assert answer.status_code == 401
            assert shown.platform.address not in str(answer.headers)
