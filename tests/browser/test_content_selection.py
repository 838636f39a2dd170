"""A leader selects content for a platform's course in its frame; the platform receives the content items."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from courses.models.groups import Cohort
from lms.core.people.models import Account
from tests.browser.conftest import FLOW_WIDTHS, SCREENS, Live
from tests.factories import attestation, make, platforms
from tests.support.checks import make_check
from tests.support.platform.strict import StrictPlatform, registered
from tests.support.screens import check_widths, tool_frame

Opener = Callable[..., Page]
Check = Callable[[Any], None]
ITEMS = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
MODAL = {"width": 960, "height": 700}


@dataclass(slots=True)
class Course:
    """A platform's course whose instructor leads a site; a group with a self-check and a task."""

    platform: StrictPlatform
    secure: Live
    cohort: Cohort
    leader: Account
    check: str
    task: str

    def choosing(self, page: Page) -> Frame:
        """Returns the frame in which the instructor selects content."""
        page.goto(self.platform.page("choose", self.platform.course.instructor))
        return tool_frame(page, "**/placing")


@pytest.fixture
def course(secure: Live, framing: StrictPlatform) -> Course:
    with secure.sessions.begin() as session:
        session.expire_on_commit = False
        site = make.site(session)
        version = make.programme(session, site, title="Наблюдение и протокол")
        cohort = make.cohort(session, version, title="Осень")
        check = make_check(session, version, place=0, title="Проверьте, что вы видите")
        last = make.topics(session, version)[3]
        task = attestation.task(session, version, title="Карта наблюдения", topic_lineage=last.lineage)
        leader = make.member(session, "leader", site=site)
        row = registered(session, framing, site_id=site.id)
        platforms.identity(session, leader, row, framing.course.instructor.subject)
        return Course(framing, secure, cohort, leader, check.title, task.title)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_self_check_and_task_are_added_to_course(course: Course, open_page: Opener, width: str):
    frame = course.choosing(open_page(at=course.secure, width=width))
    check_widths(frame)
    whole = frame.get_by_label("Вся программа")
    expect(whole).to_be_checked()
    frame.get_by_text("Или её части").click()
    for title in (course.check, course.task):
        frame.get_by_label(title).check()
    expect(whole).not_to_be_checked()
    expect(frame.locator("[data-chosen]")).to_have_text("выбрано 2 пункта")
    check_widths(frame)
    frame.get_by_role("button", name="Добавить в курс").click()
    expect(frame.locator("#chosen li")).to_have_text([course.check, course.task])
    assert not course.platform.complaints
    items = course.platform.deep_links[-1][ITEMS]
    assert [item["lineItem"]["scoreMaximum"] for item in items] == [100, 13]


def test_usual_selection_takes_two_clicks(course: Course, open_page: Opener, check_page: Check):
    with course.secure.sessions.begin() as session:
        make.cohort(session, session.merge(course.cohort.version), title="Весна")
    page = open_page(at=course.secure)
    page.set_viewport_size(MODAL)
    frame = course.choosing(page)
    check_page(frame)
    frame.get_by_role("link", name="Осень").click()
    button = frame.get_by_role("button", name="Добавить в курс")
    expect(button).to_be_in_viewport()
    button.click()
    expect(frame.locator("#chosen li")).to_have_text(["Наблюдение и протокол"])


def test_programme_and_its_part_may_be_selected_together(course: Course, open_page: Opener):
    frame = course.choosing(open_page(at=course.secure))
    frame.get_by_text("Или её части").click()
    frame.get_by_label(course.check).check()
    frame.get_by_label("Вся программа").check()
    expect(frame.locator("[data-chosen]")).to_have_text("выбрано 2 пункта")
    frame.get_by_role("button", name="Добавить в курс").click()
    expect(frame.locator("#chosen li")).to_have_count(2)


def test_cancel_returns_no_items(course: Course, open_page: Opener):
    frame = course.choosing(open_page(at=course.secure))
    frame.get_by_role("button", name="Отмена").click()
    expect(frame.locator("h1")).to_have_text("Добавлено")
    assert course.platform.deep_links[-1][ITEMS] == []


@pytest.mark.parametrize(("width", "locale"), SCREENS)
def test_selection_creates_new_group(course: Course, open_page: Opener, check_page: Check, width: str, locale: str):
    course.platform.course.instructor.locale = locale
    frame = course.choosing(open_page(at=course.secure, width=width, locale=locale))
    frame.get_by_role("link", name="Другая группа" if locale == "ru" else "Another group").click()
    expect(frame.locator("h1")).to_have_text("Какая группа?" if locale == "ru" else "Which group?")
    check_page(frame)
    frame.locator("a[href*='/placing/group']").click()
    expect(frame.locator("[name=title]")).to_have_value(course.platform.course.title)
    check_page(frame)
    frame.locator("[name=starts_on]").fill("2027-02-01")
    frame.locator("[name=ends_on]").fill("2027-05-31")
    frame.locator("main button[type=submit]").click()
    expect(frame.locator("#show-programme")).to_be_checked()
    frame.locator("button[form=placing]").click()
    expect(frame.locator("#chosen li")).to_have_count(1)


def test_leader_sees_and_removes_content_items(course: Course, open_page: Opener, check_page: Check):
    frame = course.choosing(open_page(at=course.secure))
    frame.get_by_role("button", name="Добавить в курс").click()
    expect(frame.locator("#chosen li")).to_have_count(1)
    for width in ("phone", "desktop"):
        page = open_page(course.leader, width=width)
        page.goto(f"/groups/{course.cohort.id}")
        page.get_by_role("link", name="На платформах").click()
        expect(page.locator("main")).to_contain_text(course.platform.course.title)
        check_page(page)
    page.get_by_role("button", name="Убрать «Наблюдение и протокол» из курса").click()
    page.locator("dialog").get_by_role("button", name="Убрать").click()
    expect(page.locator("[data-flash=ok]")).to_be_visible()
    expect(page.locator("main")).to_contain_text("не показывает ни один курс")
    check_page(page)
