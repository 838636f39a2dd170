"""Records of a failed browser test: a screenshot of each page and a Playwright trace of each context."""

import re
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from playwright.sync_api import BrowserContext, Error

FOLDER = Path(__file__).parents[2] / "test-results"
"""Ignored by Git; ``playwright show-trace`` opens the traces."""
TITLE = "Left by the failed test"
CONTEXTS = pytest.StashKey[list[BrowserContext]]()
"""Key under which a test keeps its open contexts."""
TRACED = pytest.StashKey[bool]()
"""Key of a test that is repeated with traces."""


def repeat_with_traces(item: pytest.Item, nextitem: pytest.Item | None) -> str:
    """Runs a failed test once more, with a trace of each context, and returns how it went. Traces cost a tenth of a
    browser test's time, so that the first run has none.
    """
    item.stash[TRACED] = True
    item._initrequest()  # type: ignore[attr-defined]  # fresh fixtures, as plug-ins that repeat tests do it
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    traces = [text for report in reports for title, text in report.sections if title == TITLE]
    return "\n".join(["failed again", *traces]) if any(report.failed for report in reports) else "passed"


def record(context: BrowserContext) -> None:
    """Starts the trace of a context."""
    context.tracing.start(snapshots=True)


def save(contexts: list[BrowserContext], test: str, *, traced: bool) -> list[Path]:
    """Writes screenshots, and the traces of a repeated test, to a folder named after the test; returns their paths."""
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
        if traced:
            trace = folder / f"trace-{number}.zip"
            context.tracing.stop(path=trace)
            saved.append(trace)
    return saved
