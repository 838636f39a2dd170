"""Script errors and refused requests of a browser, collected during a test and checked at its end.

A handler of the browser's events must not raise: the connection to the browser would end, and every later test fail.
"""

from playwright.sync_api import Page

FAULTS: list[str] = []
"""Emptied before each browser test and read after it."""


def watch(page: Page) -> Page:
    """Collects the page's script errors and the requests refused by its Content-Security-Policy."""
    page.on("pageerror", lambda error: FAULTS.append(f"script error: {error}"))
    page.on("console", lambda said: FAULTS.append(said.text) if "Content Security Policy" in said.text else None)
    return page
