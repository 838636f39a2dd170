"""Typography of a printed page: quotation marks, non-breaking spaces, dates and hours, in the document's language.

All functions take and return plain text; the language is the current one (`lms.core.i18n.use_locale`).
"""

import re
from datetime import date
from decimal import Decimal

from lms.core.i18n import current_locale, format_date, format_hours, ngettext, pgettext

NBSP = "\N{NO-BREAK SPACE}"
_QUOTES = {"ru": ("«»", "„“"), "en": ("“”", "‘’")}
# Russian lines do not end with a word of one or two letters or «№». A figure before its unit is left to the author.
_TIED_TO_NEXT = {
    "ru": re.compile(r"(?<![\w-])([^\W\d_]{1,2}|№|г\.|им\.) +(?=\S)"),
    "en": re.compile(r"(?<![\w-])(№|No\.|a) +(?=\S)", re.IGNORECASE),
}
_BEFORE_DASH = re.compile(r" +(?=[–—] )")


def tied(text: str) -> str:
    """Returns the text with non-breaking spaces after short words and «№», and before a dash."""
    return _BEFORE_DASH.sub(NBSP, _TIED_TO_NEXT[current_locale()].sub(rf"\1{NBSP}", text))


def quoted(text: str) -> str:
    """Returns the text in the language's quotation marks, inner ones of the second level; marks already around it are
    dropped.

    >>> quoted('Урок "Мир"')
    '«Урок „Мир“»'
    """
    outer, inner = _QUOTES[current_locale()]
    bare = _without_outer(text.strip())
    opened = re.sub(r'(?:(?<=^)|(?<=[\s(—–-]))["“«„](?=\S)', inner[0], bare)
    closed = re.sub(r'["”»“](?=[\s).,:;!?—–-]|$)', inner[1], opened).replace("«", inner[0]).replace("»", inner[1])
    return f"{outer[0]}{closed}{outer[1]}"


def _without_outer(text: str) -> str:
    """Returns the text without a pair of marks around the whole of it."""
    for opening, closing in ("«»", "“”", "„“", '""'):
        middle = text[1:-1]
        if text[:1] == opening and text[-1:] == closing and not set(middle) & {opening, closing}:
            return middle
    return text


def full_date(day: date) -> str:
    """«21 декабря 2026 года», “21 December 2026”."""
    return pgettext("a date in a document", "%(date)s", date=format_date(day))


def period(first: date, last: date) -> str:
    """Returns the days from first to last, their common parts once: «2–18 декабря 2026 года»."""
    if first == last:
        return full_date(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{full_date(last)}"
    start = format_date(first, "day") if first.year == last.year else full_date(first)
    return f"{start}{NBSP}– {full_date(last)}"


def hour_figure(hours: Decimal) -> str:
    """Returns the number of academic hours: «36», «16,5»."""
    return format_hours(hours)


def hour_unit(hours: Decimal) -> str:
    """Returns the unit in the form that the number requires: «академический час», «академических часов»,
    «академического часа».
    """
    if hours != hours.to_integral_value():
        return pgettext("after a fraction", "academic hours")
    return ngettext("academic hour", "academic hours", int(hours))


def hours_in_words(hours: Decimal) -> str:
    """«36 академических часов»."""
    return f"{hour_figure(hours)}{NBSP}{hour_unit(hours)}"
