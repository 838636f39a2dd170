"""Records of a failed browser test: a screenshot of each page and a Playwright trace of each context."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error

FOLDER = Path(__file__).parents[2] / "test-results"
"""Ignored by Git; ``playwright show-trace`` opens the traces."""
CONTEXTS = pytest.StashKey[list[BrowserContext]]()
"""Key under which a test keeps its open contexts."""


def record(context: BrowserContext) -> None:
    """Starts the trace of a context."""
    context.tracing.start(snapshots=True)


def save(contexts: list[BrowserContext], test: str) -> list[Path]:
    """Writes screenshots and traces to a folder named after the test, and returns their paths."""
    folder = FOLDER / re.sub(r"[^\w.-]+", "-", test).strip("-")
    folder.mkdir(parents=True, exist_ok=True)
    saved = []
    for number, context in enumerate(contexts, start=1):
        for place, page in enumerate(context.pages, start=1):
            screenshot = folder / f"page-{number}-{place}.png"
            try:
                page.screenshot(path=screenshot, full_page=True)
            except Error:  # a page that has crashed or does not answer: its trace is still worth having
                continue
            saved.append(screenshot)
        trace = folder / f"trace-{number}.zip"
        context.tracing.stop(path=trace)
        saved.append(trace)
    return saved
