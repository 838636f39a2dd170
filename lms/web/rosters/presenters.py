"""Texts and badges of a roster's preview."""

from collections.abc import Callable
from typing import Any

from lms.core.i18n import _, ngettext
from lms.lti.models.services import Roster
from lms.lti.rosters.applying import ApplyResult
from lms.lti.rosters.comparing import (
    GONE,
    KNOWN,
    LAUNCHED_AS_STAFF,
    NEW,
    RETURNS,
    SIMILAR,
    WORKS_HERE,
    Change,
    Comparison,
)
from lms.web.shell.badges import Badge


def change_sign(change: Change) -> Badge:
    """Returns the badge of a change."""
    if change.doubt:
        doubts = {
            LAUNCHED_AS_STAFF: _("has opened the course as a teacher or an administrator"),
            WORKS_HERE: _("works at this internship site"),
        }
        return Badge(kind="warn", icon="help-circle", word=doubts[change.doubt])
    if change.kind == NEW:
        return Badge(kind="ok", icon="user-plus", word=_("a new person: an account is made"))
    signs = {
        KNOWN: Badge(kind="ok", icon="user-check", word=_("has come from this platform before")),
        SIMILAR: Badge(kind="warn", icon="help-circle", word=_("is this somebody of the group?")),
        RETURNS: Badge(kind="warn", icon="history", word=_("left the group by an order: would be enrolled again")),
        GONE: Badge(kind="warn", icon="user-minus", word=_("is no trainee of the course any more")),
    }
    return signs[change.kind]


def passed_over(found: Comparison) -> list[str]:
    """Returns texts about the members without a row."""
    said = []
    if found.in_step:
        said.append(ngettext("%(num)s is in the group already", "%(num)s are in the group already", found.in_step))
    if staff := sum(found.staff.values()):
        said.append(
            ngettext(
                "%(num)s teaches or helps there and is no trainee",
                "%(num)s teach or help there and are no trainees",
                staff,
            )
        )
    if found.inactive:
        said.append(
            ngettext("%(num)s is switched off in the course", "%(num)s are switched off in the course", found.inactive)
        )
    if found.closed:
        said.append(ngettext("%(num)s has a closed account here", "%(num)s have closed accounts here", found.closed))
    return said


def done_words(done: ApplyResult) -> list[Badge]:
    """Returns the results of applying the roster."""
    enrolled = ngettext("%(num)s trainee is enrolled.", "%(num)s trainees are enrolled.", done.enrolled)
    new = ngettext("%(num)s of them is new here", "%(num)s of them are new here", done.new)
    withdrawn = ngettext("%(num)s was withdrawn", "%(num)s were withdrawn", done.withdrawn)
    left_out = ngettext("%(num)s row was left out.", "%(num)s rows were left out.", done.left_out)
    said = [
        (1, Badge(kind="ok", icon="user-plus", word=enrolled)),
        (done.new, Badge(kind="", icon="user-check", word=new)),
        (done.withdrawn, Badge(kind="", icon="user-minus", word=withdrawn)),
        (done.left_out, Badge(kind="", icon="minus", word=left_out)),
    ]
    return [sign for count, sign in said if count]


def course_of(roster: Roster) -> str:
    """Returns the name of the platform's course."""
    return course_name(roster.context.title or roster.context.label)


def course_name(title: str | None) -> str:
    """Returns the title that the platform tells, or words in its place."""
    return title or _("course without a name")


WORDS: dict[str, Callable[..., Any]] = {
    "change_sign": change_sign,
    "passed_over": passed_over,
    "done_words": done_words,
    "course_of": course_of,
    "course_name": course_name,
}
