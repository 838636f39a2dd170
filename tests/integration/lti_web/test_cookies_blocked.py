"""Logins and launches of different browsers: windows, frames with cookies, frames without."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from lms.core.clock import utc_now
from lms.lti.messages import state

FRAME = {"Sec-Fetch-Dest": "iframe"}
WINDOW = {"Sec-Fetch-Dest": "document"}
OURS = {"Sec-Fetch-Site": "same-origin"}
"""Headers of requests from our own pages."""


@pytest.fixture
def parameters(shown):
    return shown.platform.login_parameters(shown.learner, shown.link)


def fields(page) -> dict[str, str]:
    """Returns the page's hidden inputs."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found}


def data_of(page, name: str) -> str:
    return unescape(page.text.partition(f'data-{name}="')[2].partition('"')[0])


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("headers", [{}, WINDOW])
def test_window_redirects_to_platform(client, shown, parameters, method, headers):
    told = {"query_string" if method == "GET" else "data": parameters}
    answer = client.open("/lti/login", method=method, headers=headers, **told)
    assert answer.status_code == 302
    assert answer.location.startswith(shown.platform.url("auth") + "?")


def test_frame_tests_cookies_once(client, shown, parameters):
    tried = client.post("/lti/login", data=parameters, headers=FRAME)
    assert (tried.status_code, urlsplit(tried.location).path) == (303, "/lti/login/check")
    assert dict(parse_qsl(urlsplit(tried.location).query)) == parameters
    checked = client.get(tried.location, headers=FRAME)
    assert checked.status_code == 302
    assert checked.location.startswith(shown.platform.url("auth") + "?")
    known = client.post("/lti/login", data=parameters, headers=FRAME)
    assert known.location.startswith(shown.platform.url("auth") + "?")


def test_long_parameters_stay_in_form(client, parameters):
    long = parameters | {"lti_message_hint": "x" * 3900}
    answer = client.post("/lti/login", data=long, headers=FRAME)
    assert (answer.status_code, answer.location) == (307, "/lti/login/check")
    assert client.post("/lti/login/check", data=long, headers=FRAME).status_code == 302


def test_missing_cookies_open_window(app, shown, secure, parameters):
    bare = app.test_client(use_cookies=False)
    page = bare.get("/lti/login/check", query_string=parameters, headers=FRAME, base_url=secure)
    assert page.status_code == 200
    assert 'target="_blank"' in page.text
    assert "lti-store-secret" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert f"form-action 'self' {shown.platform.address}" in policy
    assert f"frame-ancestors {shown.platform.address}" in policy
    window = app.test_client()
    again = window.post("/lti/login", data=fields(page), headers=WINDOW, base_url=secure)
    assert again.location.startswith(shown.platform.url("auth") + "?")


def test_missing_cookies_use_platform_storage(app, shown, secure, parameters):
    bare = app.test_client(use_cookies=False)
    told = parameters | {"lti_storage_target": "_parent"}
    page = bare.get("/lti/login/check", query_string=told, headers=FRAME, base_url=secure)
    assert "lti-store-secret" in page.text
    assert "lti_storage_target" not in fields(page)
    assert data_of(page, "origin") == shown.platform.address
    assert data_of(page, "target") == "_parent"
    form = shown.platform._authorized(data_of(page, "onward"))
    waiting = bare.post("/lti/launch", data=form, headers=FRAME, base_url=secure)
    assert waiting.status_code == 200
    assert "lti-read-secret" in waiting.text
    assert data_of(waiting, "key") == data_of(page, "key")
    assert data_of(waiting, "origin") == shown.platform.address
    assert f"frame-ancestors {shown.platform.address}" in waiting.headers["Content-Security-Policy"]
    proven = fields(waiting) | {"proof": data_of(page, "value")}
    entering = bare.post("/lti/launch", data=proven, headers=FRAME | OURS, base_url=secure)
    assert re.fullmatch(r"/in/\d+/enter\?ticket=.+", entering.location)
    page = bare.get(entering.location, headers=FRAME | OURS, base_url=secure)
    assert page.status_code == 200
    link = re.search(r'href="([^"]+)" target="_blank" rel="noopener"', page.text)
    assert link
    address = unescape(link[1])
    window = app.test_client()
    opened = window.get(address, headers=WINDOW | OURS, base_url=secure)
    assert opened.status_code == 303, opened.text
    assert window.get(opened.location, base_url=secure).status_code == 200
    assert window.get(address, headers=OURS, base_url=secure).location == opened.location  # the second click of two
    stranger = app.test_client()
    assert stranger.get(address, headers=OURS, base_url=secure).status_code == 401


def test_frame_with_cookie_needs_no_window(app, shown, secure, parameters):
    client = app.test_client()
    told = parameters | {"lti_storage_target": "_parent"}
    bare = app.test_client(use_cookies=False)
    page = bare.get("/lti/login/check", query_string=told, headers=FRAME, base_url=secure)
    form = shown.platform._authorized(data_of(page, "onward")) | {"proof": data_of(page, "value")}
    entering = client.post("/lti/launch", data=form, headers=FRAME | OURS, base_url=secure)
    on = client.get(entering.location, headers=FRAME, base_url=secure)
    assert on.status_code == 303
    assert client.get(on.location, base_url=secure).status_code == 200


def test_missing_proof_is_refused(app, shown, secure, parameters):
    bare = app.test_client(use_cookies=False)
    told = parameters | {"lti_storage_target": "_parent"}
    page = bare.get("/lti/login/check", query_string=told, headers=FRAME, base_url=secure)
    form = shown.platform._authorized(data_of(page, "onward"))
    for proof in ("", "x", data_of(page, "value") + "x"):
        answer = bare.post("/lti/launch", data=form | {"proof": proof}, headers=FRAME | OURS, base_url=secure)
        assert answer.status_code == 403
        assert "<code>browser</code>" in answer.text


def test_http_launch_repeats_form(app, shown, parameters):
    """Lax cookies are not sent with another site's form: the form repeated from our own page sends them."""
    client = app.test_client()
    form = shown.platform.launch_form(client, shown.learner, shown.link)
    bare = app.test_client(use_cookies=False)
    page = bare.post("/lti/launch", data=form)
    assert page.status_code == 200
    assert fields(page) == form | {"again": "1"}
    assert client.post("/lti/launch", data=fields(page)).status_code == 303


def test_direct_url_shows_hint(client):
    for address in ("/lti/open/00000000-0000-0000-0000-000000000001", "/lti/launch"):
        page = client.get(address)
        assert page.status_code == 200
        assert "Это открывается из" in page.text
        assert 'href="/log-in"' in page.text


def test_jwks_is_cached_for_five_minutes(client):
    answer = client.get("/lti/jwks.json")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {key["alg"] for key in answer.json["keys"]} == {"RS256"}
    assert not [key for key in answer.json["keys"] if "d" in key]
    assert "Set-Cookie" not in answer.headers


def test_url_contains_no_secret(client, parameters):
    answer = client.post("/lti/login", data=parameters)
    told = dict(parse_qsl(urlsplit(answer.location).query))
    login = state.decode_state(told["state"], now=utc_now())
    secret = client.get_cookie(login.cookie, path="/lti").value
    assert secret not in answer.location
    assert state.digest(secret) == login.secret_hash
