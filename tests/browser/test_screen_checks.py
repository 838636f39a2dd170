"""The checks of screens themselves: each finds its fault, and the tool's frame is waited for."""

from collections.abc import Callable
from html import escape

import pytest
from playwright.sync_api import Page, Route

from tests.support.screens import check_screen, tool_frame

Opener = Callable[..., Page]
SOUND = "<h1>Заголовок</h1><p>Текст</p>"
DRAWING = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
FAULTS = {
    "image-alt": f'<img src="{DRAWING}">',
    "color-contrast": "<p style='color: #bbb; background: #fff'>Бледные слова</p>",
    "label": "<input name='surname'>",
    "scrolls sideways": "<table style='width: 1400px'><tr><td>Широкая таблица</td></tr></table>",
    "wider than its card": "<div class='card' style='width: 9em; overflow: hidden'>"
    "<table style='width: 20em'><tr><td>Широкая таблица</td></tr></table></div>",
    "2 H1": "<h1>Второй заголовок</h1>",
}


def html(main: str) -> str:
    """Returns a page that breaks no rule unless ``main`` does."""
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Страница</title>'
    return f'<!doctype html><html lang="ru"><head>{head}</head><body><main>{main}</main></body></html>'


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_sound_page_passes(open_page: Opener, width: str):
    page = open_page(width=width)
    page.set_content(html(SOUND))
    check_screen(page)


@pytest.mark.parametrize("width", ["desktop", "phone"])
@pytest.mark.parametrize("fault", FAULTS)
def test_check_finds_fault(open_page: Opener, fault: str, width: str):
    page = open_page(width=width)
    page.set_content(html(SOUND + FAULTS[fault]))
    with pytest.raises(AssertionError, match=fault):
        check_screen(page)


def test_check_finds_fault_in_frame(open_page: Opener):
    page = open_page()
    inside = html(SOUND + FAULTS["image-alt"])
    page.set_content(html(f'<iframe name="tool" title="Инструмент" srcdoc="{escape(inside)}"></iframe>'))
    with pytest.raises(AssertionError, match="image-alt"):
        check_screen(tool_frame(page, "about:srcdoc"))


def test_frame_is_waited_for_before_it_has_navigated(open_page: Opener):
    page = open_page()

    def answer_late(route: Route) -> None:
        page.wait_for_timeout(300)  # as a slow platform
        route.fulfill(body=html(SOUND), content_type="text/html")

    page.route("https://tool.test/**", answer_late)
    address = "https://tool.test/in/1/course"
    page.set_content(html(f'<iframe name="tool" title="Инструмент" src="{address}"></iframe>'), wait_until="commit")
    assert tool_frame(page).locator("h1").inner_text() == "Заголовок"
