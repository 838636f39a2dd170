"""The bell, the page of notices, the choice of letters and the page behind a letter's last link: accessible, without
sideways scrolling, in both languages; a followed link marks its notice.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lms.core.notifications import unsubscribing
from lms.core.notifications.operations import NewNotice, notify_all
from lms.core.notifications.queries import unread_count
from lms.core.people.models import Account
from tests.browser.conftest import Live
from tests.factories import attestation, make

DUE = {"day": "2026-12-02", "what": "Приёмы наблюдения за деятельностью учеников на уроке", "more": 2}
LONG = "Технологическая карта исследовательского урока окружающего мира"


@pytest.fixture
def reader(live: Live) -> Account:
    """A leader who studies in another group and has notices of both parts."""
    with live.sessions.begin() as session:
        group = make.cohort(session)
        task = attestation.task(session, group.version)
        leader = make.member(session, "leader", site=make.site(session))
        enrolment = make.enrolment(session, group, account=leader)
        of_course = {"enrolment_id": enrolment.id, "task_id": task.id, "task": LONG}
        told = [
            ("work_handed_in", {"count": 12, "group": "Осенняя группа учителей начальных классов"}),
            ("deadline", DUE | {"enrolment_id": enrolment.id}),
            ("work_returned", of_course),
            ("work_accepted", of_course | {"points": "12", "most": "13"}),
        ]
        notify_all(session, [NewNotice(leader.person_id, kind, detail) for kind, detail in told])
        return leader


def link_of_letter(live: Live, reader: Account) -> str:
    """Returns the last link of a letter, signed with the secret of the running service."""
    live.use_keys()
    return unsubscribing.path_for(reader.person_id, "work_returned")


@pytest.mark.parametrize(("width", "locale"), [("desktop", "en"), ("phone", "ru"), ("desktop", "ru")])
def test_screens_are_accessible_and_fit(
    live: Live,
    reader: Account,
    open_page: Callable[..., Page],
    check_page: Callable[[Page], None],
    width: str,
    locale: str,
):
    page = open_page(reader, width=width, locale=locale)
    for path in ("/notices", "/account", link_of_letter(live, reader)):
        page.goto(path)
        check_page(page)
    page.get_by_role("button", name="Отказаться" if locale == "ru" else "Stop these letters").click()
    expect(page.locator("main .st-ok")).to_be_visible()
    check_page(page)


def test_followed_link_marks_its_notice(live: Live, reader: Account, open_page: Callable[..., Page]):
    page = open_page(reader)
    page.goto("/notices")
    expect(page.locator(".bell .count")).to_have_text("4")
    page.get_by_role("link", name=f"Работа «{LONG}» возвращена на доработку").click()
    page.wait_for_url("**/tasks/*")
    page.goto("/notices")
    expect(page.locator(".bell .count")).to_have_text("3")
    page.get_by_role("button", name="Отметить все прочитанными").click()
    expect(page.locator(".bell .count")).to_have_count(0)
    with live.sessions() as session:
        assert unread_count(session, reader.person_id) == 0


def test_bell_stays_in_sight_on_a_phone(reader: Account, open_page: Callable[..., Page]):
    page = open_page(reader, width="phone")
    page.goto("/account")
    bell = page.locator(".bell")
    expect(bell).to_be_visible()
    bell.click()
    page.wait_for_url("**/notices")


def test_choice_of_letters_is_kept(reader: Account, open_page: Callable[..., Page]):
    page = open_page(reader)
    page.goto("/account")
    page.get_by_label("Моя работа зачтена").select_option("never")
    page.get_by_role("button", name="Сохранить выбор").click()
    expect(page.get_by_label("Моя работа зачтена")).to_have_value("never")
