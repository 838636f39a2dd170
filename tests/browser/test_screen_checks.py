"""The checks of screens themselves: each finds its fault, and the tool's frame is waited for."""

from collections.abc import Callable
from html import escape

import pytest
from playwright.sync_api import Page, Route

from tests.support.screens import check_screen, check_widths, tool_frame

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


OTHER_WIDTH = {
    "desktop": ("scrolls sideways", "<table style='width: 800px'><tr><td>Широкая таблица</td></tr></table>"),
    "phone": ("color-contrast", "<style>@media (min-width: 1000px) { p { color: #bbb } }</style><p>Бледные слова</p>"),
}


@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("shown", OTHER_WIDTH)
def test_check_of_both_widths_finds_fault_of_the_other_one(open_page: Opener, shown: str, framed: bool):
    page = open_page(width=shown)
    fault, main = OTHER_WIDTH[shown]
    inside = html(SOUND + main)
    style = "width: 100%; height: 400px; border: 0"
    frame = f'<iframe name="tool" title="Инструмент" style="{style}" srcdoc="{escape(inside)}"></iframe>'
    page.set_content(html(frame) if framed else inside)
    screen = tool_frame(page, "about:srcdoc") if framed else page
    check_screen(screen)
    with pytest.raises(AssertionError, match=fault):
        check_widths(screen)
