"""Every download is named by one helper, which knows what a header may contain."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HELPER = "lms/http/downloads.py"
CLIENTS = {"lms/demo/browser.py"}
"""Modules that write the parts of a form as a browser does: no header of an answer."""


@pytest.mark.parametrize("word", ["content-disposition", "download_name", "send_file(", "send_from_directory"])
def test_downloads_are_named_by_the_helper_alone(word: str):
    named = {
        path.relative_to(ROOT).as_posix()
        for folder in ("lms", "courses", "assessment", "worker")
        for path in (ROOT / folder).rglob("*.py")
        if word in path.read_text(encoding="utf-8").lower()
    }
    assert named - CLIENTS <= {HELPER}
