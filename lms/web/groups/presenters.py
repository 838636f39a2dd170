"""Texts and badges of the pages of groups."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from courses.groups.grid import Column, Row
from courses.groups.queries import CohortSummary
from courses.groups.roster_matching import Difference, KnownPerson
from lms.core.i18n import _, cached_by_locale, days_between, format_date, format_hours, ngettext, pgettext
from lms.web.shell.badges import Badge


def state_word(state: str) -> str:
    """Returns the name of an enrolment's state."""
    return {
        "enrolled": pgettext("trainee", "enrolled"),
        "finished": pgettext("trainee", "finished"),
        "transferred": pgettext("trainee", "transferred"),
        "withdrawn": pgettext("trainee", "withdrawn"),
    }[state]


@cached_by_locale
def cell_word(state: str) -> str:
    """Returns the name of a topic's state in the grid."""
    return {
        "done": pgettext("topic", "completed"),
        "returned": _("to be revised"),
        "waiting": _("waits for grading"),
        "late": pgettext("topic", "late"),
        "missed": _("to catch up"),
        "begun": pgettext("topic", "in work"),
        "open": pgettext("topic", "not begun"),
    }[state]


CELL = Markup('<td class="t g g-{}" data-l="{}">{}</td>')


class ColumnCells(dict[str, str]):
    """The cells of a column by state, each made when the first trainee has it."""

    def __init__(self, number: str) -> None:
        super().__init__()
        self._number = number

    def __missing__(self, state: str) -> str:
        self[state] = made = CELL.format(state, self._number, cell_word(state))
        return made


class GridCells:
    """Writes the cells of rows: a large group has thousands in few states."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._made = [ColumnCells(one.number) for one in columns]

    def __call__(self, row: Row, first: int = 0, end: int | None = None) -> Markup:
        """Returns the cells of the columns from ``first`` to before ``end``."""
        pairs = zip(self._made[first:end], row.cells[first:end], strict=True)
        return Markup("".join([made[cell.state] for made, cell in pairs]))  # noqa: S704 (cells are markup)


def state_sign(state: str) -> Badge:
    """Returns the badge of an enrolment's state."""
    return {
        "enrolled": Badge("go", icon="user-check", word=state_word("enrolled")),
        "finished": Badge("ok", icon="circle-check", word=state_word("finished")),
        "transferred": Badge("off", icon="arrow-right", word=state_word("transferred")),
        "withdrawn": Badge("stop", icon="user-x", word=state_word("withdrawn")),
        "joined": Badge("go", icon="user-plus", word=pgettext("trainee", "joined the group")),
    }[state]


def state_choices() -> list[tuple[str, str]]:
    """Returns the states that a leader may set; a transfer has a form of its own."""
    return [(state, state_sign(state).word) for state in ("enrolled", "finished", "withdrawn")]


def filter_words() -> list[tuple[str, str]]:
    """Returns the names of the grid's filters."""
    return [
        ("", _("All")),
        ("late", pgettext("trainees", "Late")),
        ("waiting", _("Works to grade")),
        ("absent", _("Not here for a week")),
        ("uninvited", _("Not come yet")),
        ("left", _("Left the group")),
    ]


def late_words(row: Row) -> str:
    """Returns the amount of late topics: «2 topics, 9 h»."""
    topics = ngettext("%(num)s topic", "%(num)s topics", row.late_topics)
    return f"{topics}, {_('%(hours)s h', hours=format_hours(row.late_hours))}" if row.late_hours else topics


def seen_words(moment: datetime | None, now: datetime) -> str:
    """Returns how many days ago the person was last here."""
    if moment is None:
        return _("not yet")
    days = days_between(moment, now)
    if days <= 0:
        return _("today")
    return _("yesterday") if days == 1 else ngettext("%(num)s day ago", "%(num)s days ago", days)


def dates_words(first: date, last: date) -> str:
    """Returns «2 November – 18 December», with the years if they differ."""
    style = "day" if first.year == last.year else "long"
    return f"{format_date(first, style)} – {format_date(last, 'day' if style == 'day' else 'long')}"


def group_sign(line: CohortSummary, late: int) -> Badge:
    """Returns the group's badge: late, accepted or unfinished trainees, according to its stage."""
    if line.stage == "over":
        if not line.unfinished:
            return Badge("ok", icon="circle-check", word=pgettext("group", "finished"))
        left = ngettext("%(num)s has not finished", "%(num)s have not finished", line.unfinished)
        return Badge("warn", icon="alert-triangle", word=left)
    if not line.trainees:
        return Badge("", icon="users", word=_("no trainees yet"))
    if line.stage == "future":
        accepted = _("%(count)s of %(total)s have come", count=line.accepted, total=line.trainees)
        return Badge("", icon="calendar", word=accepted)
    if late:
        return Badge("warn", icon="alert-triangle", word=ngettext("%(num)s is late", "%(num)s are late", late))
    return Badge("ok", icon="check", word=_("on schedule"))


def why_words(known: KnownPerson) -> str:
    """Returns why a person is offered for a row of the list."""
    return {
        "number": _("the same identity number"),
        "email": _("the same e-mail and name"),
        "renamed": _("the same e-mail, given name and patronymic; another surname"),
        "name": _("the same name, nothing else tells"),
    }[known.why]


def difference_words(difference: Difference) -> str:
    """Returns a difference between list and database: «e-mail: in the list …, here …»."""
    words = {
        "name": _("name"),
        "email": _("e-mail"),
        "workplace": _("place of work"),
        "position": _("position"),
    }
    return _(
        "%(what)s: «%(listed)s» in the list, «%(known)s» here",
        what=words[difference.what],
        listed=difference.listed,
        known=difference.known,
    )


def way_sign(how: str, invited: datetime | None, accepted: bool) -> Badge:
    """Returns the badge of a trainee's way to get in, and whether they have logged in."""
    if accepted:
        return Badge("ok", icon="check", word=_("has come"))
    if how == "own":
        return Badge("", icon="user-check", word=_("has a log-in, has not come yet"))
    if invited is not None:
        day = format_date(invited, "day")
        if how == "card":
            return Badge("go", icon="id", word=_("card printed on %(day)s", day=day))
        return Badge("go", icon="mail", word=_("invited on %(day)s", day=day))
    if how == "card":
        return Badge("warn", icon="id", word=_("needs a card: no e-mail of their own"))
    return Badge("warn", icon="mail-exclamation", word=_("not invited yet"))


WORDS: dict[str, Callable[..., Any]] = {
    "cell_word": cell_word,
    "enrolment_sign": state_sign,
    "filter_words": filter_words,
    "late_words": late_words,
    "seen_words": seen_words,
    "dates_words": dates_words,
    "group_sign": group_sign,
    "why_words": why_words,
    "difference_words": difference_words,
    "way_sign": way_sign,
}
