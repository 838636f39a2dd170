"""The page of set-up of each family."""

from collections.abc import Callable

from lms.plugin.families import others
from lms.plugin.families.moodle import moodle
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
