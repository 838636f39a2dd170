"""The page of set-up of each family."""

from collections.abc import Callable

from lms.core.i18n import gettext as _
from lms.lti.platforms import other_platforms
from lms.lti.platforms.moodle import moodle, moodle_warnings
from lms.lti.platforms.setup_page import Sheet
from lms.lti.tool import Ours

SHEETS: dict[str, Callable[[Ours], Sheet]] = {
    "moodle": moodle,
    "canvas": other_platforms.canvas,
    "sakai": other_platforms.sakai,
    "blackboard": other_platforms.blackboard,
    "d2l": other_platforms.d2l,
    "other": other_platforms.other,
}


def sheet(family: str, ours: Ours) -> Sheet:
    """What to paste where, in the current language."""
    return SHEETS[family](ours)


def next_there(family: str) -> str:
    """What the platform's administrator has to do after dynamic registration, if anything."""
    if family == "moodle":
        return moodle_warnings()[-1]
    if family == "canvas":
        return _("Canvas: look through the app's permissions and placements, then switch it on for your account.")
    return _("The platform may ask its administrator to switch the tool on: look at its list of tools.")
