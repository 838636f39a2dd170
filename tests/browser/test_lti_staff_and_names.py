"""Screens about people of a platform's course, at both widths: staff as learners, a second platform, changed names."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lms.core.people.models import Account
from lms.lti.models.launches import Participant
from lms.lti.models.services import LineItem
from tests.browser.conftest import FLOW_WIDTHS
from tests.browser.test_lti_frames import shown
from tests.factories import make, platforms
from tests.support.cookie_settings import block_third_party_cookies
from tests.support.platform.course import INSTRUCTOR, LEARNER
from tests.support.screens import check_widths, tool_frame

__all__ = ["shown"]


def opened(page, shown, somebody, until="**/in/*/**"):
    page.goto(shown.platform.page("view", somebody, id=shown.link.id))
    return tool_frame(page, until)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_administrator_looks_as_a_learner(shown, secure, open_page, width):
    page = block_third_party_cookies(open_page(at=secure, width=width))
    somebody = shown.platform.course.add_person(roles=(INSTRUCTOR,), given="", family="")
    check_widths(opened(page, shown, somebody, "**/welcome"))
    somebody.roles = (LEARNER,)
    frame = opened(page, shown, somebody, "**/look-as-trainee")
    expect(frame.locator("h1")).to_have_text(shown.group.version.title)
    check_widths(frame)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_learner_of_whom_nothing_is_known_says_what_they_do_here(shown, secure, open_page, width):
    page = block_third_party_cookies(open_page(at=secure, width=width))
    somebody = shown.platform.course.add_person(roles=(LEARNER,))
    frame = opened(page, shown, somebody, "**/look-as-trainee")
    check_widths(frame)
    frame.get_by_role("button", name="Я здесь учусь: начать").click()
    frame.wait_for_url(re.compile(r"/in/\d+/(?!look)"))
    again = opened(page, shown, somebody)
    expect(again.get_by_role("heading", name="Вы здесь учитесь или преподаёте?")).to_have_count(0)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_person_without_password_makes_a_code(shown, secure, open_page, width):
    page = block_third_party_cookies(open_page(at=secure, width=width))
    frame = opened(page, shown, shown.platform.course.learner)
    frame.get_by_role("link", name="Как я вхожу").click()
    frame.get_by_role("button", name="Получить код").click()
    expect(frame.locator("code.big")).to_be_visible()
    check_widths(frame)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_leader_reads_changed_names_and_dead_activities(shown, live, secure, open_page, width):
    page = block_third_party_cookies(open_page(at=secure))
    learner = shown.platform.course.learner
    opened(page, shown, learner)
    shown.platform.course.people[shown.platform.course.people.index(learner)] = renamed = replace(
        learner, family="Весенняя-Долгополова", given="Александра"
    )
    opened(page, shown, renamed)
    with live.sessions.begin() as session:
        leader = make.member(session, "leader", site=shown.group.site)
        participant = session.scalars(select(Participant).where(Participant.subject == renamed.subject)).one()
        account = session.get_one(Account, participant.account_id)
        second = platforms.context(session, participant.context.deployment.platform, title="Весенний курс")
        platforms.participant(session, second, account)
        for at in (participant.context, second):
            item = platforms.placement(session, at, shown.group, kind="programme", graded=True)
            session.add(LineItem(link=platforms.link(session, at, item), state="ready", label="Все", score_maximum=18))
        dead = platforms.placement(session, second, shown.group, kind="certificate", title="Удалённое", graded=True)
        session.add(LineItem(link=platforms.link(session, second, dead), state="gone", label="Нет", score_maximum=1))
    desk = open_page(leader, width=width)
    for path in ("trainees", "platform-names", "platforms", "results"):
        desk.goto(f"/groups/{shown.group.id}/{path}")
        check_widths(desk)
    desk.goto(f"/groups/{shown.group.id}/platform-names")
    desk.get_by_role("button", name="Принять").click()
    expect(desk.get_by_text("Ничего не изменилось")).to_be_visible()


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_leader_is_asked_about_a_second_group(shown, live, secure, open_page, width):
    page = block_third_party_cookies(open_page(at=secure, width=width))
    instructor = shown.platform.course.instructor
    with live.sessions.begin() as session:
        from lms.lti.models.platforms import Platform

        row = session.scalars(select(Platform).where(Platform.issuer == shown.platform.issuer)).one()
        site = session.merge(shown.group.site)
        platforms.identity(session, make.member(session, "leader", site=site), row, instructor.subject)
        make.cohort(session, session.merge(shown.group.version), title="Весна")
    bare = shown.platform.course.add_link("Ещё одна ссылка")
    page.goto(shown.platform.page("view", instructor, id=bare.id))
    frame = tool_frame(page, "**/placing**")
    check_widths(frame)
    frame.get_by_role("link", name="Другая группа").click()
    expect(frame.locator("h1")).to_have_text("Какая группа?")
    check_widths(frame)
    frame.get_by_role("link", name="Весна").click()
    frame.wait_for_url("**/placing?group=*")
    frame.get_by_role("button", name="Показывать это").click()
    expect(frame.get_by_role("alert")).to_contain_text("Курс уже показывает группу")
    check_widths(frame)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_forms_show_values_saved_elsewhere(live, open_page, width):
    with live.sessions.begin() as session:
        cohort = make.cohort(session)
        leader = make.member(session, "leader", site=cohort.site)
    old, new = open_page(leader, width=width), open_page(leader)
    for tab, title in ((old, "Старая вкладка"), (new, "Новая группа")):
        tab.goto(f"/groups/{cohort.id}/settings")
        tab.locator("#title").fill(title)
    for tab in (new, old):
        tab.locator("form", has=tab.locator("#title")).get_by_role("button", name="Сохранить").click()
        tab.wait_for_load_state()
    expect(old.locator("#title-err")).to_contain_text("«Новая группа»")
    expect(old.locator("#title")).to_have_value("Старая вкладка")
    check_widths(old)
