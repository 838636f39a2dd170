"""Launches in a platform's frame in a real browser: with third-party cookies blocked, and without any cookies.

The platform is at https://localhost, the tool at https://127.0.0.1: two sites for a browser.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from courses.models.groups import Cohort
from tests.browser.conftest import FLOW_WIDTHS, Live
from tests.factories import make
from tests.factories.launches import placed
from tests.support.cookie_settings import block_third_party_cookies
from tests.support.platform.course import PlatformLink
from tests.support.platform.strict import StrictPlatform, registered
from tests.support.screens import check_screen, check_widths, tool_frame

NEW_WINDOW = "Открыть в новом окне"


@dataclass(slots=True)
class ShownGroup:
    """A group shown by a link of the platform."""

    platform: StrictPlatform
    group: Cohort
    link: PlatformLink
    material: str


@pytest.fixture
def shown(secure: Live, framing: StrictPlatform) -> ShownGroup:
    with secure.sessions.begin() as session:
        session.expire_on_commit = False
        group = make.cohort(session)
        material = make.material(session, group.version, completion="confirmed")
        row = registered(session, framing, site_id=group.site_id)
        link = placed(session, row, framing, group)
        return ShownGroup(framing, group, link, material.title)


def heights(page: Page) -> list[dict[str, Any]]:
    """Returns the resize messages that the platform's page has received."""
    return page.evaluate("window.heard.filter(said => said.subject === 'lti.frameResize')")


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_trainee_works_in_frame(shown, secure, open_page, width):
    page = block_third_party_cookies(open_page(at=secure, width=width))
    page.goto(shown.platform.page("view", shown.platform.course.learner, id=shown.link.id))
    frame = tool_frame(page)
    expect(frame.locator("h1")).to_have_text(shown.group.version.title)
    assert frame.locator(".navbar, .site-foot").count() == 0
    check_widths(frame)
    frame.get_by_role("link", name="Что видит наблюдатель").first.click()
    frame.get_by_role("link", name=shown.material).first.click()
    expect(frame.locator("h1")).to_have_text(shown.material)
    check_widths(frame)
    frame.locator("form[action$='/confirm'] button").click()
    expect(frame.locator(".flashes .is-ok")).to_be_visible()
    check_widths(frame)
    prefix = frame.url.removeprefix(secure.url).partition("/course")[0]
    kept = {cookie["name"]: cookie for cookie in page.context.cookies() if cookie["path"] == prefix}
    assert {"__Secure-stazhirovka_launch", "__Secure-stazhirovka_inside"} <= kept.keys()
    assert all(cookie["sameSite"] == "None" and cookie["partitionKey"] for cookie in kept.values())


def test_browser_blocks_third_party_cookies(shown, secure, open_page):
    """Guards the other tests: a cookie that is not partitioned must not be sent in a frame, nor come back."""
    page = block_third_party_cookies(open_page(at=secure))
    before = {"name": "before", "value": "1", "url": secure.url, "sameSite": "None", "secure": True}
    page.context.add_cookies([before])
    with page.expect_request(f"{secure.url}/in/*/**") as sent:
        page.goto(shown.platform.page("view", shown.platform.course.learner, id=shown.link.id))
    assert "before=1" not in sent.value.all_headers().get("cookie", "")
    frame = tool_frame(page)
    seen = frame.evaluate(
        "() => { document.cookie = 'whole=1; SameSite=None; Secure; Path=/';"
        " document.cookie = 'part=1; SameSite=None; Secure; Path=/; Partitioned'; return document.cookie }"
    )
    assert "part=1" in seen
    assert "whole=1" not in seen
    with page.expect_request(f"{secure.url}/in/*/**") as first_party:
        page.goto(frame.url)
    assert "before=1" in first_party.value.all_headers()["cookie"]


def test_frame_sends_its_height_to_platform(shown, secure, open_page):
    page = block_third_party_cookies(open_page(at=secure))
    page.goto(shown.platform.page("view", shown.platform.course.learner, id=shown.link.id))
    frame = tool_frame(page)
    page.wait_for_function("window.heard.some(said => said.subject === 'lti.frameResize')")
    assert {said["origin"] for said in heights(page)} == {secure.url}
    fitting = "document.querySelector('iframe').clientHeight === window.heard.at(-1).height"
    page.wait_for_function(fitting)
    assert frame.evaluate("document.documentElement.scrollHeight - window.innerHeight") <= 0
    before = heights(page)[-1]["height"]
    frame.evaluate("document.querySelector('main').append(document.createElement('hr'))")
    frame.evaluate("Object.assign(document.querySelector('main > hr').style, {margin: 0, border: 0, height: '1500px'})")
    page.wait_for_function("before => window.heard.at(-1).height >= before + 1400", arg=before)
    frame.evaluate("document.querySelector('main > hr').remove()")
    page.wait_for_function("before => window.heard.at(-1).height === before", arg=before)


def test_platform_storage_replaces_cookies(shown, secure, open_page, without_frame_cookies):
    page = open_page(at=secure, browser=without_frame_cookies)
    page.goto(shown.platform.page("view", shown.platform.course.learner, id=shown.link.id, storage="1"))
    frame = tool_frame(page, "**/in/*/enter**")
    stored = page.evaluate("window.stored")
    assert [name for space in stored.values() for name in space if name.startswith("stazhirovka_lti_")]
    check_screen(frame)
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name=NEW_WINDOW).click()
    expect(frame.get_by_role("heading", name="Открыто в отдельном окне")).to_be_visible()
    expect(frame.get_by_role("link", name=NEW_WINDOW)).to_be_hidden()
    window = opened.value
    expect(window.locator("h1")).to_have_text(shown.group.version.title)
    expect(window.locator(".launch-bar")).to_contain_text(shown.platform.course.title)
    check_screen(window.main_frame)


def test_window_replaces_cookies_and_storage(shown, secure, open_page, without_frame_cookies):
    page = open_page(at=secure, browser=without_frame_cookies)
    page.goto(shown.platform.page("view", shown.platform.course.learner, id=shown.link.id))
    frame = tool_frame(page, "**/lti/login/check**")
    check_screen(frame)
    with page.context.expect_page() as opened:
        frame.get_by_role("button", name=NEW_WINDOW).click()
    expect(opened.value.locator("h1")).to_have_text(shown.group.version.title)
    expect(frame.get_by_role("heading", name="Открыто в отдельном окне")).to_be_visible()
    expect(frame.get_by_role("button", name=NEW_WINDOW)).to_be_hidden()


def test_unresponsive_storage_falls_back_to_window(shown, secure, open_page, without_frame_cookies):
    page = open_page(at=secure, browser=without_frame_cookies)
    page.add_init_script("window.addEventListener('message', event => event.stopImmediatePropagation(), true)")
    page.goto(shown.platform.page("view", shown.platform.course.learner, id=shown.link.id, storage="1"))
    frame = tool_frame(page, "**/lti/login/check**")
    expect(frame.get_by_role("button", name=NEW_WINDOW)).to_be_visible(timeout=15_000)


def test_dialog_appears_in_visible_part_of_frame(shown, secure, open_page):
    """The middle of a frame as high as its page is outside the screen."""
    page = block_third_party_cookies(open_page(at=secure))
    page.goto(shown.platform.page("view", shown.platform.course.learner, id=shown.link.id))
    frame = tool_frame(page)
    frame.evaluate("document.querySelector('main').append(document.createElement('hr'))")
    frame.evaluate("Object.assign(document.querySelector('main > hr').style, {height: '4000px', border: 0})")
    page.wait_for_function("document.querySelector('iframe').clientHeight > 4000")
    question = '<a href="#" data-confirm="Точно?">?</a>'
    frame.evaluate("html => document.querySelector('.launch-bar').insertAdjacentHTML('beforeend', html)", question)
    frame.get_by_role("link", name="?", exact=True).click()
    expect(frame.get_by_role("dialog")).to_be_in_viewport()
    assert frame.get_by_role("dialog").evaluate("dialog => dialog.getBoundingClientRect().top") < 600


def test_launch_works_in_window(shown, secure, open_page):
    page = block_third_party_cookies(open_page(at=secure))
    page.goto(shown.platform.page("view", shown.platform.course.learner, id=shown.link.id, window="1"))
    expect(page.locator("h1")).to_have_text(shown.group.version.title)
    expect(page.locator(".launch-bar")).to_contain_text(shown.platform.course.title)
    check_screen(page.main_frame)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text(shown.group.version.title)


def test_two_launches_in_two_tabs_are_separate(shown, secure, open_page):
    context = open_page(at=secure).context
    course = shown.platform.course
    frames = []
    for somebody in (course.learner, course.other):
        page = block_third_party_cookies(context.new_page())
        page.goto(shown.platform.page("view", somebody, id=shown.link.id))
        frames.append(tool_frame(page))
    people = [frame.locator("body").get_attribute("data-user") for frame in frames]
    assert people[0] != people[1]
    for frame, person in zip(frames, people, strict=True):
        frame.get_by_role("link", name="Что видит наблюдатель").first.click()
        frame.wait_for_url("**/topics/**")
        assert frame.locator("body").get_attribute("data-user") == person


def test_links_outside_course_open_new_window(shown, secure, open_page):
    page = block_third_party_cookies(open_page(at=secure))
    page.goto(shown.platform.page("view", shown.platform.course.learner, id=shown.link.id))
    frame = tool_frame(page)
    frame.evaluate(
        "address => document.querySelector('main').insertAdjacentHTML('afterbegin', `<a href='${address}'>Туда</a>`)",
        f"{secure.url}/verify/",
    )
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Туда").click()
    opened.value.wait_for_url("**/verify/")
    assert "/in/" in frame.url


def test_return_link_leaves_frame(shown, secure, open_page):
    page = block_third_party_cookies(open_page(at=secure))
    page.goto(shown.platform.page("view", shown.platform.course.learner, id=shown.link.id))
    frame = tool_frame(page)
    frame.locator(".launch-back").click()
    page.wait_for_url("**/return.php**")
    assert page.url.startswith(shown.platform.address)
