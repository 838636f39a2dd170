"""The shell, the macros and the scripts of every page, served without a database."""

import io
import re
from collections.abc import Callable, Iterator

import pikepdf
import pytest
from flask import redirect
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.support.frontend import Frontend, serving
from tests.support.watching import watch

PAGES = ["/styleguide?wrong=1", "/error/404", "/error/500"]
SIZES = {"desktop": (1280, 900), "smallest": (320, 640)}


@pytest.fixture(scope="module")
def served() -> Iterator[Frontend]:
    with serving() as state:
        yield state


@pytest.fixture
def frontend(served: Frontend) -> Frontend:
    served.forget()
    return served


@pytest.fixture
def context(frontend: Frontend, chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(base_url=frontend.url, viewport={"width": 1280, "height": 900}, locale="ru-RU")
    made.set_default_timeout(8000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return watch(context.new_page())


def ready(page: Page, address: str) -> Page:
    """Returns the page after its scripts have started."""
    page.goto(address)
    page.wait_for_function("window.htmx !== undefined")
    return page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("address", PAGES)
def test_pages_are_accessible_and_fit(page: Page, check_page: Callable[[Page], None], size: str, address: str) -> None:
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    check_page(ready(page, address))


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 429, 500, 503])
def test_error_page_offers_next_step(page: Page, code: int) -> None:
    page.goto(f"/error/{code}")
    expect(page.locator("main .btn-primary")).to_be_visible()
    assert len(page.locator("main").inner_text()) > 60


def test_targets_on_phone_are_large_enough(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ready(page, "/styleguide")
    small = page.evaluate("""() => [...document.querySelectorAll(
        '.btn, .form-control, .form-select, .pick, summary, .tap, .nav-link, .pages a, .sort')]
        .filter((e) => e.offsetParent && !e.closest('p.small') && e.getBoundingClientRect().height < 40)
        .map((e) => e.outerHTML.slice(0, 100))""")
    assert not small


class TestKeptDrafts:
    def test_draft_is_restored_after_reload_and_can_be_undone(self, page: Page) -> None:
        ready(page, "/form?value=as+saved").get_by_label("Title").fill("as typed")
        page.get_by_label("Tick").check()
        page.wait_for_timeout(400)
        page.reload()
        expect(page.get_by_label("Title")).to_have_value("as typed")
        expect(page.get_by_label("Tick")).to_be_checked()
        page.get_by_role("button", name="Вернуть как было").click()
        expect(page.get_by_label("Title")).to_have_value("as saved")
        page.reload()
        expect(page.get_by_label("Title")).to_have_value("as saved")

    def test_draft_is_deleted_after_sending(self, page: Page, frontend: Frontend) -> None:
        ready(page, "/form").get_by_label("Title").fill("as typed")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Done")).to_be_visible()
        ready(page, "/form")
        expect(page.get_by_label("Title")).to_have_value("")
        assert frontend.sent[0]["title"] == "as typed"

    def test_draft_survives_ended_session(self, page: Page, frontend: Frontend) -> None:
        frontend.answer = lambda: redirect("/log-in")
        ready(page, "/form").get_by_label("Title").fill("as typed")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        page.wait_for_load_state("load")  # the page's script has told the draft what became of it
        ready(page, "/form")
        expect(page.get_by_label("Title")).to_have_value("as typed")
        expect(page.get_by_text("Восстановлено то, что вы не успели отправить")).to_be_visible()

    def test_draft_is_offered_after_failed_request(self, page: Page, frontend: Frontend) -> None:
        ready(page, "/form").get_by_label("Title").fill("as typed")
        page.route("**/form", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
        page.get_by_role("button", name="Save").click()
        page.wait_for_timeout(300)
        page.unroute("**/form")
        ready(page, "/form?again")
        page.get_by_role("button", name="Показать набранное").click()
        expect(page.get_by_label("Title")).to_have_value("as typed")
        assert not frontend.sent

    def test_draft_belongs_to_one_person_without_passwords(self, page: Page, frontend: Frontend) -> None:
        ready(page, "/form").get_by_label("Title").fill("as typed")
        page.get_by_label("Secret").fill("hush-hush")
        page.wait_for_timeout(400)
        assert "hush-hush" not in page.evaluate("JSON.stringify(localStorage)")
        frontend.user = "8"
        page.reload()
        expect(page.get_by_label("Title")).to_have_value("")


def test_double_click_sends_once(page: Page, frontend: Frontend) -> None:
    ready(page, "/form").get_by_label("Title").fill("once")
    page.evaluate("for (let i = 0; i < 3; i += 1) document.querySelector('form[data-keep] [type=submit]').click()")
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert len(frontend.sent) == 1


def test_confirmation_precedes_action(page: Page, frontend: Frontend, check_page: Callable[[Page], None]) -> None:
    ready(page, "/deeds").get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete it?")
    expect(dialog.get_by_role("button", name="Отмена")).to_be_focused()
    check_page(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert not frontend.sent
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert len(frontend.sent) == 1


def test_polling_shows_result_and_stops(page: Page, frontend: Frontend) -> None:
    ready(page, "/deeds")
    expect(page.locator("#result")).to_have_text("87 %")
    asked = frontend.polls
    page.wait_for_timeout(1500)
    assert frontend.polls == asked == 3


def test_lost_connection_is_announced(page: Page, context: BrowserContext) -> None:
    ready(page, "/form")
    context.set_offline(True)
    expect(page.get_by_text("Нет связи.")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_text("Нет связи.")).to_be_hidden()
    expect(page.get_by_text("Связь восстановлена.")).to_be_visible()


def test_refused_request_is_announced(page: Page) -> None:
    ready(page, "/deeds").locator("#box").click()
    expect(page.get_by_text("Ваша роль этого не\N{NO-BREAK SPACE}предусматривает.")).to_be_visible()
    expect(page.locator("#box")).to_have_text("Ask")


def test_menu_opens_on_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ready(page, "/form")
    toggle = page.get_by_role("button", name="Меню")
    expect(page.get_by_role("link", name="Главная")).to_be_hidden()
    toggle.press("Space")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("link", name="Главная")).to_be_visible()


def test_menu_opens_on_phone_without_scripts(frontend: Frontend, chromium: Browser) -> None:
    context = chromium.new_context(
        base_url=frontend.url, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/form")
    page.get_by_text("Меню").click()
    expect(page.get_by_role("link", name="Главная")).to_be_visible()
    context.close()


def test_footer_switches_language(page: Page) -> None:
    ready(page, "/form")
    page.locator("footer").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="Skip to content")).to_be_attached()


def small_pdf(pages: int) -> bytes:
    document = pikepdf.new()
    font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for number in range(1, pages + 1):
        added = document.add_blank_page(page_size=(300, 400))
        added.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        added.Contents = document.make_stream(f"BT /F1 18 Tf 40 200 Td (Sheet {number}) Tj ET".encode())
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_pdf_is_drawn_under_security_policy(page: Page, frontend: Frontend) -> None:
    frontend.pdf = small_pdf(2)
    ready(page, "/styleguide").evaluate("""() => {
        const button = document.querySelector('[data-try="toast"]');
        button.dataset.try = 'pdf';
        button.dataset.url = '/work.pdf';
        button.insertAdjacentHTML('afterend', '<div id="pdf"></div>');
        button.click();
    }""")
    first = page.get_by_role("group", name=re.compile("Страница 1 из"))
    expect(first.locator("canvas")).to_be_visible()
    expect(first).to_contain_text("Sheet 1")
    painted = first.locator("canvas").evaluate("""(canvas) => canvas.getContext('2d')
        .getImageData(0, 0, canvas.width, canvas.height).data.some((value, at) => at % 4 === 0 && value < 100)""")
    assert painted


COLOURS = """() => [...document.querySelectorAll('body, body *')].map((element) => {
    const style = getComputedStyle(element);
    const sides = ['color', 'backgroundColor', 'borderTopColor', 'borderBottomColor', 'boxShadow', 'fill', 'stroke'];
    return `${element.tagName}.${element.getAttribute('class')} ${sides.map((side) => style[side]).join(' ')}`;
})"""


def test_colours_are_same_in_old_browsers(page: Page, frontend: Frontend) -> None:
    """Chrome 109, the last version for Windows 7, ignores newer colour functions: the page must look the same
    without them.
    """
    ready(page, "/styleguide")
    new = page.evaluate(COLOURS)

    def as_old(route: Route) -> None:
        answer = route.fetch()
        text = re.sub(r"color-mix\(|oklch\(|light-dark\(", "not-known(", answer.text())
        route.fulfill(response=answer, body=text)

    page.route("**/*.css", as_old)
    ready(page, "/styleguide?again")
    differ = [f"{now}\n  old: {old}" for now, old in zip(new, page.evaluate(COLOURS), strict=True) if now != old]
    assert not differ, "\n".join(differ[:20])
