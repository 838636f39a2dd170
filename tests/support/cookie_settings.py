"""Browsers that refuse cookies in a platform's frame, by the settings that a person makes."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright

from tests.support.chromium import find_full_chromium

THIRD_PARTIES_BLOCKED = {"profile": {"cookie_controls_mode": 1, "block_third_party_cookies": True}}
NO_COOKIES_IN_FRAMES = {
    "profile": {
        "content_settings": {"exceptions": {"cookies": {"https://127.0.0.1:*,https://localhost:*": {"setting": 2}}}}
    }
}
"""Forbids the cookies of a tool on 127.0.0.1 on the pages of a platform on localhost."""


def start_with(playwright: Playwright, preferences: dict[str, Any], home: Path, flags: list[str]) -> Browser:
    """Starts a browser whose contexts, each with cookies of its own, have these preferences."""
    (home / "Default").mkdir(parents=True)
    (home / "Default" / "Preferences").write_text(json.dumps(preferences), encoding="utf-8")
    first = playwright.chromium.launch_persistent_context(home, executable_path=find_full_chromium(), args=flags)
    assert first.browser is not None
    return first.browser
