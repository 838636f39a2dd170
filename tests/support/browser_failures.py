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


UNSTEADY = "unsteady"
"""Property of a test that failed and passed when it was repeated: the text of its failure."""
MOST_UNSTEADY = 2
"""Unsteady tests of a process that are only listed; one more fails the run."""

_unsteady: list[str] = []


def run_again_if_failed(item: pytest.Item, nextitem: pytest.Item | None) -> list[pytest.TestReport]:
    """Runs a test, and a failed one once more with traces of its contexts, which cost a tenth of its time.

    A test that passes the second time is unsteady, as Playwright's own runner has it: a busy machine may exceed the
    patience of a step. Few of them do not fail the run, and its end lists them.
    """
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    failed = next((report for report in reports if report.failed), None)
    if failed is None:
        return reports
    item.stash[TRACED] = True
    item._initrequest()  # type: ignore[attr-defined]  # fresh fixtures, as plug-ins that repeat tests do it
    again = runtestprotocol(item, log=False, nextitem=nextitem)
    if is_tolerated(item.nodeid, again):
        call = next(report for report in again if report.when == "call")
        call.user_properties.append((UNSTEADY, failed.longreprtext))
        return again
    traces = [text for report in again for title, text in report.sections if title == TITLE]
    outcome = "failed again" if any(report.failed for report in again) else "passed, like others before it"
    failed.sections.append(("Repeated with traces", "\n".join([outcome, *traces])))
    return reports


def is_tolerated(test: str, again: list[pytest.TestReport]) -> bool:
    """Returns whether a failed test counts as unsteady: its repetition passed, and few others were unsteady."""
    if any(report.failed for report in again) or len(_unsteady) >= MOST_UNSTEADY:
        return False
    _unsteady.append(test)
    return True


def list_unsteady(terminal: pytest.TerminalReporter) -> None:
    """Writes the unsteady tests of all processes with their failures."""
    found = [
        (report.nodeid, text)
        for report in terminal.stats.get("passed", ())
        for name, text in report.user_properties
        if name == UNSTEADY
    ]
    if found:
        terminal.write_sep("=", f"{len(found)} unsteady: failed once, passed when repeated")
    for test, text in found:
        terminal.write_line(f"{test}\n{text}\n")


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
