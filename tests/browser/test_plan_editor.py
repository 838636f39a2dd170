"""The thematic plan's editor in a real browser: sums, drafts, merging of two tabs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from courses.models.programmes import ProgrammeVersion, Section
from courses.programmes import workflow
from courses.programmes.plan_store import load_plan
from courses.thematic_plan.model import ThematicPlan
from lms.core.auth.policy import ANYONE
from lms.core.clock import utc_now
from lms.core.people.models import Account, UserSession
from tests.browser.conftest import FLOW_WIDTHS, SCREENS, Live
from tests.factories import make
from tests.support import programme_documents as documents
from tests.support.screens import check_layout, check_widths

Opener = Callable[..., Page]


@dataclass
class Desk:
    """A draft of 18 academic hours with its leader and its council."""

    version: ProgrammeVersion
    leader: Account
    secretary: Account
    live: Live

    @property
    def address(self) -> str:
        return f"/programmes/{self.version.id}/plan"

    def plan(self) -> ThematicPlan:
        """Returns the plan as saved in the database."""
        with self.live.sessions() as session:
            return load_plan(session, session.get_one(ProgrammeVersion, self.version.id))

    def titles(self) -> list[list[str]]:
        return [[topic.title for topic in section.topics] for section in self.plan().sections]


@pytest.fixture
def desk(live: Live) -> Desk:
    with live.sessions.begin() as session:
        version = make.programme(session, state="draft", title="Исследовательский урок")
        site = version.programme.site
        leader = make.member(session, "leader", site=site)
        secretary = make.member(session, "council_secretary", authority=site.authority)
        return Desk(version, leader, secretary, live)


@pytest.fixture
def page(desk: Desk, open_page: Opener) -> Page:
    opened = open_page(desk.leader)
    opened.goto(desk.address)
    return opened


def field(page: Page, label: str):  # type: ignore[no-untyped-def]
    return page.get_by_label(label, exact=True)


def saved(page: Page) -> None:
    expect(page.locator("#saving")).to_contain_text("Сохранено в")


def test_sums_are_updated_and_problems_shown(page: Page, desk: Desk):
    expect(page.locator("#fine")).to_be_visible()
    field(page, "1.1: Лекции, часов").fill("2,5")
    expect(page.locator("tfoot [data-sum='total']")).to_have_text("18,5")
    expect(page.locator("#bal")).to_contain_text("лишние 0,5")
    expect(page.locator("#stop")).to_contain_text("Мешает отправить: 1")
    expect(page.locator("#send")).to_have_attribute("aria-disabled", "true")
    saved(page)
    page.get_by_role("button", name="Заявить 18,5\xa0ч").click()
    expect(page.locator("#send")).not_to_have_attribute("aria-disabled", "true")
    saved(page)
    page.locator("#send").click()
    expect(page.locator(".chip").first).to_contain_text("В\xa0методсовете")
    assert desk.plan().workload == Decimal("18.5")


def test_wrong_stated_sum_offers_two_corrections(page: Page, desk: Desk):
    with desk.live.sessions.begin() as session:
        section = session.scalars(select(Section).where(Section.version_id == desk.version.id)).first()
        assert section
        section.stated_hours = {"total": "8"}
    page.reload()
    expect(page.locator("tr.fix")).to_contain_text("Лишние 0,5\xa0ч")
    page.get_by_role("button", name=re.compile("Убавить")).click()
    expect(page.locator("tr.fix")).to_have_count(0)
    expect(field(page, "1.1: Лекции, часов")).to_have_value("1,5")
    page.keyboard.type("2")
    expect(page.locator("tr.fix")).to_have_count(1)
    page.get_by_role("button", name="Оставить 8,5").click()
    expect(page.locator("tr.fix")).to_have_count(0)
    saved(page)
    assert desk.plan().sections[0].stated["total"] == Decimal("8.5")


def test_invalid_hours_are_kept_and_explained(page: Page, desk: Desk):
    cell = field(page, "1.1: Лекции, часов")
    cell.fill("1,3")
    expect(page.locator(".cell-fault")).to_contain_text("шагом 0,25")
    page.reload()
    expect(field(page, "1.1: Лекции, часов")).to_have_value("1,3")
    field(page, "1.1: Лекции, часов").fill("1,5")
    expect(page.locator(".cell-fault")).to_have_count(0)
    saved(page)
    assert next(desk.plan().topics()).total == Decimal("3.5")


def test_rows_are_added_moved_and_deleted_by_keyboard(page: Page, desk: Desk):
    page.locator("tr.sec .add").first.click()
    page.keyboard.type("Новая тема")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    expect(field(page, "2.1: название темы")).to_be_focused()
    expect(field(page, "2.1: название темы")).to_have_value("Новая тема")
    saved(page)
    assert desk.titles() == [
        ["Что видит наблюдатель", "Протокол наблюдения"],
        ["Новая тема", "Фрагмент урока", "Защита фрагмента"],
    ]
    page.get_by_role("button", name="Тема 2.2: действия").click()
    page.get_by_role("button", name="Удалить").click()
    expect(page.locator("#toasts")).to_contain_text("Тема удалена")
    expect(page.locator("tr.topic")).to_have_count(4)
    page.get_by_role("button", name="Вернуть как было").click()
    expect(page.locator("tr.topic")).to_have_count(5)
    expect(field(page, "2.2: Практика, часов")).to_have_value("4")
    saved(page)
    assert desk.titles()[1] == ["Новая тема", "Фрагмент урока", "Защита фрагмента"]


def test_rows_are_moved_by_dragging(page: Page, desk: Desk):
    page.wait_for_selector("[data-drags]")  # the library of dragging is fetched when the page has come to rest
    grab = page.get_by_label("Тема 1.1: переместить").bounding_box()
    target = page.get_by_label("Тема 2.1: переместить").bounding_box()
    assert grab and target
    page.mouse.move(grab["x"] + 4, grab["y"] + 6)
    page.mouse.down()
    page.mouse.move(grab["x"] + 4, grab["y"] + 40, steps=4)
    page.mouse.move(target["x"] + 4, target["y"] + 22, steps=12)
    below = page.get_by_label("Тема 2.1: переместить").bounding_box()  # the rows have made room meanwhile
    assert below
    page.mouse.move(below["x"] + 4, below["y"] + below["height"] + 12, steps=6)
    page.wait_for_timeout(200)  # the rows' own move
    page.mouse.up()
    saved(page)
    assert desk.titles()[0] == ["Протокол наблюдения"]
    assert "Что видит наблюдатель" in desk.titles()[1]


def test_enter_moves_focus_down_the_column(page: Page):
    field(page, "1.1: Практика, часов").focus()
    page.keyboard.press("Enter")
    expect(field(page, "1.2: Практика, часов")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field(page, "2.1: Практика, часов")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(field(page, "1.2: Практика, часов")).to_be_focused()


def test_two_tabs_are_merged_with_question_for_same_cell(page: Page, desk: Desk, open_page: Opener):
    other = open_page(desk.leader)
    other.goto(desk.address)
    field(other, "1.1: название темы").fill("Из второй вкладки")
    field(other, "2.2: название темы").fill("Только во второй")
    saved(other)
    field(page, "1.1: название темы").fill("Из первой вкладки")
    expect(page.locator(".cell-fault")).to_contain_text("Это изменили вы оба")
    expect(field(page, "2.2: название темы")).to_have_value("Только во второй")
    page.get_by_role("button", name="Ваше: Из первой вкладки").click()
    expect(page.locator(".cell-fault")).to_have_count(0)
    saved(page)
    assert desk.titles() == [["Из первой вкладки", "Протокол наблюдения"], ["Фрагмент урока", "Только во второй"]]


def test_edits_survive_lost_connection(page: Page, desk: Desk):
    page.context.set_offline(True)
    field(page, "1.1: название темы").fill("Без связи")
    page.locator("tr.sec .add").last.click()
    page.keyboard.type("Тоже без связи")
    expect(page.locator("#saving")).to_contain_text("Нет связи: 3\xa0изменения")
    assert desk.titles()[0][0] == "Что видит наблюдатель"
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    saved(page)
    assert desk.titles() == [
        ["Без связи", "Протокол наблюдения"],
        ["Фрагмент урока", "Защита фрагмента", "Тоже без связи"],
    ]


def test_edits_survive_ended_session(page: Page, desk: Desk, open_page: Opener):
    with desk.live.sessions.begin() as session:
        for row in session.scalars(select(UserSession).where(UserSession.account_id == desk.leader.id)):
            row.ended_at = utc_now()
    field(page, "1.1: название темы").fill("После выхода")
    expect(page.locator("#saving")).to_contain_text("Сеанс закончился: 1\xa0изменение")
    assert "next=" in (page.get_by_role("link", name="Войти снова").get_attribute("href") or "")
    cookies = open_page(desk.leader).context.cookies()
    page.context.add_cookies(cookies)
    page.goto(desk.address)
    expect(page.locator("#toasts")).to_contain_text("несохранённое изменение")
    expect(field(page, "1.1: название темы")).to_have_value("После выхода")
    saved(page)
    assert desk.titles()[0][0] == "После выхода"


def test_row_opens_on_phone(desk: Desk, open_page: Opener, check_page: Callable[[Page], None]):
    page = open_page(desk.leader, width="phone")
    page.goto(desk.address)
    hours = field(page, "1.1: Лекции, часов")
    expect(hours).to_be_hidden()
    page.get_by_role("button", name="Тема 1.1: часы и\xa0формы").click()
    hours.fill("3")
    expect(page.locator("#bar-total")).to_have_text("19")
    expect(page.locator("#bar-go")).to_contain_text("Лишние 1\xa0ч")
    check_page(page)


@pytest.mark.parametrize(("width", "locale"), SCREENS)
def test_screens_are_accessible(
    desk: Desk, open_page: Opener, check_page: Callable[[Page], None], width: str, locale: str
):
    number = desk.version.id
    page = open_page(desk.leader, width=width, locale=locale)
    parts = ("passport", "note", "outcomes", "conditions", "attestation", "completion")
    for path in (
        "/programmes",
        "/programmes/new",
        f"/programmes/{number}",
        f"/programmes/{number}/plan",
        f"/programmes/{number}/plan/columns",
        f"/programmes/{number}/plan/import",
        f"/programmes/{number}/history",
        f"/programmes/{number}/differences",
        *(f"/programmes/{number}/edit/{part}" for part in parts),
        f"/programmes/{number}/competencies/new",
    ):
        assert page.goto(path).status == 200, path  # type: ignore[union-attr]
        check_page(page)


def test_titles_have_room_on_tablets(desk: Desk, open_page: Opener):
    page = open_page(desk.leader)
    for pixels in (768, 991, 992, 1199):
        page.set_viewport_size({"width": pixels, "height": 1000})
        page.goto(f"/programmes/{desk.version.id}/plan")
        narrowest = page.evaluate(
            "Math.min(...[...document.querySelectorAll('.plan .ti textarea')].map(one => one.clientWidth))"
        )
        assert narrowest >= 180, f"{narrowest} px at a width of {pixels}"
        check_layout(page)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_council_screens_are_accessible(desk: Desk, open_page: Opener, width: str):
    with desk.live.sessions.begin() as session:
        version = session.get_one(ProgrammeVersion, desk.version.id)
        workflow.submit(session, actor=ANYONE, version=version, now=utc_now())
    page = open_page(desk.secretary, width=width)
    page.goto("/council")
    check_widths(page)
    page.get_by_role("link", name="Исследовательский урок").first.click()
    check_widths(page)
    page.locator("details.again summary").click()
    check_widths(page)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_word_file_reaches_council_in_five_clicks(desk: Desk, open_page: Opener, width: str):
    page = open_page(desk.leader, width=width)
    page.goto("/")
    page.goto("/programmes") if width == "phone" else page.get_by_role("link", name="Программы").first.click()
    document = {"name": "программа.docx", "mimeType": WORD, "buffer": documents.word().getvalue()}
    page.locator("input[type=file]").set_input_files(document)  # type: ignore[arg-type]
    page.get_by_role("button", name="Загрузить и\xa0проверить").click()
    expect(page.get_by_role("heading", name="Проверьте, что понято")).to_be_visible()
    check_widths(page)
    page.get_by_role("button", name="Создать программу").click()
    page.get_by_role("button", name="Отправить в методсовет").click()
    expect(page.locator(".chip").first).to_contain_text("В\xa0методсовете")


def test_preview_saves_corrections(desk: Desk, open_page: Opener):
    page = open_page(desk.leader)
    page.goto("/programmes")
    content = documents.word(first_section="7").getvalue()
    document = {"name": "программа.docx", "mimeType": WORD, "buffer": content}
    page.locator("input[type=file]").set_input_files(document)  # type: ignore[arg-type]
    page.get_by_role("button", name="Загрузить и\xa0проверить").click()
    page.get_by_label("Название", exact=True).fill("Урок от вопроса")
    page.get_by_role("button", name="Оставить 8").click()
    saved(page)
    page.reload()
    expect(page.get_by_label("Название", exact=True)).to_have_value("Урок от вопроса")
    expect(page.locator("#fine")).to_be_visible()


def test_page_size_is_limited(page: Page):
    assert page.locator("*").count() <= 600
    assert len(page.content().encode()) <= 60_000
