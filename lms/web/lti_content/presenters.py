"""Texts and badges of content items on platforms."""

from collections.abc import Callable
from typing import Any

from lms.core.i18n import _, format_date, format_number, ngettext
from lms.lti.content.choices import Choice
from lms.lti.content.content_items import ShownItem
from lms.web.shell.badges import Badge


def kind_word(kind: str) -> str:
    """Returns the name of a kind of content."""
    return {
        "programme": _("Whole programme"),
        "topic": _("Topic"),
        "self_check": _("Self-check"),
        "task": _("Attestation task"),
        "certificate": _("Certificate"),
    }[kind]


def choice_words(choice: Choice) -> str:
    """Returns hours, date and points of a choice: «1,5 ч · до 12 октября · до 100 баллов»."""
    words = []
    if choice.missing:
        return choice.missing.message
    if choice.hours:
        words.append(_("%(hours)s h", hours=format_number(choice.hours)))
    if choice.due_on is not None:
        words.append(_("due %(day)s", day=format_date(choice.due_on, "day")))
    if grade := grade_words(choice):
        words.append(grade)
    return " · ".join(words)


def grade_words(choice: Choice) -> str:
    """Returns the description of the grade."""
    if choice.maximum is None:
        return _("no grade")
    if choice.kind == "programme":
        return _("grade: hours done, of %(most)s", most=format_number(choice.maximum))
    if choice.kind == "self_check":
        return _("grade: the best result in per cent")
    if choice.kind == "topic":
        return _("grade: the share that is done")
    if choice.accepted_only:
        return _("grade: accepted or not")
    most = int(choice.maximum) if choice.maximum == int(choice.maximum) else choice.maximum
    return _("grade: points of the review, of %(most)s", most=format_number(most))


def flow_sign(shown: ShownItem) -> Badge:
    """Returns the badge of the transfer of scores."""
    if not shown.placement.graded:
        return Badge("off", icon="minus", word=_("no results are sent"))
    if shown.is_dead:
        return Badge("stop", icon="table-off", word=_("not in the course any more"))
    if "refused" in shown.columns:
        return Badge("stop", icon="alert-circle", word=_("the platform refused the column"))
    if "ready" in shown.columns:
        return Badge("ok", icon="check", word=_("results are sent"))
    if shown.links:
        return Badge("go", icon="clock", word=_("the column is being made"))
    return Badge("", icon="clock", word=_("begin with the first opening"))


def links_words(shown: ShownItem) -> str:
    """Returns the number of links in the course."""
    if not shown.links:
        return _("not opened from the course yet")
    return ngettext("%(num)s link in the course", "%(num)s links in the course", shown.links)


WORDS: dict[str, Callable[..., Any]] = {
    "placement_kind": kind_word,
    "choice_words": choice_words,
    "flow_sign": flow_sign,
    "links_words": links_words,
}
