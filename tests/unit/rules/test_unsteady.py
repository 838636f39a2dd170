"""A browser test that fails once is listed, one that fails again fails the run, and so does a third unsteady one."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import pytest
from tests.support import browser_failures

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in browser_failures.run_again_if_failed(item, nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True

def pytest_terminal_summary(terminalreporter):
    browser_failures.list_unsteady(terminalreporter)
"""
ONCE = """
import pytest
seen = set()

@pytest.mark.parametrize("number", range({count}))
def test_first_time_fails(number):
    assert number in seen or seen.add(number), "the first time"

def test_always_passes():
    pass
"""
ALWAYS = """
def test_always_fails():
    assert False, "every time"
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))

    def runs(text: str) -> pytest.RunResult:
        pytester.makeconftest(CONFTEST)
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider")

    return runs


def test_unsteady_test_is_listed_with_its_failure(run):
    found = run(ONCE.format(count=2))
    found.assert_outcomes(passed=3)
    found.stdout.fnmatch_lines(
        ["*2 unsteady: failed once, passed when repeated*", "*test_first_time_fails*", "*the first time*"]
    )


def test_third_unsteady_test_fails(run):
    run(ONCE.format(count=3)).assert_outcomes(passed=3, failed=1)


def test_test_that_fails_twice_fails(run):
    found = run(ALWAYS)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["*failed again*"])
