"""A trainee's course and a leader's materials in a real browser, on a desktop and a phone, in both languages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from courses.models.groups import Enrolment, TopicDeadline
from courses.models.materials import Material
from lms.core.clock import day_in, utc_now
from lms.core.people.models import Account
from tests.browser.conftest import FLOW_WIDTHS, Live
from tests.factories import make
from tests.support.screens import check_widths

Opener = Callable[..., Page]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj
trailer<</Root 1 0 R>>
%%EOF"""


@dataclass
class School:
    """A group with a trainee and the leader, materials in the first two topics."""

    enrolment: Enrolment
    version_id: int
    topics: list[str]
    page: Material
    film: Material
    trainee: Account
    leader: Account

    def course(self, rest: str = "") -> str:
        return f"/course/{self.enrolment.id}{rest}"

    def materials(self, place: int) -> str:
        return f"/programmes/{self.version_id}/topics/{self.topics[place]}/materials"


@pytest.fixture
def school(live: Live) -> School:
    today = day_in("Asia/Novokuznetsk", utc_now())
    with live.sessions.begin() as session:
        version = make.programme(session, title="Исследовательский урок: от вопроса к выводу")
        enrolment = make.enrolment(session, make.cohort(session, version), enrolled_on=today - timedelta(days=3))
        page = make.material(session, version, title="Что видит наблюдатель на уроке")
        address = "https://rutube.ru/video/0123456789abcdef0123456789abcdef/"
        film = make.material(session, version, kind="video", title="Запись урока", url=address, completion="confirmed")
        make.material(session, version, 1, title="Как вести протокол наблюдения")
        topics = make.topics(session, version)
        for place, topic in enumerate(topics):
            due = today + timedelta(days=4 * place + 2)
            session.add(TopicDeadline(cohort_id=enrolment.cohort_id, topic_lineage=topic.lineage, due_on=due))
        leader = make.member(session, "leader", site=version.programme.site)
        trainee = enrolment.person.account
        keys = [str(topic.lineage) for topic in topics]
    return School(enrolment, version.id, keys, page, film, trainee, leader)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_trainee_completes_topic_from_home_page(school: School, open_page: Opener, width: str):
    page = open_page(school.trainee, width=width)
    page.goto("/")
    expect(page.get_by_role("heading", name="Тема 1.1. Что видит наблюдатель")).to_be_visible()
    check_widths(page)
    page.get_by_role("link", name="Начать").click()
    check_widths(page)
    page.get_by_role("link", name="Открыть").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Что видит наблюдатель на уроке")
    check_widths(page)
    page.get_by_role("link", name="Запись урока").click()
    check_widths(page)
    page.get_by_role("button", name="Просмотрено").click()
    expect(page.get_by_text("Отмечено. Тема пройдена, зачтено 4 ч.")).to_be_visible()
    check_widths(page)
    page.goto(school.course())
    check_widths(page)
    expect(page.get_by_role("heading", name="Тема 1.2")).to_be_visible()


def test_plan_is_folded_on_phone_and_open_on_desktop(school: School, open_page: Opener):
    address = school.course(f"/topics/{school.topics[0]}")
    phone = open_page(school.trainee, width="phone")
    phone.goto(address)
    expect(phone.get_by_role("link", name="2.1 Фрагмент урока")).to_be_hidden()
    phone.get_by_text("План · тема 1.1").click()
    expect(phone.get_by_role("link", name="2.1 Фрагмент урока")).to_be_visible()
    desk = open_page(school.trainee)
    desk.goto(address)
    expect(desk.get_by_role("link", name="2.1 Фрагмент урока")).to_be_visible()


def test_course_is_shown_in_english(school: School, open_page: Opener, check_page: Callable[[Page], None]):
    page = open_page(school.trainee, locale="en", width="phone")
    page.goto(school.course(f"/topics/{school.topics[0]}"))
    expect(page.get_by_text("To complete the topic, 2 things are left")).to_be_visible()
    check_page(page)


def test_topic_is_completed_without_scripts(school: School, open_page: Opener):
    page = open_page(school.trainee, java_script_enabled=False)
    page.goto(school.course(f"/topics/{school.topics[0]}"))
    page.get_by_role("link", name="Открыть").click()
    page.get_by_role("link", name="Запись урока").click()
    page.get_by_role("button", name="Просмотрено").click()
    expect(page.get_by_text("Тема пройдена").first).to_be_visible()


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_leader_writes_page_with_preview(school: School, open_page: Opener, width: str):
    page = open_page(school.leader, width=width)
    page.goto(f"/programmes/{school.version_id}/materials")
    check_widths(page)
    page.get_by_role("link", name="Защита фрагмента").click()
    check_widths(page)
    page.get_by_role("link", name="Страница").click()
    check_widths(page)
    page.get_by_label("Название").fill("Как проходит защита")
    page.get_by_label("Текст", exact=True).fill("# Порядок\n\nСначала **вопрос**.")
    expect(page.locator("#preview h2")).to_have_text("Порядок")
    expect(page.locator("#preview strong")).to_have_text("вопрос")
    picture = {"name": "Схема.png", "mimeType": "image/png", "buffer": PNG}
    page.locator("input[type=file]").set_input_files(picture)
    page.get_by_role("button", name="Вставить картинку").click()
    expect(page.locator("#preview img")).to_have_attribute("alt", "Схема")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("link", name="Как проходит защита")).to_be_visible()
    check_widths(page)


def test_pdf_material_is_shown_on_phone(school: School, open_page: Opener, check_page: Callable[[Page], None]):
    leader = open_page(school.leader)
    leader.goto(f"{school.materials(2)}/file")
    leader.get_by_label("Название").fill("Памятка наблюдателя")
    document = {"name": "Памятка наблюдателя.pdf", "mimeType": "application/pdf", "buffer": PDF}
    leader.locator("input[type=file]").set_input_files(document)
    leader.get_by_role("button", name="Сохранить").click()
    expect(leader.get_by_role("link", name="Памятка наблюдателя")).to_be_visible()

    page = open_page(school.trainee, width="phone")
    page.goto(school.course(f"/topics/{school.topics[2]}"))
    page.get_by_role("link", name="Памятка наблюдателя").click()
    expect(page.locator("[data-pdf] canvas")).to_be_visible()
    check_page(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать").click()
    assert download.value.suggested_filename == "Памятка наблюдателя.pdf"
    page.reload()
    expect(page.get_by_text("Открыт", exact=False).first).to_be_visible()


def test_leader_orders_and_removes_materials_by_keyboard(school: School, open_page: Opener):
    page = open_page(school.leader)
    page.goto(school.materials(0))
    page.get_by_role("button", name="Опустить: Что видит наблюдатель на уроке").press("Enter")
    titles = page.locator(".rows.mats > li a.tap")
    expect(titles).to_have_text(["Запись урока", "Что видит наблюдатель на уроке"])
    page.get_by_role("button", name="Удалить: Запись урока").press("Enter")
    expect(titles).to_have_text(["Что видит наблюдатель на уроке"])
    expect(page.get_by_text("Удалённые: 1")).to_be_visible()
    page.get_by_role("button", name="Вернуть").click()
    expect(titles).to_have_text(["Что видит наблюдатель на уроке", "Запись урока"])


def test_leader_previews_course_and_marks_topic(school: School, open_page: Opener, check_page: Callable[[Page], None]):
    page = open_page(school.leader, width="phone")
    page.goto(f"/programmes/{school.version_id}/course")
    check_page(page)
    page.goto(school.course(f"/topics/{school.topics[3]}"))
    check_page(page)
    page.get_by_role("button", name="Засчитать тему стажёру").click()
    expect(page.get_by_role("button", name="Снять отметку")).to_be_visible()


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_anonymous_home_page_leads_to_log_in(open_page: Opener, check_page: Callable[[Page], None], locale: str):
    page = open_page(locale=locale, width="phone")
    page.goto("/")
    check_page(page)
    page.locator("main").get_by_role("link", name="Войти" if locale == "ru" else "Log in").click()
    expect(page.locator("input[type=password]")).to_be_visible()
