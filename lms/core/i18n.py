"""Texts in Russian and English without a request: catalogues, the current locale, numbers and dates.

Messages in the code are English; ``lms/translations/ru/*.po`` holds the Russian, one file per feature. The current
locale is a context variable: the web sets it per request, a job for its recipient, a document for its programme.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, wraps
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.dates import format_time as babel_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import LazyProxy, Translations

Number = int | float | Decimal
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
LOCALES = ("ru", "en")
FOLDER = Path(__file__).parent.parent / "translations"

SENTENCE_ENDS = (".", "…", "!", "?")
_FULL_STOP = re.compile(r"%\((\w+)\)s\.(?![.\w])")

_locale: ContextVar[str] = ContextVar("locale", default="ru")
_zone: ContextVar[str] = ContextVar("zone", default="Asia/Novokuznetsk")


def read_catalogues(locale: str) -> Catalog:
    """Returns the messages of all catalogue files of a language as one catalogue."""
    whole = Catalog(locale)
    for path in sorted((FOLDER / locale).glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale=locale):
                whole[message.id] = message
    return whole


@lru_cache
def compiled_catalogue(locale: str) -> bytes:
    """Returns the language's messages as a compiled catalogue, for ``adopt_catalogue``; empty for English."""
    if locale == "en":
        return b""
    compiled = BytesIO()
    write_mo(compiled, read_catalogues(locale))
    return compiled.getvalue()


_catalogues: dict[str, NullTranslations] = {}


def catalogue(locale: str) -> NullTranslations:
    """Returns the language's messages; English is the language of the code."""
    if locale not in _catalogues:
        adopt_catalogue(locale, compiled_catalogue(locale))
    return _catalogues[locale]


def adopt_catalogue(locale: str, compiled: bytes) -> None:
    """Sets the language's messages: a child process takes them from its parent, which has compiled them already."""
    _catalogues[locale] = Translations(BytesIO(compiled)) if compiled else NullTranslations()


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Returns the text with its placeholders filled in; a value that ends in a period needs no second one.

    >>> filled("Accepted: %(name)s.", {"name": "Зайцева П. А."})
    'Accepted: Зайцева П. А.'
    """
    if not values:
        return text
    ended = {name for name, value in values.items() if str(value).endswith(SENTENCE_ENDS)}
    if ended:
        text = type(text)(_FULL_STOP.sub(lambda found: found[0][: -(found[1] in ended) or None], text))
    return text % values


@contextmanager
def use_locale(locale: str, zone: str | None = None) -> Iterator[None]:
    """Sets the current language, and the zone in which times are shown, within the block."""
    locale_token = _locale.set(locale if locale in LOCALES else "ru")
    zone_token = _zone.set(zone or _zone.get())
    try:
        yield
    finally:
        _locale.reset(locale_token)
        _zone.reset(zone_token)


def current_locale() -> str:
    """Returns ``ru`` or ``en``."""
    return _locale.get()


def set_locale(locale: str, zone: str | None = None) -> None:
    """Sets the current language until the next call, at the start of a request or of a command."""
    _locale.set(locale if locale in LOCALES else "ru")
    if zone:
        _zone.set(zone)


def gettext(message: str, **values: Any) -> str:
    """Returns the message in the current language with ``%(name)s`` filled in."""
    text = catalogue(_locale.get()).gettext(message) if message else ""  # gettext keeps its header under ""
    return filled(text, values)


def cached_by_locale(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Keeps what a function returns in each language: a page shows the same few states and lines many times.

    The function must depend on nothing but its positional, hashable arguments and the language (so not on the zone),
    and what it returns must not be changed.
    """

    @lru_cache(4096)
    def kept(_language: str, *args: Any) -> Any:
        return function(*args)  # type: ignore[call-arg]

    @wraps(function)
    def answer(*args: Any) -> Any:
        return kept(_locale.get(), *args)

    return answer  # type: ignore[return-value]


def catalogue_ngettext(singular: str, plural: str, num: Number) -> str:
    """Returns the message for this number with its placeholders, as Jinja expects."""
    return catalogue(_locale.get()).ngettext(singular, plural, _counted(num))


def _counted(num: Number) -> int:
    """Returns a whole number that takes the same plural form: fractions take that of two («2,5 часа», "2.5 hours")."""
    return int(num) if num == int(num) else 2


def ngettext(singular: str, plural: str, num: Number, **values: Any) -> str:
    """Returns the message for this number with ``%(num)s`` filled in."""
    return filled(catalogue_ngettext(singular, plural, num), {"num": num, **values})


def catalogue_pgettext(context: str, message: str) -> str:
    """Returns the message in this context with its placeholders, as Jinja expects."""
    return catalogue(_locale.get()).pgettext(context, message)


def pgettext(context: str, message: str, **values: Any) -> str:
    """Returns the message in this context."""
    return filled(catalogue(_locale.get()).pgettext(context, message), values)


def lazy_gettext(message: str, **values: Any) -> Any:
    """Returns an object that translates the message at the moment when it is shown."""
    return LazyProxy(gettext, message, enable_cache=False, **values)


_ = gettext
_l = lazy_gettext


def format_hours(value: Decimal | int | float | None) -> str:
    """Returns academic hours without trailing zeros: 1,5 in Russian, 1.5 in English."""
    return _decimal(value or 0, _locale.get())


def format_number(value: Decimal | int | float) -> str:
    """Returns a number with at most two digits after the separator."""
    return _decimal(value, _locale.get())


@lru_cache(4096)
def _decimal(value: Decimal | int | float, locale: str) -> str:
    """Cached: a page shows the same few numbers many times."""
    return format_decimal(value, "#,##0.##", locale=locale)


DATE_FORMATS = {
    ("long", "ru"): "d MMMM y",
    ("long", "en"): "d MMMM y",
    ("short", "ru"): "d MMM",
    ("short", "en"): "d MMM",
    ("weekday", "ru"): "EEEE, d MMMM",
    ("weekday", "en"): "EEEE, d MMMM",
    ("day", "ru"): "d MMMM",
    ("day", "en"): "d MMMM",
    ("leaf", "ru"): "MMM, EEE",
    ("leaf", "en"): "MMM, EEE",
    ("numeric", "ru"): "dd.MM.y",
    ("numeric", "en"): "dd/MM/y",
}


def local(moment: datetime) -> datetime:
    """Returns the moment in the current zone."""
    return moment.astimezone(ZoneInfo(_zone.get()))


def local_day(moment: datetime) -> date:
    """Returns the calendar day of the moment in the current zone: the reader's «today»."""
    return local(moment).date()


def days_between(first: datetime, last: datetime) -> int:
    """Returns how many midnights of the current zone lie between the moments: 0 today, 1 since yesterday."""
    return (local_day(last) - local_day(first)).days


def format_date(value: date | datetime | None, style: str = "long") -> str:
    """Returns the date as text; empty for None. ``style``: long, day, short, weekday, numeric, leaf (ноя, вт)."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = local_day(value)
    return _date(value, style, _locale.get())


@lru_cache(4096)
def _date(value: date, style: str, locale: str) -> str:
    """Cached: a page shows the same few dates many times."""
    text = babel_date(value, DATE_FORMATS[style, locale], locale=locale)
    if style == "leaf":
        month, _comma, day = text.partition(", ")
        return f"{month[:3]}, {day}"
    return text.replace(" ", "\N{NO-BREAK SPACE}") if style != "weekday" else text


def format_period(first: date, last: date) -> str:
    """Returns the days from first to last, the common year and month once: «19 сентября – 24 ноября 2026»."""
    if first == last:
        return format_date(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{format_date(last)}"
    return f"{format_date(first, 'day' if first.year == last.year else 'long')} – {format_date(last)}"


def upper_first(text: str) -> str:
    """Returns the text with a capital first letter; the others stay: "Sunday, 29 November"."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Returns the text with a small first letter, for the middle of a line; an abbreviation stays: «ИО директора»."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def format_datetime(value: datetime | None, style: str = "day") -> str:
    """Returns date and time of day in the current zone."""
    if value is None:
        return ""
    locale = _locale.get()
    return babel_datetime(
        local(value), f"{DATE_FORMATS[style, locale]}, HH:mm", locale=locale, tzinfo=ZoneInfo(_zone.get())
    )


def format_time(value: datetime) -> str:
    """Returns the time of day in the current zone."""
    return babel_time(local(value), "HH:mm", locale=_locale.get(), tzinfo=ZoneInfo(_zone.get()))
