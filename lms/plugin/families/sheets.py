"""The page of set-up of each family."""

from collections.abc import Callable

from lms.core.texts import gettext as _
from lms.plugin.families import others
from lms.plugin.families.moodle import moodle, moodle_warnings
from lms.plugin.families.shapes import Sheet
from lms.plugin.tool import Ours

SHEETS: dict[str, Callable[[Ours], Sheet]] = {
    "moodle": moodle,
    "canvas": others.canvas,
    "sakai": others.sakai,
    "blackboard": others.blackboard,
    "d2l": others.d2l,
    "other": others.other,
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
