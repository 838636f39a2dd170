"""Files of a work in a real browser: each has its progress and its own error, and none is lost because of another."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import FLOW_WIDTHS
from tests.browser.test_attestation import NAME, PDF, School, school, word_file, write
from tests.support.screens import check_widths

__all__ = ["school"]
Opener = Callable[..., Page]
SCRIPT = {"name": "Отчёт.hta", "mimeType": "text/plain", "buffer": b"<hta:application>"}


def pdf(name: str) -> dict[str, object]:
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_refused_files_say_why_and_the_others_are_kept(school: School, open_page: Opener, width: str):
    page = open_page(school.trainee, width=width)
    page.goto(school.address)
    write(page, "Опыт с колбой")
    field = page.get_by_label("Добавить файлы")
    field.set_input_files([pdf("Первый.pdf"), SCRIPT, word_file("Ход урока")])
    expect(page.locator(".files-list a")).to_have_text(["Первый.pdf", NAME])
    expect(page.locator(".uploads li")).to_have_count(1)
    expect(page.locator(".uploads [role=alert]")).to_contain_text("Отчёт.hta")
    expect(page.locator(".uploads [role=alert]")).to_contain_text("pdf")
    expect(page.get_by_label("Текст или пояснение")).to_have_value("Опыт с колбой")
    check_widths(page)


def test_file_that_found_no_connection_is_sent_again_before_the_work_is_handed_in(school: School, open_page: Opener):
    page = open_page(school.trainee)
    page.goto(school.address)
    write(page, "Опыт с колбой")
    page.route("**/files", lambda route: route.abort())
    page.get_by_label("Добавить файлы").set_input_files([pdf("Снимок.pdf")])
    again = page.locator(".uploads").get_by_role("button", name="Отправить ещё раз")
    expect(again).to_be_visible()
    page.unroute("**/files")
    again.click()
    expect(page.locator(".files-list a")).to_have_text(["Снимок.pdf"])
    expect(page.locator(".uploads li")).to_have_count(0)


def test_work_is_handed_in_after_its_files_have_arrived(school: School, open_page: Opener):
    page = open_page(school.trainee)
    page.goto(school.address)
    write(page, "Опыт с колбой")
    waiting: list[Route] = []
    page.route("**/files", lambda route: waiting.append(route))  # noqa: PLW0108  # playwright marks the function
    page.get_by_label("Добавить файлы").set_input_files([pdf("Снимок.pdf")])
    expect(page.locator(".uploads progress")).to_be_visible()
    page.get_by_role("button", name="Сдать работу").click()
    expect(page.locator("#toasts")).to_contain_text("Файлы ещё загружаются")
    waiting[0].continue_()
    expect(page.get_by_role("heading", name="Работа сдана")).to_be_visible()
    expect(page.get_by_text("Снимок.pdf")).to_be_visible()
