"""Cookies of launches: path, attributes, separation."""

import pytest

from lms.core.clock import utc_now
from lms.core.people.sessions import open_session
from lms.http.launch_context import COOKIE
from lms.http.login import COOKIE as LOG_IN
from tests.factories import make
from tests.support.browsing import log_in


def attributes(line: str) -> set[str]:
    return {part.strip() for part in line.split(";")[1:] if not part.strip().startswith(("Max-Age", "Expires"))}


def test_http_cookies_are_lax(client, shown, cookies_of):
    login = client.post("/lti/login", data=shown.platform.login_parameters(shown.learner, shown.link))
    kept = {name: attributes(line) for name, line in cookies_of(login).items()}
    assert len(kept) == 2
    assert all(told == {"HttpOnly", "Path=/lti", "SameSite=Lax"} for told in kept.values()), kept
    answer = shown.platform.launch(client, shown.learner, shown.link)
    number = answer.location.split("/")[2]
    assert attributes(cookies_of(answer)[COOKIE]) == {"HttpOnly", f"Path=/in/{number}", "SameSite=Lax"}


def test_https_cookies_are_partitioned(client, shown, secure, cookies_of):
    cross = {"HttpOnly", "Secure", "SameSite=None", "Partitioned"}
    parameters = shown.platform.login_parameters(shown.learner, shown.link)
    login = client.post("/lti/login", data=parameters, base_url=secure)
    assert all(attributes(line) == cross | {"Path=/lti"} for line in cookies_of(login).values())
    launched = shown.launch(client)
    path = f"/in/{launched.id}"
    page = client.get(path + launched.path, base_url=secure)
    assert page.status_code == 200
    assert attributes(cookies_of(page)["__Secure-stazhirovka_inside"]) == cross | {f"Path={path}"}


def test_launch_deletes_login_cookie(client, shown, cookies_of):
    answer = shown.platform.launch(client, shown.learner, shown.link)
    gone = [line for name, line in cookies_of(answer).items() if name.startswith("stazhirovka_lti_")]
    assert len(gone) == 1
    assert "Max-Age=0" in gone[0]


def test_cookie_expires_with_launch(client, shown, cookies_of):
    answer = shown.platform.launch(client, shown.learner, shown.link)
    age = int(cookies_of(answer)[COOKIE].partition("Max-Age=")[2].partition(";")[0])
    assert 3600 < age <= 12 * 3600


def test_launch_and_log_in_are_separate(client, session, shown):
    administrator = make.account(session, is_administrator=True)
    log_in(client, session, administrator)
    launched = shown.launch(client)
    inside = client.get(f"/in/{launched.id}{launched.path}")
    assert f'data-user="{launched.session.account_id}"' in inside.text
    outside = client.get("/", follow_redirects=True)
    assert f'data-user="{administrator.id}"' in outside.text
    assert client.get("/admin").status_code == 200
    assert client.get(f"/in/{launched.id}/admin").status_code == 404


def test_two_launches_are_separate(client, shown):
    one = shown.launch(client)
    two = shown.launch(client, shown.platform.course.other)
    for launched in (one, two, one):
        page = client.get(f"/in/{launched.id}{launched.path}")
        assert f'data-user="{launched.session.account_id}"' in page.text
    assert client.get(f"/in/{one.id}{two.path}").status_code == 404


@pytest.mark.parametrize("way", ["launch as log-in", "log-in as launch", "of another launch", "made up"])
def test_cookie_of_another_launch_is_refused(app, session, shown, way):
    browser = app.test_client()
    one, two = shown.launch(browser), shown.launch(browser, shown.platform.course.other)
    token = browser.get_cookie(COOKIE, path=f"/in/{two.id}").value
    other = app.test_client()
    if way == "launch as log-in":
        other.set_cookie(LOG_IN, token)
        assert "/log-in" in other.get("/certificates").location
        return
    if way == "log-in as launch":
        account = one.session.account
        token = open_session(session, account, user_agent="", ip_address="", now=utc_now())
        session.commit()
    other.set_cookie(COOKIE, "x" if way == "made up" else token, path=f"/in/{one.id}")
    assert other.get(f"/in/{one.id}{one.path}").status_code == 401


def test_flask_session_is_signed_for_launch(client, shown):
    one = shown.launch(client)
    client.get(f"/in/{one.id}{one.path}")
    two = shown.launch(client, shown.platform.course.other)
    client.get(f"/in/{two.id}{two.path}")
    values = {
        number: client.get_cookie("stazhirovka_inside", path=f"/in/{number}").value for number in (one.id, two.id)
    }
    client.set_cookie("stazhirovka_inside", values[one.id], path=f"/in/{two.id}")
    client.get(f"/in/{two.id}{two.path}")
    assert client.get_cookie("stazhirovka_inside", path=f"/in/{two.id}").value != values[one.id]


def test_csrf_token_belongs_to_launch(client, app, shown, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    one, two = shown.launch(client), shown.launch(client, shown.platform.course.other)
    pages = {launched.id: client.get(f"/in/{launched.id}{launched.path}").text for launched in (one, two)}
    tokens = {number: text.partition('name="csrf" content="')[2].partition('"')[0] for number, text in pages.items()}
    address = f"/in/{one.id}/language/en"
    assert client.post(address, data={"csrf_token": tokens[two.id]}).status_code == 400
    assert client.post(address).status_code == 400
    assert client.post(address, data={"csrf_token": tokens[one.id]}).status_code == 302
