"""The checks of every screen in a browser, and the frame in which a platform shows the tool."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

OUTSIDE_CARDS = """() => [...document.querySelectorAll('.card')].flatMap(card => {
  const edge = card.getBoundingClientRect().right + 1;
  return [...card.querySelectorAll('table, td, th, p, h2, h3, li, .st, input, select, textarea')]
    .filter(one => one.getBoundingClientRect().right > edge && one.checkVisibility())
    .filter(one => !one.closest('.scroll-x, .visually-hidden, .menu, dialog'))
    .slice(0, 3).map(one => one.outerHTML.slice(0, 120));
})"""
"""Elements that reach over the right edge of their card, where nothing scrolls."""


def check_screen(screen: Page | Frame) -> None:
    """Asserts the rules of every screen: no axe violation, no sideways scrolling, one H1."""
    faults = violations(screen)
    assert not faults, f"{screen.url}\n" + "\n".join(faults)
    wide = screen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{screen.url} scrolls sideways by {wide} px"
    outside = screen.evaluate(OUTSIDE_CARDS)
    assert not outside, f"{screen.url}: wider than their card: {outside}"
    assert screen.locator("h1").count() == 1, f"{screen.url} should have one H1"


def violations(screen: Page | Frame) -> list[str]:
    """Returns axe's violations of the screen, a sentence for each element."""
    screen.evaluate(_axe())
    found: dict[str, Any] = screen.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    return [
        f"{violation['id']}: {node['html'][:160]} — {' '.join(node['failureSummary'].split())[:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def tool_frame(page: Page, until: str = "**/in/*/**") -> Frame:
    """Returns the frame that shows the tool on a platform's page, after it has opened a matching address.

    The frame is taken from its element: Playwright knows its name only after its first navigation.
    """
    frame = page.wait_for_selector("iframe[name=tool]", state="attached").content_frame()
    assert frame is not None, "an element named «tool» that is no frame"
    frame.wait_for_url(until)
    frame.wait_for_load_state()
    return frame
