"""The printed attendance list of a class, signed on paper where there is no Internet.

The language is the programme's; names are in the nominative. The signed attendance is entered in the grid afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from lms.core.documents.typesetter import typesetter
from lms.core.documents.wording import period, tied
from lms.core.i18n import _, format_date, use_locale

TEMPLATE = Path(__file__).parent / "class_list.typ"
MOST_DAYS = 6
MOST_ROWS = 1000
BLANK_ROWS = 3
"""Empty rows below the last name, for people who join after the list was printed."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of the list."""

    name: str
    organization: str = ""


@dataclass(frozen=True, slots=True)
class ClassList:
    """The list of a class on one or several days, with a signature column for each day; without days, one column
    without a date.
    """

    language: str
    title: str
    """The topic of the class, or the programme."""
    group: str
    days: Sequence[date]
    rows: Sequence[ListRow]
    site: str = ""
    place: str = ""
    teacher: str = ""
    blank_rows: int = BLANK_ROWS

    def __post_init__(self) -> None:
        """Raises ValueError for more days or people than a list holds."""
        if len(self.days) > MOST_DAYS:
            raise ValueError(f"a list has at most {MOST_DAYS} days")
        if len(self.rows) > MOST_ROWS:
            raise ValueError(f"a list has at most {MOST_ROWS} people")


def typeset_class_list(class_list: ClassList, *, created: datetime | None = None) -> bytes:
    """Returns the list as PDF/A-2b and PDF/UA-1: A4 portrait, the table's head repeated on each page. Raises
    ``TypesettingError``.

    ``created`` is written into the file; by default noon of the first day.
    """
    day = class_list.days[0] if class_list.days else date(2000, 1, 1)
    with use_locale(class_list.language):
        data = _page(class_list)
    return typesetter().pdf(TEMPLATE, data, created=created or datetime.combine(day, time(12), UTC))


def _page(class_list: ClassList) -> dict[str, Any]:
    heading = _("Attendance list")
    return {
        "language": class_list.language,
        "author": class_list.site or heading,
        "title-of-file": f"{heading}: {class_list.group}",
        "heading": heading,
        "title": tied(class_list.title),
        "facts": _facts(class_list),
        "columns": [_("No."), _("Surname, given name, patronymic"), *_day_titles(class_list)],
        "days": list(range(max(1, len(class_list.days)))),
        "day-width": _day_width(len(class_list.days)),
        "row-height": 6,
        "rows": _rows(class_list),
        "sign-off": {"teacher": _("Teacher of the class"), "name": class_list.teacher, "caption": _("signature")},
        "footer": tied(class_list.group),
        "page-of": _("Page {page} of {pages}"),
    }


def _facts(class_list: ClassList) -> list[dict[str, str]]:
    rows = [
        (_("Group"), tied(class_list.group)),
        (_("Internship site"), tied(class_list.site)),
        (_("Date"), period(class_list.days[0], class_list.days[-1]) if class_list.days else ""),
        (_("Place"), tied(class_list.place)),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _day_titles(class_list: ClassList) -> list[str]:
    """Returns the headings of the signature columns: the days if there are several."""
    if len(class_list.days) < 2:
        return [_("Signature")]
    return [format_date(day, "short") for day in class_list.days]


def _day_width(days: int) -> int:
    """Returns the width of a signature column in millimetres: a signature needs 40; six columns share 108."""
    return min(48, 108 // max(1, days))


def _rows(class_list: ClassList) -> list[dict[str, str]]:
    blank = [ListRow("")] * class_list.blank_rows
    return [
        {"number": str(place), "name": row.name, "note": tied(row.organization)}
        for place, row in enumerate([*class_list.rows, *blank], start=1)
    ]
