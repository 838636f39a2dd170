"""Works in a real browser: written, handed in, graded by keyboard and by touch, returned, accepted."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import docx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from assessment.attestation import works
from assessment.models.attestation import AttestationTask, Submission
from courses.models.groups import Enrolment
from lms.core.people.models import Account
from tests.browser.conftest import FLOW_WIDTHS, SCREENS, Live
from tests.factories import attestation, make
from tests.support.processes import free_port, wait_for_address
from tests.support.screens import check_widths

Opener = Callable[..., Page]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NAME = "Карта урока, 6 класс.docx"
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj
trailer<</Root 1 0 R>>
%%EOF"""


@dataclass
class School:
    """A group of two with a task, its leader and a second grader."""

    live: Live
    task: AttestationTask
    enrolments: list[Enrolment]
    trainee: Account
    leader: Account
    second: Account

    @property
    def address(self) -> str:
        return f"/course/{self.enrolments[0].id}/tasks/{self.task.id}"

    def hand_in(self, place: int = 0, text: str = "Что я видела на уроке") -> int:
        """Creates a work that waits for its review; returns its id."""
        with self.live.sessions.begin() as session:
            task = session.get_one(AttestationTask, self.task.id)
            return attestation.handed_in(session, task, session.get_one(Enrolment, self.enrolments[place].id), text).id

    def draft(self) -> str:
        with self.live.sessions() as session:
            mine = Submission.enrolment_id == self.enrolments[0].id
            return session.scalars(select(Submission.draft_text).where(mine)).one()

    def wait_for_draft(self, page: Page, text: str) -> None:
        """Waits until the server has this text."""
        for _try in range(50):
            if self.draft() == text:
                return
            page.wait_for_timeout(100)
        pytest.fail(f"The draft is {self.draft()!r}")

    def state(self, submission_id: int) -> str:
        with self.live.sessions() as session:
            return session.get_one(Submission, submission_id).state


@pytest.fixture
def school(live: Live) -> School:
    with live.sessions.begin() as session:
        site = make.site(session)
        version = make.programme(session, site, title="Наблюдение и протокол")
        task = attestation.task(session, version, title="Протокол наблюдения открытого урока")
        group = make.cohort(session, version)
        enrolments = [make.enrolment(session, group) for _each in range(2)]
        graders = [make.member(session, role, site=site) for role in ("leader", "teacher")]
        return School(live, task, enrolments, enrolments[0].person.account, *graders)


def word_file(words: str) -> dict[str, object]:
    document, content = docx.Document(), io.BytesIO()
    document.add_paragraph(words)
    document.save(content)
    return {"name": NAME, "mimeType": WORD, "buffer": content.getvalue()}


def write(page: Page, text: str) -> None:
    """Types a text and waits until the server has saved it."""
    page.get_by_label("Текст или пояснение").fill(text)
    expect(page.locator("[data-saved]")).to_contain_text("Черновик сохранён")


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Moves the focus to the element with Tab."""
    for _press in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} is not reached by Tab")


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_trainee_writes_adds_files_and_hands_in(school: School, open_page: Opener, width: str):
    page = open_page(school.trainee, width=width)
    page.goto(school.address)
    write(page, "Опыт с колбой: что делает ученик")
    page.reload()
    expect(page.get_by_label("Текст или пояснение")).to_have_value("Опыт с колбой: что делает ученик")
    files = [word_file("Ход урока"), {"name": "Снимок доски.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    page.get_by_label("Добавить файлы").set_input_files(files)
    expect(page.locator(".files-list a")).to_have_text([NAME, "Снимок доски.pdf"])
    check_widths(page)
    page.get_by_role("button", name="Сдать работу").dblclick()
    expect(page.get_by_role("heading", name="Работа сдана")).to_be_visible()
    expect(page.get_by_text("Ждёт проверки").first).to_be_visible()
    check_widths(page)
    with school.live.sessions() as session:
        task, enrolment = session.merge(school.task), session.merge(school.enrolments[0])
        submission = works.existing(session, task, enrolment)
        assert submission is not None
        assert [(version.number, len(version.files)) for version in submission.versions] == [(1, 2)]


def test_leader_grades_by_keyboard_without_page_loads(school: School, open_page: Opener):
    """Opens a work with one key, gives points, accepts with one key."""
    first, second = school.hand_in(0), school.hand_in(1)
    page = open_page(school.leader)
    page.goto("/grading")
    tab_to(page, "main a.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/grading/{first}")
    page.evaluate("window.stayed = true")
    page.keyboard.press("5")  # without focus, the digit goes to the first criterion without points
    expect(page.locator("#sum")).to_have_text("5")
    for digit in "50":
        tab_to(page, "[name^='comment-']")
        page.keyboard.press("Tab")
        page.keyboard.press(digit)
    expect(page.locator("#say")).to_contain_text("критерий 3: нужно хотя бы 1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#accept")).to_have_attribute("aria-disabled", "true")
    assert school.state(first) == "handed_in"
    tab_to(page, "[name^='comment-']")
    page.keyboard.type("Вывод есть, но короткий")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("2")
    expect(page.locator("#say")).to_contain_text("проходной балл 9")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/grading/{second}")
    expect(page.locator("[data-flash=ok]")).to_contain_text("Зачтено")
    expect(page.locator("h1")).to_be_focused()
    assert page.evaluate("window.stayed") is True
    assert school.state(first) == "accepted"
    expect(page.locator("#sum")).to_have_text("0")
    page.keyboard.press("3")
    expect(page.locator("#sum")).to_have_text("3")
    expect(page.locator("#saved")).to_contain_text("Черновик сохранён")
    page.go_back()
    expect(page.get_by_text("Эта работа уже проверена").or_(page.locator("main .st-ok").first).first).to_be_visible()


def test_work_returned_by_touch_is_handed_in_again(
    school: School, open_page: Opener, check_page: Callable[[Page], None]
):
    submission = school.hand_in(text="Опыт с колбой")
    phone = open_page(school.leader, width="phone", has_touch=True)
    phone.goto(f"/grading/{submission}")
    check_page(phone)
    phone.get_by_role("button", name="Вернуть на доработку").tap()
    expect(phone.locator("#conclusion-error")).to_contain_text("Напишите, что доработать")
    check_page(phone)
    for crit in phone.locator(".crit").all():
        crit.locator("label", has_text="2").tap()
    phone.get_by_label("Комментарий: Вывод").fill("Опишите действия ученика")
    phone.get_by_label("Общий вывод").fill("Хорошее начало")
    check_page(phone)
    phone.get_by_role("button", name="Вернуть на доработку").tap()
    phone.wait_for_url("**/grading")
    expect(phone.locator("h1")).to_be_visible()
    check_page(phone)
    page = open_page(school.trainee, width="phone")
    page.goto(school.address)
    expect(page.get_by_text("Вернули на доработку").first).to_be_visible()
    expect(page.get_by_text("Опишите действия ученика")).to_be_visible()
    check_page(page)
    expect(page.get_by_label("Текст или пояснение")).to_have_value("Опыт с колбой")
    write(page, "Опыт с пробиркой")
    page.get_by_role("button", name="Сдать работу").click()
    expect(page.get_by_role("heading", name="Работа сдана")).to_be_visible()
    desk = open_page(school.leader)
    desk.goto(f"/grading/{submission}")
    desk.get_by_role("link", name="Что изменилось").click()
    expect(desk.locator("del")).to_contain_text("колбой")
    expect(desk.locator("ins")).to_contain_text("пробиркой")
    check_page(desk)
    for crit in desk.locator(".crit").all():
        crit.locator("label", has_text="3").click()
    desk.get_by_role("button", name="Зачтено").click()
    desk.wait_for_url("**/grading")
    page.reload()
    expect(page.get_by_role("heading", name="Работа зачтена")).to_be_visible()
    check_page(page)


def test_decision_is_undone_while_the_trainee_does_not_have_it(
    school: School, open_page: Opener, check_page: Callable[[Page], None]
):
    port, processes = free_port(), school.live.processes
    slow = Live(f"http://127.0.0.1:{port}", school.live.sessions, processes)
    processes.start_web(port, name="slow", LMS_RELEASE_SECONDS="600")
    try:
        wait_for_address(f"{slow.url}/readyz")
        for width, place in (("phone", 0), ("desktop", 1)):
            submission = school.hand_in(place)
            desk = open_page(school.leader, width=width, at=slow)
            desk.goto(f"/grading/{submission}")
            if width == "phone":
                desk.get_by_role("tab", name="Оценка").click()
            desk.get_by_label("Общий вывод").fill("Опишите действия ученика")
            desk.get_by_role("button", name="Вернуть на доработку").click()
            offer = desk.locator(".notice", has_text="Стажёр узнает об этом через")
            expect(offer).to_be_visible()
            check_page(desk)
            offer.get_by_role("button").click()
            expect(desk.locator("[data-flash=ok]")).to_contain_text("Решение отменено")
            expect(desk.locator("#conclusion")).to_have_value("Опишите действия ученика")
            assert school.state(submission) == "handed_in"
    finally:
        processes.kill("slow")
    page = open_page(school.trainee)
    page.goto(school.address)
    expect(page.get_by_text("Ждёт проверки").first).to_be_visible()


def test_second_grader_is_warned_and_keeps_own_points(school: School, open_page: Opener):
    submission = school.hand_in()
    one, two = open_page(school.leader), open_page(school.second)
    with one.expect_response("**/claim"):
        one.goto(f"/grading/{submission}")
    two.goto(f"/grading/{submission}")
    expect(two.locator(".marks .notice")).to_contain_text("сейчас тоже проверяет")
    give(one, "3")
    expect(one.locator("#saved")).to_contain_text("Черновик сохранён")
    give(two, "1")
    two.get_by_label("Общий вывод").fill("Моё мнение другое")
    expect(two.locator("#toasts")).to_contain_text("сохранены другие баллы")
    two.get_by_role("button", name="Вернуть на доработку").click()
    expect(two.locator(".errors")).to_contain_text("Ваши баллы ниже")
    expect(two.locator("#sum")).to_have_text("3")
    expect(two.get_by_label("Общий вывод")).to_have_value("Моё мнение другое")
    one.get_by_role("button", name="Зачтено").click()
    expect(one.locator(".errors").or_(one.locator("[data-flash=ok]")).first).to_be_visible()
    assert school.state(submission) == "accepted"
    two.get_by_role("button", name="Вернуть на доработку").click()
    expect(two.get_by_role("heading", name="Ваши баллы", exact=True)).to_be_visible()
    expect(two.get_by_text("Моё мнение другое")).to_be_visible()
    assert school.state(submission) == "accepted"


def test_two_tabs_with_one_draft_offer_both_texts(school: School, open_page: Opener):
    one, two = open_page(school.trainee), open_page(school.trainee)
    one.goto(school.address)
    two.goto(school.address)
    write(two, "Новый текст, набранный на телефоне")
    one.get_by_label("Текст или пояснение").fill("Старая вкладка")
    both = one.locator("[data-conflict=text]")
    expect(both).to_contain_text("Новый текст, набранный на телефоне")
    assert school.draft() == "Новый текст, набранный на телефоне"
    both.get_by_role("button", name="Оставить моё").click()
    expect(both).to_have_count(0)
    expect(one.locator("[data-saved]")).to_contain_text("Черновик сохранён")
    one.reload()
    one.get_by_text("Прежние тексты черновика").click()
    expect(one.locator("details", has_text="Прежние тексты")).to_contain_text("набранный на телефоне")
    two.get_by_label("Текст или пояснение").press_sequentially(".")
    two.locator("[data-conflict=text]").get_by_role("button", name="Взять сохранённое").click()
    expect(two.get_by_label("Текст или пояснение")).to_have_value("Старая вкладка")


def test_text_typed_in_the_last_second_is_sent(school: School, open_page: Opener):
    page = open_page(school.trainee)
    page.goto(school.address)
    write(page, "Начало")
    page.get_by_label("Текст или пояснение").press_sequentially(" и конец")
    page.goto("/works")
    school.wait_for_draft(page, "Начало и конец")


def test_older_text_kept_on_the_device_is_offered_over_a_newer_one(school: School, open_page: Opener):
    laptop, phone = open_page(school.trainee), open_page(school.trainee)
    laptop.goto(school.address)
    write(laptop, "Начало")
    laptop.context.set_offline(True)
    laptop.get_by_label("Текст или пояснение").fill("Набрано без связи")
    laptop.wait_for_timeout(1500)
    phone.goto(school.address)
    write(phone, "Набрано позже на телефоне")
    school.wait_for_draft(phone, "Набрано позже на телефоне")
    laptop.context.set_offline(False)
    laptop.reload()
    expect(laptop.get_by_label("Текст или пояснение")).to_have_value("Набрано позже на телефоне")
    laptop.get_by_role("button", name="Показать").click()
    expect(laptop.get_by_label("Текст или пояснение")).to_have_value("Набрано без связи")


def give(page: Page, points: str) -> None:
    """Gives the same points in every criterion."""
    for crit in page.locator(".crit").all():
        crit.locator("label", has_text=points).first.click()


def test_work_is_handed_in_and_accepted_without_scripts(school: School, open_page: Opener):
    """Hands a work in and accepts it by plain HTML."""
    page = open_page(school.trainee, java_script_enabled=False)
    page.goto(school.address)
    page.get_by_label("Текст или пояснение").fill("Без сценариев")
    page.get_by_label("Добавить файлы").set_input_files([word_file("Ход урока")])
    page.get_by_role("button", name="Сдать работу").click()
    expect(page.get_by_role("heading", name="Работа сдана")).to_be_visible()
    desk = open_page(school.leader, java_script_enabled=False)
    desk.goto("/grading")
    desk.locator("main a.btn-primary").click()
    expect(desk.get_by_text(NAME).first).to_be_visible()
    give(desk, "3")
    desk.get_by_role("button", name="Зачтено").click()
    expect(desk.locator("[data-flash=ok]")).to_contain_text("Зачтено")


@pytest.mark.parametrize(("width", "locale"), SCREENS)
def test_pages_are_accessible_and_fit(
    school: School, open_page: Opener, check_page: Callable[[Page], None], width: str, locale: str
):
    submission = school.hand_in(1)
    with school.live.sessions.begin() as session:
        draft = make.programme(session, session.merge(school.enrolments[0]).cohort.site, state="draft")
        own = attestation.task(session, draft, kind="current")
        group = school.enrolments[0].cohort_id
    pages = {
        school.trainee: ["/works", school.address],
        school.leader: [
            "/grading",
            f"/grading/{submission}",
            f"/programmes/{draft.id}/tasks",
            f"/programmes/{draft.id}/tasks/new",
            f"/programmes/{draft.id}/tasks/{own.id}",
            f"/programmes/{school.task.version_id}/tasks/{school.task.id}",
            f"/groups/{group}/task-dates",
            f"/groups/trainees/{school.enrolments[0].id}/task-dates",
        ],
    }
    for account, paths in pages.items():
        page = open_page(account, width=width, locale=locale)
        for path in paths:
            page.goto(path)
            check_page(page)


def test_rows_of_criteria_are_added_and_removed(school: School, open_page: Opener):
    with school.live.sessions.begin() as session:
        draft = make.programme(session, session.merge(school.enrolments[0]).cohort.site, state="draft")
    page = open_page(school.leader)
    page.goto(f"/programmes/{draft.id}/tasks/new")
    page.get_by_label("Текущий контроль").check()
    page.get_by_label("Название").fill("Фрагмент протокола")
    page.get_by_role("button", name="Сохранить").last.click()
    page.locator("main").get_by_role("link", name="Изменить").first.click()
    for place, name in enumerate(("Полнота", "Точность", "Вывод"), start=1):
        if place == 3:
            page.get_by_role("button", name="Добавить критерий").click()
        page.get_by_label(f"Критерий {place}: Критерий").fill(name)
        page.get_by_label(f"Критерий {place}: Баллов до").fill("5")
    page.get_by_role("button", name="Удалить критерий 2").click()
    expect(page.get_by_label("Критерий 2: Критерий")).to_have_value("Вывод")
    page.get_by_label("Проходной балл").fill("11")
    page.get_by_role("button", name="Сохранить").last.click()
    expect(page.locator("#pass_mark-err")).to_contain_text("10")
    page.get_by_label("Проходной балл").fill("7,5")
    page.get_by_role("button", name="Сохранить").last.click()
    expect(page.get_by_text("от\xa07,5 баллов из\xa010")).to_be_visible()
