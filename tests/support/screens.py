"""The checks of every screen in a browser, and the frame in which a platform shows the tool."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

AXE_FAULTS = """async (tags) => {
  const found = await axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    `${id}: ${html.slice(0, 160)} — ${failureSummary.replace(/\\s+/g, ' ').slice(0, 200)}`)).join('\\n');
}"""
"""One string: Playwright needs a third of a second to read axe's whole answer."""

LAYOUT_FAULTS = """() => {
  const faults = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) faults.push(`scrolls sideways by ${wide} px`);
  for (const card of document.querySelectorAll('.card')) {
    const edge = card.getBoundingClientRect().right + 1;
    faults.push(...[...card.querySelectorAll('table, td, th, p, h2, h3, li, .st, input, select, textarea')]
      .filter((one) => one.getBoundingClientRect().right > edge && one.checkVisibility())
      .filter((one) => !one.closest('.scroll-x, .visually-hidden, .menu, dialog'))
      .slice(0, 3).map((one) => `wider than its card: ${one.outerHTML.slice(0, 120)}`));
  }
  const headings = document.querySelectorAll('h1').length;
  if (headings !== 1) faults.push(`${headings} H1 instead of one`);
  return faults.join('\\n');
}"""


def check_screen(screen: Page | Frame) -> None:
    """Asserts the rules of every screen: no axe violation, and those of ``check_layout``."""
    screen.evaluate(_axe())
    _check(screen)


def check_widths(screen: Page | Frame) -> None:
    """Asserts the rules of every screen at the width shown and at the other one, then shows the first one again."""
    page = screen.page if isinstance(screen, Frame) else screen
    shown = page.viewport_size
    check_screen(screen)
    _resize(page, screen, DESKTOP if shown == PHONE else PHONE)
    _check(screen)
    _resize(page, screen, shown)


def _resize(page: Page, screen: Page | Frame, size: Any) -> None:
    """Resizes the page and waits until the screen, perhaps a frame of another process, has its new width."""
    before = screen.evaluate("innerWidth")
    page.set_viewport_size(size)
    screen.wait_for_function("before => innerWidth !== before", arg=before)


def _check(screen: Page | Frame) -> None:
    faults = screen.evaluate(AXE_FAULTS, TAGS)
    width = screen.evaluate("innerWidth")
    assert not faults, f"{screen.url}, {width} px wide\n{faults}"
    check_layout(screen)


def check_layout(screen: Page | Frame) -> None:
    """Asserts that nothing scrolls sideways, that nothing is wider than its card, and that there is one H1."""
    faults = screen.evaluate(LAYOUT_FAULTS)
    assert not faults, f"{screen.url}\n{faults}"


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
