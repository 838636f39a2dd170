"""Names and attributes of cookies over HTTPS and over plain HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lms import composition
from lms.core.clock import utc_now
from lms.core.people import operations
from lms.http.login import COOKIE
from tests.factories import make
from tests.support.browsing import opened_token

SECURE = "https://lms.test"
SECRET = "три зелёных кота"
OWN = {"stazhirovka_session", "stazhirovka_browser", "stazhirovka_language", "stazhirovka"}


@pytest.fixture
def secure(app) -> Iterator[str]:
    parts = composition.parts()
    composition._current[:] = [replace(parts, settings=parts.settings.model_copy(update={"public_url": SECURE}))]
    yield SECURE


@pytest.fixture
def account(session):
    made = make.account(session, username="nina")
    operations.set_password(session, actor=None, account=made, password=SECRET, now=utc_now())
    session.commit()
    return made


def cookies_of_log_in(client: FlaskClient, address: str) -> dict[str, set[str]]:
    """Logs in and changes the language; returns name → attributes of every cookie set on the way."""
    answers = [
        client.post("/log-in", data={"login": "nina", "password": SECRET}, base_url=address),
        client.post("/language/en", base_url=address),
        client.post("/account/email/letter", base_url=address),
        client.get("/account", base_url=address),
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    lines = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]
    return {line.partition("=")[0]: {part.strip() for part in line.split(";")[1:]} for line in lines}


def test_https_cookies_have_host_prefix_and_are_secure(client, account, secure):
    found = cookies_of_log_in(client, secure)
    assert found.keys() == {f"__Host-{name}" for name in OWN}
    for attributes in found.values():
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= attributes
        assert not [each for each in attributes if each.startswith("Domain")]


def test_http_cookies_have_plain_names(client, account):
    found = cookies_of_log_in(client, "http://localhost")
    assert found.keys() == OWN
    assert all("Secure" not in attributes and "HttpOnly" in attributes for attributes in found.values())


def test_planted_cookie_without_prefix_is_not_read(client, session, account, secure):
    token = opened_token(session, account)
    client.set_cookie(COOKIE, token, domain="lms.test")
    assert client.get("/account", base_url=secure).status_code == 302
    client.set_cookie(f"__Host-{COOKIE}", token, domain="lms.test")
    assert client.get("/account", base_url=secure).status_code == 200


@pytest.mark.parametrize(("administrator", "longest"), [(False, timedelta(days=30)), (True, timedelta(hours=12))])
def test_cookie_of_session_lasts_as_long_as_the_session(client, session, account, administrator, longest):
    account.is_administrator = administrator
    session.commit()
    answer = client.post("/log-in", data={"login": "nina", "password": SECRET})
    (line,) = (line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}="))
    assert f"Max-Age={int(longest.total_seconds())}" in line


def test_https_is_demanded_for_a_year_where_it_is_used(client, account, secure):
    header = client.get("/log-in", base_url=secure).headers["Strict-Transport-Security"]
    assert header == "max-age=31536000; includeSubDomains"
