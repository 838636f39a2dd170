"""Time zones for choices and pages: by country and city in the reader's language, those of Russia first."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location
from markupsafe import escape
from wtforms import SelectField
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.widgets import Select

from lms.core.i18n import current_locale, local_day
from lms.http.request_context import now

RUSSIA = "RU"
CITIES = {("Asia/Sakhalin", "ru"): "Южно-Сахалинск", ("Asia/Sakhalin", "en"): "Yuzhno-Sakhalinsk"}
"""Cities where the catalogue of the library names an island."""
NO_COUNTRY = "ZZ"


class ZoneSelect(Select):
    """A select that writes its hundreds of options without the library's formatting of any attributes."""

    @classmethod
    def render_option(cls, choice: Choice, **_attributes: Any) -> str:
        """Returns the same element as the library."""
        chosen = "selected " if choice.selected else ""
        return f'<option {chosen}value="{escape(choice.value)}">{escape(choice.label)}</option>'


class ZoneField(SelectField):
    """A choice of ``zone_choices``."""

    widget = ZoneSelect()


class Zone(NamedTuple):
    """A time zone for a choice, in the order of its fields."""

    country: str
    offset: timedelta
    city: str
    name: str


def zone_choices(chosen: str | None = None) -> list[SelectChoice]:
    """Returns all zones of countries in groups: Russia from west to east, then the others by country.

    ``chosen``: the present value, which is offered even if it is an old name of a zone.
    """
    choices = _choices(current_locale(), local_day(now()))
    if not chosen or any(chosen == one.value for one in choices):
        return [*choices]
    return [SelectChoice(chosen, zone_name(chosen)), *choices]


@lru_cache(maxsize=8)
def _choices(locale: str, day: date) -> tuple[SelectChoice, ...]:
    zones = groupby(zones_of(locale, day), key=lambda zone: zone.country)
    return tuple(SelectChoice(one.name, _label(one), optgroup=country) for country, some in zones for one in some)


def zone_name(name: str) -> str:
    """Returns city and offset: «Новокузнецк, UTC+7»."""
    return _label(_zone(name, RUSSIA, current_locale(), local_day(now())))


@lru_cache(maxsize=8)
def zones_of(locale: str, day: date) -> tuple[Zone, ...]:
    """Returns the zones of all countries with their offsets at noon of the day."""
    territories = get_global("zone_territories")
    named = [name for name in available_timezones() if territories.get(name, NO_COUNTRY) != NO_COUNTRY]
    zones = sorted((territories[name] != RUSSIA, _zone(name, territories[name], locale, day)) for name in named)
    return tuple(zone for _is_abroad, zone in zones)


def _zone(name: str, territory: str, locale: str, day: date) -> Zone:
    country = Locale(locale).territories.get(territory, territory)
    offset = datetime.combine(day, time(12), ZoneInfo(name)).utcoffset() or timedelta()
    return Zone(country, offset, _city(name, locale), name)


def _city(name: str, locale: str) -> str:
    """Returns the city's name; the library lists some cities under a former name of their zone."""
    if (name, locale) in CITIES:
        return CITIES[name, locale]
    former = (old for old, new in get_global("zone_aliases").items() if new == name)
    known = Locale(locale).time_zones
    told = next((known[one]["city"] for one in (name, *former) if "city" in known.get(one, {})), None)
    return told or get_timezone_location(name, locale=locale, return_city=True).rpartition("/")[2]


def _label(zone: Zone) -> str:
    minutes = int(zone.offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"{zone.city}, UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
