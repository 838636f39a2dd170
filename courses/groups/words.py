"""States of trainees and of topics in words, for screens and for workbooks."""

from lms.core.i18n import _, pgettext


def state_word(state: str) -> str:
    """The state of an enrolment."""
    return {
        "enrolled": pgettext("trainee", "enrolled"),
        "finished": pgettext("trainee", "finished"),
        "transferred": pgettext("trainee", "transferred"),
        "withdrawn": pgettext("trainee", "withdrawn"),
    }[state]


def cell_word(state: str) -> str:
    """The state of a topic in the grid."""
    return {
        "done": pgettext("topic", "completed"),
        "returned": _("to be revised"),
        "waiting": _("waits for grading"),
        "late": pgettext("topic", "late"),
        "missed": _("to catch up"),
        "begun": pgettext("topic", "in work"),
        "open": pgettext("topic", "not begun"),
    }[state]
