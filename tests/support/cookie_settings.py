"""Browsers that refuse cookies in a platform's frame."""

import json
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from tests.support.chromium import find_full_chromium

NO_COOKIES_IN_FRAMES = {
    "profile": {
        "content_settings": {"exceptions": {"cookies": {"https://127.0.0.1:*,https://localhost:*": {"setting": 2}}}}
    }
}
"""Preferences: a tool on 127.0.0.1 has no cookies, partitioned or not, on pages of a platform on localhost."""


def block_third_party_cookies(page: Page) -> Page:
    """Makes the page's browser refuse third-party cookies that are not partitioned, as Safari and Firefox do."""
    controls = {"disableThirdPartyCookieMetadata": True, "disableThirdPartyCookieHeuristics": True}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCookieControls", {"enableThirdPartyCookieRestriction": True, **controls})
    return page


def start_without_frame_cookies(playwright: Playwright, home: Path, flags: list[str]) -> Browser:
    """Starts a whole Chromium whose contexts have no cookies at all in a platform's frame. It needs three times the
    time of the headless shell, which has no such preferences.
    """
    (home / "Default").mkdir(parents=True)
    (home / "Default" / "Preferences").write_text(json.dumps(NO_COOKIES_IN_FRAMES), encoding="utf-8")
    first = playwright.chromium.launch_persistent_context(home, executable_path=find_full_chromium(), args=flags)
    assert first.browser is not None
    return first.browser
