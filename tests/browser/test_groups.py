"""Groups in a real browser: from an Excel list to marks in the grid, on a desktop and a phone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from courses.groups import operations
from courses.models.groups import Cohort, Enrolment
from courses.progress.operations import mark_topic
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.mail.models import Message
from lms.core.people.models import Account
from tests.browser.conftest import FLOW_WIDTHS, SCREENS, Live
from tests.factories import make
from tests.support.screens import check_widths

Opener = Callable[..., Page]
Check = Callable[[Page], None]


@dataclass
class Group:
    """A group under way, its leader, and the running service."""

    cohort: Cohort
    leader: Account
    live: Live

    @property
    def address(self) -> str:
        return f"/groups/{self.cohort.id}"

    def hours(self) -> dict[str, int]:
        """Returns credited academic hours by surname."""
        with self.live.sessions() as session:
            rows = session.scalars(select(Enrolment).where(Enrolment.cohort_id == self.cohort.id))
            return {one.person.surname: int(one.hours_done) for one in rows}


@pytest.fixture
def empty(live: Live) -> Group:
    with live.sessions.begin() as session:
        version = make.programme(session, title="Наблюдение на уроке")
        leader = make.member(session, "leader", site=version.programme.site)
        cohort = operations.create_cohort(
            session,
            actor=Actor(leader.id, leader.person_id),
            version=version,
            title="Осень 2026",
            starts_on=make.TODAY - timedelta(days=20),
            ends_on=make.TODAY + timedelta(days=20),
        )
        return Group(cohort, leader, live)


@pytest.fixture
def group(empty: Group) -> Group:
    with empty.live.sessions.begin() as session:
        cohort = session.get_one(Cohort, empty.cohort.id)
        actor = Actor(empty.leader.id, empty.leader.person_id)
        for surname in ("Аверина", "Белова", "Власова"):
            account = make.account(session, person=make.person(session, surname=surname))
            one = make.enrolment(session, cohort, account=account, enrolled_on=cohort.starts_on, accepted_at=utc_now())
            if surname == "Аверина":
                first = make.topics(session, cohort.version)[0]
                mark_topic(session, actor=actor, enrolment=one, topic_lineage=first.lineage, now=utc_now())
    return empty


def workbook(folder: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in (("Список стажёров",), (), ("№", "ФИО", "Место работы", "Эл. почта"), *rows):
        book.active.append(row)
    book.save(folder / "список.xlsx")
    return folder / "список.xlsx"


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_excel_list_is_enrolled(empty: Group, open_page: Opener, tmp_path: Path, width: str) -> None:
    mark, tail = f"{empty.cohort.id}", "" if width == "desktop" else "-Южная"  # one database: other people each time
    with empty.live.sessions.begin() as session:
        facts = {"surname": f"Фёдорова{tail}", "given_name": "Кира", "patronymic": "Игоревна"}
        known = make.person(session, workplace=f"Лицей № {mark}", **facts)
    rows = (
        (1, f"ТИТОВА{tail.upper()} АННА ЛЬВОВНА", "Школа № 9", f"titova{mark}@school.example"),
        (2, f"Федорова{tail} Кира Игоревна", "Школа № 17", None),
        (3, f"Белова{tail}", "Школа № 9", None),
        (4, f"Зайцева{tail} Лидия Петровна", "Школа № 9", f"shkola{mark}@school.example"),
        (5, f"Ильина{tail} Вера Игоревна", "Школа № 9", f"shkola{mark}@school.example"),
    )
    page = open_page(empty.leader, width=width)
    page.goto(empty.address)
    page.get_by_role("main").get_by_role("link", name="Список из Excel").click()
    check_widths(page)
    page.get_by_label("Книга Excel или .csv").set_input_files(workbook(tmp_path, *rows))
    page.get_by_role("button", name="Прочитать список").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Проверьте список", timeout=20_000)
    expect(page.get_by_text(f"Титова{tail} Анна Львовна", exact=True)).to_be_visible()
    check_widths(page)
    page.get_by_role("button", name="Зачислить").click()
    expect(page.get_by_role("alert")).to_contain_text("ждёт вашего решения")
    check_widths(page)
    page.get_by_role("group", name="Федорова").get_by_label(re.compile(f"Это.*Лицей № {mark}")).check()
    page.get_by_label("Имя", exact=True).first.fill("Ольга")
    page.get_by_role("group", name="Белова").get_by_label("Новый человек").check()
    page.get_by_role("button", name="Зачислить").click()
    expect(page.get_by_role("status").first).to_contain_text("Зачислено")
    expect(page.get_by_role("link", name=f"Белова{tail} Ольга")).to_be_visible()
    check_widths(page)
    with empty.live.sessions() as session:
        enrolled = session.scalars(select(Enrolment).where(Enrolment.cohort_id == empty.cohort.id)).all()
        assert len(enrolled) == 5
        assert known.id in {one.person_id for one in enrolled}
        letters = session.scalars(select(Message.recipient).where(Message.recipient.like(f"%{mark}@school.example")))
        assert letters.all() == [f"titova{mark}@school.example"]
    page.get_by_role("button", name="Напечатать карточки").first.click()
    expect(page.locator(".login-card")).to_have_count(4)
    check_widths(page)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_marks_are_saved_from_grid(group: Group, open_page: Opener, width: str) -> None:
    page = open_page(group.leader, width=width)
    page.goto(group.address)
    check_widths(page)
    if width == "phone":
        card = page.locator("tr", has_text="Аверина")
        expect(card.get_by_text("пройдена")).to_be_hidden()
        card.get_by_text("Темы").click()
        expect(card.get_by_text("пройдена")).to_be_visible()
        check_widths(page)
    page.get_by_text("Темы по номерам").click()
    page.locator(".topics").get_by_role("link", name="Протокол наблюдения").click()
    check_widths(page)
    for name in ("Белова", "Власова"):
        page.get_by_role("checkbox", name=re.compile(name)).check()
    page.get_by_role("button", name="Сохранить отметки").click()
    expect(page.get_by_role("status").first).to_contain_text("Отмечено")
    assert group.hours() == {"Аверина": 4, "Белова": 4, "Власова": 4}


def test_grid_has_names_for_screen_readers(group: Group, open_page: Opener) -> None:
    page = open_page(group.leader)
    page.goto(group.address)
    row = page.get_by_role("row", name=re.compile("Белова"))
    assert row.get_by_role("cell").first.inner_text().strip() == "срок прошёл"
    expect(page.get_by_role("columnheader", name=re.compile("1.1 Что видит"))).to_be_attached()
    expect(page.get_by_role("columnheader", name="Стажёр")).to_have_attribute("aria-sort", "ascending")


@pytest.mark.parametrize(("width", "locale"), SCREENS)
def test_screens_are_accessible_and_fit(
    group: Group, open_page: Opener, check_page: Check, width: str, locale: str
) -> None:
    with group.live.sessions() as session:
        one = session.scalars(select(Enrolment.id).where(Enrolment.cohort_id == group.cohort.id)).first()
    page = open_page(group.leader, width=width, locale=locale)
    own = ("", "/trainees", "/dates", "/settings", "/import", "/add", "/print")
    addresses = [f"{group.address}{part}" for part in own]
    for address in [
        "/",
        "/groups",
        "/groups/new",
        *addresses,
        f"/groups/trainees/{one}",
        f"/groups/trainees/{one}/plan",
    ]:
        page.goto(address)
        check_page(page)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_person_joins_by_key(group: Group, open_page: Opener, width: str) -> None:
    leader = open_page(group.leader)
    leader.goto(f"{group.address}/settings")
    leader.get_by_role("button", name="Открыть запись по ключу").click()
    key = leader.locator("#key").locator("xpath=ancestor::section").locator(".big").inner_text()
    page = open_page(width=width)
    page.goto("/join")
    check_widths(page)
    page.get_by_label("Ключ группы").fill(key.upper().replace("-", " "))
    page.get_by_role("button", name="Дальше").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Осень 2026")
    check_widths(page)
    page.get_by_label("Фамилия").fill("Юдина")
    page.get_by_label("Имя", exact=True).fill("Мария")
    page.get_by_label("Пароль").fill("река лес облако")
    page.get_by_label("Ещё раз тот же").fill("река лес облако")
    page.get_by_role("button", name="Записаться в группу").click()
    page.wait_for_url(re.compile("/(consent.*)?$"))
    if "consent" in page.url:
        page.get_by_role("checkbox").check()
        page.locator("main .btn-primary").click()
    expect(page.get_by_text("Наверстать").or_(page.get_by_text("присоединились")).first).to_be_visible()
