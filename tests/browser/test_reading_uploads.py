"""Uploaded files in a real browser with a real worker: waiting, choice among programmes and titles, refusals."""

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from courses.uploads.operations import READ_UPLOAD
from lms.core.jobs.run_models import JobRun
from lms.core.people.models import Account
from tests.browser.conftest import FLOW_WIDTHS, Live
from tests.factories import make
from tests.support.screens import check_widths

Opener = Callable[..., Page]
Check = Callable[[Page], None]


def document(path: Path, *programmes: tuple[str, ...]) -> Path:
    """Writes programmes, each with the lines of its title page and a plan of 8 hours."""
    written = docx.Document()
    for lines in programmes:
        for line in (*lines, "Объём: 8 часов", "2026", "Цель: учить."):
            written.add_paragraph(line)
        table = written.add_table(rows=0, cols=3)
        for cells in (("Тема", "Всего часов", "Лекции"), ("Урок", "8", "8"), ("Итого", "8", "8")):
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.text = text
    written.save(str(path))
    return path


FIRST = ("МБОУ «Школа № 5»", "ПРОГРАММА СТАЖИРОВКИ", "«Наставник молодого педагога»")
SECOND = ("МБОУ «Школа № 5»", "ПРОГРАММА СТАЖИРОВКИ", "«Цифровая школа»")


@pytest.fixture
def leader(live: Live) -> Account:
    with live.sessions.begin() as session:
        return make.member(session, "leader", site=make.site(session))


def choose(page: Page, path: Path, address: str, button: str) -> None:
    page.goto(address)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_one_of_two_programmes_is_chosen(leader: Account, open_page: Opener, tmp_path: Path, width: str):
    page = open_page(leader, width=width)
    choose(page, document(tmp_path / "две.docx", FIRST, SECOND), "/programmes", "Загрузить и проверить")
    expect(page.get_by_role("heading", name="Какая нужна?")).to_be_visible()
    check_widths(page)
    page.get_by_role("link", name="Цифровая школа").click()
    expect(page.get_by_label("Название", exact=True)).to_have_value("Цифровая школа")


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_title_is_chosen_among_two(leader: Account, open_page: Opener, tmp_path: Path, width: str):
    page = open_page(leader, width=width)
    path = document(tmp_path / "одна.docx", (*FIRST, "Рабочая программа «Мир вокруг нас»"))
    choose(page, path, "/programmes", "Загрузить и проверить")
    title = page.get_by_label("Название", exact=True)
    expect(title).to_be_visible()
    check_widths(page)
    titles = {"Наставник молодого педагога", "Мир вокруг нас"}
    other = (titles - {title.input_value()}).pop()
    page.get_by_role("button", name=other).click()
    expect(title).to_have_value(other)
    expect(page.get_by_role("button", name=other)).to_have_attribute("aria-pressed", "true")


WRONG = (
    ("№", "Тема", "Всего часов", "Лекции", "Практика", "Форма контроля"),
    ("1", "Основы работы наставника", "8", "4", "4", ""),
    ("1.1", "Кто такой наставник и чем он занят", "4", "3", "2", ""),
    ("1.2", "Вторая", "4", "2", "2", ""),
    *((f"2.{i}", f"Тема {i}", "0", "", "", "") for i in range(1, 6)),
    ("", "Итого", "8", "4", "4", ""),
)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_wrong_number_is_shown_once_with_its_places(leader: Account, open_page: Opener, tmp_path: Path, width: str):
    written = docx.Document()
    for line in (*FIRST, "Объём: 8 часов", "2026", "Цель: учить."):
        written.add_paragraph(line)
    table = written.add_table(rows=0, cols=6)
    for cells in WRONG:
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    written.save(str(tmp_path / "план.docx"))
    page = open_page(leader, width=width)
    choose(page, tmp_path / "план.docx", "/programmes", "Загрузить и проверить")
    problems = page.locator("table.problems")
    expect(problems.locator("tbody tr")).to_have_count(1)
    expect(problems).to_contain_text("1.1 Кто такой наставник")
    expect(problems).to_contain_text("Это же видно и здесь: 1 Основы работы наставника (Лекции, Всего)")
    check_widths(page)


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_page_waits_until_the_file_is_read(leader: Account, live: Live, open_page: Opener, width: str):
    with live.sessions.begin() as session:
        parameters = {
            "what": "programme",
            "site_id": 0,
            "file_name": "Очень длинное название программы.docx",
            "file_id": 0,
        }
        run = JobRun(kind=READ_UPLOAD, owner_id=leader.id, parameters=parameters, steps_total=2)
        session.add(run)
        session.flush()
        address = f"/uploads/{run.id}"
    page = open_page(leader, width=width)
    page.goto(address)
    expect(page.get_by_text("читается…")).to_be_visible()
    check_widths(page)
    with live.sessions.begin() as session:
        session.get_one(JobRun, run.id).position = {"refused": {"code": "document_damaged", "params": {}}}
    expect(page.locator("#file-err")).to_contain_text("повреждён")
    check_widths(page)
