"""Pages inside a launch: texts, language, framing, links."""

import re

import pytest

from lms.core.clock import utc_now
from lms.web.shell.urls import whole_address
from tests.factories import attestation, make, platforms
from tests.support.browsing import log_in

FRAME = {"Sec-Fetch-Dest": "iframe"}
WINDOW = {"Sec-Fetch-Dest": "document"}
ENDED = "Откройте ещё раз из"


def policy(answer) -> str:
    return answer.headers["Content-Security-Policy"].partition("frame-ancestors ")[2].partition(";")[0]


def test_only_platform_may_frame(client, shown):
    launched = shown.launch(client)
    inside = client.get(f"/in/{launched.id}{launched.path}")
    assert policy(inside) == shown.platform.address
    assert policy(client.get(f"/in/{launched.id}/nothing")) == shown.platform.address
    assert policy(client.get("/log-in")) == "'none'"
    assert policy(client.get("/")) == "'none'"


def test_invalid_origins_are_left_out(client, session, shown):
    launched = shown.launch(client)
    launched.origins = ["https://a.example; script-src *", "https://b.example", "*", "javascript:x"]
    session.commit()
    assert policy(client.get(f"/in/{launched.id}{launched.path}")) == "https://b.example"


@pytest.mark.parametrize("how", ["no cookie", "too late", "ended by its owner", "closed account", "removed platform"])
def test_ended_launch_shows_message(client, app, session, shown, how):
    launched = shown.launch(client)
    if how == "too late":
        launched.ends_at = utc_now()
    elif how == "ended by its owner":
        launched.session.ended_at = utc_now()
    elif how == "closed account":
        launched.session.account.is_active = False
    elif how == "removed platform":
        shown.row.removed_at = utc_now()
    session.commit()
    browser = app.test_client() if how == "no cookie" else client
    page = browser.get(f"/in/{launched.id}{launched.path}")
    assert page.status_code == 401
    assert ENDED in page.text
    assert "/log-in" not in page.text
    assert "password" not in page.text
    assert policy(page) == "*"
    for headers in ({"HX-Request": "true"}, {"Accept": "application/json"}):
        told = browser.post(f"/in/{launched.id}{launched.path}", headers=headers)
        assert (told.status_code, "<html" in told.text) == (401, False)
        assert "Вернитесь в" in told.text


def test_page_outside_launch_requires_log_in(client):
    assert client.get("/certificates").location == "/log-in?next=/certificates"


def test_frame_has_no_navigation(client, shown):
    launched = shown.launch(client)
    page = client.get(f"/in/{launched.id}{launched.path}", headers=FRAME).text
    assert 'class="navbar' not in page
    assert "site-foot" not in page
    assert f'data-origins="{shown.platform.address}' in page
    assert f'data-prefix="/in/{launched.id}"' in page
    assert 'class="launch-bar' in page
    assert "is-window" not in page


def test_window_shows_course_in_header(client, shown):
    launched = shown.launch(client)
    page = client.get(f"/in/{launched.id}{launched.path}", headers=WINDOW).text
    assert "is-window" in page
    assert shown.platform.course.title in page


@pytest.mark.parametrize(
    ("target", "aim"), [("iframe", ' target="_top"'), ("frame", ' target="_parent"'), ("window", "")]
)
def test_page_links_back_to_platform(client, session, shown, target, aim):
    launched = shown.launch(client)
    launched.return_url, launched.target = "https://moodle.example/return?a=1", target
    session.commit()
    page = client.get(f"/in/{launched.id}{launched.path}").text
    assert f'<a class="launch-back" href="https://moodle.example/return?a=1"{aim}>' in page
    assert f"Вернуться в\u00a0«{shown.platform.course.title}»" in page


def test_return_url_carries_message(client, session, shown):
    launched = shown.launch(client)
    launched.return_url = "https://moodle.example/return?a=1"
    material = make.material(session, shown.group.version)
    session.commit()
    confirmed = client.post(f"/in/{launched.id}{launched.path}/materials/{material.id}/confirm")
    assert confirmed.location.startswith(f"/in/{launched.id}{launched.path}/topics/")
    page = client.get(confirmed.location).text
    assert "return?a=1&amp;lti_msg=%D0%" in page
    assert "lti_msg" not in client.get(confirmed.location).text


def test_invalid_return_url_is_left_out(client, session, shown):
    launched = shown.launch(client)
    launched.return_url = "javascript:alert(1)"
    session.commit()
    assert "javascript" not in client.get(f"/in/{launched.id}{launched.path}").text


def test_launch_uses_platform_language(client, session, shown):
    launched = shown.launch(client)
    launched.session.account.locale, launched.locale = "ru", "en"
    session.commit()
    client.set_cookie("stazhirovka_language", "ru")
    address = f"/in/{launched.id}{launched.path}"
    assert '<html lang="en"' in client.get(address).text
    switched = client.post(f"/in/{launched.id}/language/ru", data={"next": address})
    assert switched.location == address
    assert '<html lang="ru"' in client.get(address).text
    session.expire_all()
    assert launched.session.account.locale == "ru"


@pytest.mark.parametrize("onward", ["/account", "//evil.example", "https://evil.example", "/in/1x", "", "/\\evil"])
def test_redirects_keep_launch_prefix(client, shown, onward):
    launched = shown.launch(client)
    answer = client.post(f"/in/{launched.id}/language/en", data={"next": onward})
    assert answer.location == f"/in/{launched.id}/"


def test_consent_is_asked_inside(client, session, shown):
    from lms.core.auth.policy import SYSTEM
    from lms.core.people.consent import publish

    launched = shown.launch(client)
    publish(session, actor=SYSTEM, text_ru="Текст согласия", text_en="The text")
    session.commit()
    address = f"/in/{launched.id}{launched.path}"
    step = client.get(address)
    assert step.location.startswith(f"/in/{launched.id}/consent?next=")
    page = client.get(step.location)
    assert policy(page) == shown.platform.address
    assert "/log-out" not in page.text
    number = re.search(r'name="document_id"[^>]*value="(\d+)"', page.text)
    assert number
    given = client.post(step.location, data={"agree": "y", "document_id": number[1]})
    assert given.location == address
    assert client.get(address).status_code == 200


def test_account_page_shows_platform_of_session(app, client, session, shown):
    launched = shown.launch(client)
    shown.row.name = "Мудл гимназии"
    session.commit()
    browser = log_in(app.test_client(), session, launched.session.account)
    assert "из\u00a0Мудл гимназии" in browser.get("/account").text
    browser.post(f"/account/sessions/{launched.session_id}/end")
    assert client.get(f"/in/{launched.id}{launched.path}").status_code == 401


def test_files_may_be_framed_in_launch(client, session, shown):
    launched = shown.launch(client)
    file = make.stored_file(session)
    material = make.material(session, shown.group.version, kind="file", file_id=file.id)
    session.commit()
    enrolment = re.search(r"/course/(\d+)", launched.path)
    assert enrolment
    answer = client.get(f"/in/{launched.id}/course/{enrolment[1]}/materials/{material.id}/file")
    assert answer.status_code == 200
    assert policy(answer) == f"'self' {shown.platform.address}"
    answer.close()


def test_mail_links_have_no_launch_prefix(app, shown, client):
    from flask import url_for

    launched = shown.launch(client)
    with app.test_request_context(
        "/", environ_overrides={"lms.launch": launched.id, "SCRIPT_NAME": f"/in/{launched.id}"}
    ):
        assert url_for("course.index") == f"/in/{launched.id}/course"
        assert url_for("course.index", _external=True) == "http://localhost/course"
        assert url_for("accounts.account") == "/account"
        assert url_for("static", filename="x.js") == "/static/x.js"
        assert whole_address("course.show", enrolment_id=7) == "http://localhost/course/7"


def test_instructor_of_other_site_sees_nothing(client, session, shown):
    stranger = make.member(session, "leader", site=make.site(session))
    instructor = shown.platform.course.instructor
    platforms.identity(session, stranger, shown.row, instructor.subject)
    session.commit()
    launched = shown.launch(client, instructor)
    assert client.get(f"/in/{launched.id}/groups/{shown.group.id}").status_code in (403, 404)


def test_expert_in_launch_gets_grading_link_with_count(client, session, shown):
    enrolment = make.enrolment(session, shown.group)
    attestation.handed_in(session, attestation.task(session, shown.group.version), enrolment)
    expert = make.member(session, "expert", site=shown.group.site)
    instructor = shown.platform.course.instructor
    platforms.identity(session, expert, shown.row, instructor.subject)
    session.commit()
    launched = shown.launch(client, instructor)
    page = client.get(f"/in/{launched.id}/grading", headers=FRAME)
    assert page.status_code == 200
    bar = re.search(r'class="launch-bar.*?</nav>', page.text, re.DOTALL)
    assert bar, page.text
    assert f'href="/in/{launched.id}/grading"' in bar[0]
    assert '<span class="count num">1</span>' in bar[0]
    assert f'href="/in/{launched.id}/groups/' not in bar[0]
