"""Linking a platform's user to an account in a frame, and applying a roster to a group; both widths, with axe."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Frame, Page, expect
from sqlalchemy import select

from courses.models.groups import Cohort, Enrolment
from lms.core.auth import passwords
from lms.core.people.models import Account, Person
from lms.lti.models.platforms import Platform
from tests.browser.conftest import FLOW_WIDTHS
from tests.factories import make, platforms
from tests.factories.launches import placed
from tests.support.platform.course import MENTOR, PlatformLink, Somebody
from tests.support.platform.strict import StrictPlatform, registered
from tests.support.screens import check_widths, tool_frame

SECRET = "Верный-пароль-1"


@dataclass(slots=True)
class ShownGroup:
    """A group shown by a link of the platform, its leader, and the user name of an existing account."""

    platform: StrictPlatform
    group: Cohort
    link: PlatformLink
    leader: Account
    older: str


@pytest.fixture
def shown(secure, framing) -> ShownGroup:
    with secure.sessions.begin() as session:
        session.expire_on_commit = False
        group = make.cohort(session)
        row = registered(session, framing, name="Мудл гимназии", site_id=group.site_id)
        platforms.shown(session, group, platforms.context_of(session, row, framing))
        link = placed(session, row, framing, group)
        older = make.account(session, password_hash=passwords.hash_password(SECRET))
        return ShownGroup(framing, group, link, make.member(session, "leader", site=group.site), older.username)


def opened(page: Page, shown: ShownGroup, somebody: Somebody, until: str) -> Frame:
    page.goto(shown.platform.page("view", known(shown, somebody), id=shown.link.id))
    return tool_frame(page, until)


def known(shown: ShownGroup, somebody: Somebody) -> Somebody:
    """Adds the person to the platform's course, so that the platform can log them in."""
    if somebody not in shown.platform.course.people:
        shown.platform.course.people.append(somebody)
    return somebody


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_welcome_page_works_in_frame(secure, open_page, shown, width):
    page = open_page(at=secure, width=width)
    frame = opened(page, shown, Somebody(f"new-{width}"), "**/welcome")
    check_widths(frame)
    frame.get_by_label("Логин").first.fill(shown.older)
    frame.get_by_label("Пароль").fill("не тот")
    frame.get_by_role("button", name="Войти и связать").click()
    expect(frame.locator("#own-password-err")).to_be_visible()
    check_widths(frame)
    frame.get_by_label("Пароль").fill(SECRET)
    frame.get_by_role("button", name="Войти и связать").click()
    frame.wait_for_url("**/course/**")
    check_widths(frame)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_new_account_is_replaced_by_existing_one(secure, open_page, shown, width):
    page = open_page(at=secure, width=width)
    frame = opened(page, shown, Somebody(f"fresh-{width}"), "**/welcome")
    frame.get_by_label("Фамилия").fill("Зимина")
    frame.get_by_label("Имя").fill("Ольга")
    frame.get_by_role("button", name="Продолжить").click()
    frame.wait_for_url("**/course/**")
    frame.goto(frame.url.partition("/course/")[0] + "/welcome")  # where the consent step leads
    check_widths(frame)
    frame.get_by_label("Логин").first.fill(shown.older)
    frame.get_by_label("Пароль").fill(SECRET)
    frame.get_by_role("button", name="Войти и связать").click()
    frame.wait_for_url("**/course/**")
    with secure.sessions() as session:
        rows = select(Account.username, Account.is_active, Enrolment.state).join(
            Enrolment, Enrolment.person_id == Account.person_id
        )
        found = {row[0]: row[1:] for row in session.execute(rows.where(Enrolment.cohort_id == shown.group.id))}
    assert found.pop(shown.older) == (True, "enrolled")
    assert list(found.values()) == [(False, "withdrawn")]


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_shows_preview_mentees_and_unset_link(secure, open_page, shown, width):
    page = open_page(at=secure, width=width)
    check_widths(opened(page, shown, Somebody(None), "**/look"))
    learner = Somebody(f"learner-{width}", "Анна", "Ветрова")
    opened(page, shown, learner, "**/course/**")
    mentor = Somebody(f"mentor-{width}", roles=(MENTOR,), mentees=(learner.subject,))
    frame = opened(page, shown, mentor, "**/mentees")
    expect(frame.locator("main")).to_contain_text("Ветрова Анна")
    check_widths(frame)
    bare = shown.platform.course.add_link()
    page.goto(shown.platform.page("view", learner, id=bare.id))
    check_widths(tool_frame(page, "**/not-set"))


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_leader_applies_roster(secure, framing, open_page, shown, width):
    course = framing.course
    course.people.clear()
    course.add_person(subject="r1", given="Анна", family="Ветрова", middle="Петровна")
    course.add_person(subject="r2", given="Олег", family="Лесной")
    with secure.sessions.begin() as session:
        person = make.person(session, surname="Лесной", given_name="Олег", patronymic="Ильич")
        make.enrolment(session, session.get_one(Cohort, shown.group.id), account=make.account(session, person=person))
    page = open_page(shown.leader, at=secure, width=width)
    page.goto(f"/groups/{shown.group.id}/trainees")
    page.get_by_role("link", name="Список с платформы").click()
    check_widths(page)
    framing.fail("members", status=503, times=1)
    page.get_by_role("button", name="Взять список").click()
    expect(page.get_by_text("Список не пришёл")).to_be_visible(timeout=20_000)
    check_widths(page)
    page.get_by_role("button", name="Попробовать").click()
    expect(page.get_by_text("Ветрова Анна Петровна")).to_be_visible(timeout=20_000)
    check_widths(page)
    expect(page.get_by_label("Ветрова Анна Петровна")).to_be_checked()
    expect(page.get_by_label("Лесной Олег")).not_to_be_checked()
    page.get_by_role("button", name="Применить отмеченное").click()
    expect(page.get_by_role("heading", name="Список применён")).to_be_visible()
    check_widths(page)
    with secure.sessions() as session:
        names = select(Person.surname).join(Enrolment).where(Enrolment.cohort_id == shown.group.id)
        assert sorted(session.scalars(names)) == ["Ветрова", "Лесной"]
    course.people.pop(0)
    page.goto(f"/groups/{shown.group.id}/platform-list")
    page.get_by_role("button", name="Взять список").click()
    expect(page.get_by_role("heading", name="Ушли с курса")).to_be_visible(timeout=20_000)
    check_widths(page)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_account_page_lists_platforms(secure, open_page, shown, width):
    with secure.sessions.begin() as session:
        session.expire_on_commit = False
        row = session.scalars(select(Platform).where(Platform.client_id == shown.platform.client_id)).one()
        platforms.identity(session, shown.leader, row)
    page = open_page(shown.leader, at=secure, width=width)
    page.goto("/account")
    expect(page.locator("#platforms")).to_be_visible()
    check_widths(page)
