"""Set-up guide of each family."""

from collections.abc import Callable

from lms.core.i18n import gettext as _
from lms.lti.platforms import other_platforms
from lms.lti.platforms.moodle import moodle, moodle_warnings
from lms.lti.platforms.setup_page import SetupGuide
from lms.lti.tool import ToolUrls

GUIDES: dict[str, Callable[[ToolUrls], SetupGuide]] = {
    "moodle": moodle,
    "canvas": other_platforms.canvas,
    "sakai": other_platforms.sakai,
    "blackboard": other_platforms.blackboard,
    "d2l": other_platforms.d2l,
    "other": other_platforms.other,
}


def setup_guide(family: str, ours: ToolUrls) -> SetupGuide:
    """Returns the family's set-up guide in the current language."""
    return GUIDES[family](ours)


def next_step(family: str) -> str:
    """Returns the next step of the platform's administrator after dynamic registration."""
    if family == "moodle":
        return moodle_warnings()[-1]
    if family == "canvas":
        return _("Canvas: look through the app's permissions and placements, then switch it on for your account.")
    return _("The platform may ask its administrator to switch the tool on: look at its list of tools.")
