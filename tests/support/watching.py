"""What a browser complains of while a test runs: collected here, told when the test is over.

A handler of the browser's events must not raise: the connection to the browser would end, and every test after it fail.
"""

from playwright.sync_api import Page

FAULTS: list[str] = []
"""Emptied before each browser test, and read after it."""


def watch(page: Page) -> Page:
    """Note script errors of the page and what its Content-Security-Policy refused."""
    page.on("pageerror", lambda error: FAULTS.append(f"script error: {error}"))
    page.on("console", lambda said: FAULTS.append(said.text) if "Content Security Policy" in said.text else None)
    return page
