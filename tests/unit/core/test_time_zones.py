"""Time zones are offered by country and city in the reader's language, those of Russia first."""

from datetime import date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo, available_timezones

import pytest
from babel.core import get_global
from wtforms import Form
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Select

from lms.core.i18n import use_locale
from lms.web.shell import time_zones
from lms.web.shell.time_zones import ZoneField, zone_choices, zone_name, zones_of

DAY = date(2026, 11, 29)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(time_zones, "now", lambda: datetime.combine(DAY, time(12), ZoneInfo("UTC")))


@pytest.mark.parametrize(
    ("locale", "country", "first", "novokuznetsk"),
    [
        ("ru", "Россия", "Калининград, UTC+2", "Новокузнецк, UTC+7"),
        ("en", "Russia", "Kaliningrad, UTC+2", "Novokuznetsk, UTC+7"),
    ],
)
def test_zones_of_russia_come_first_from_west_to_east(locale: str, country: str, first: str, novokuznetsk: str):
    with use_locale(locale):
        choices = zone_choices()
    russian = set(get_global("territory_zones")["RU"])
    head = choices[: len(russian)]
    assert {choice.value for choice in head} == russian
    assert {choice.optgroup for choice in head} == {country}
    assert head[0].label == first
    assert novokuznetsk in [choice.label for choice in head]
    offsets = [datetime.combine(DAY, time(12), ZoneInfo(choice.value)).utcoffset() for choice in head]
    assert offsets == sorted(offsets)


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_other_zones_follow_in_groups_by_country(locale: str):
    with use_locale(locale):
        groups = [choice.optgroup for choice in zone_choices()]
    runs = [country for country, _of_country in groupby(groups)]
    assert len(runs) == len(set(runs)), "a country has one group"
    assert runs[1:] == sorted(runs[1:])


def test_russian_labels_have_no_latin_letters_but_the_offset():
    with use_locale("ru"):
        labels = [choice.label.partition(", UTC")[0] for choice in zone_choices()]
    assert [label for label in labels if any("a" <= sign.lower() <= "z" for sign in label)] == []


def test_every_zone_is_one_that_an_account_may_have():
    assert {zone.name for zone in zones_of("ru", DAY)} <= available_timezones()


@pytest.mark.parametrize(
    ("name", "label"),
    [("Asia/Kolkata", "Калькутта, UTC+5:30"), ("America/St_Johns", "Сент-Джонс, UTC−3:30"), ("UTC", "UTC+0")],
)
def test_label_states_minutes_of_the_offset(name: str, label: str):
    with use_locale("ru"):
        assert zone_name(name).endswith(label)


def test_old_name_of_a_zone_stays_chosen():
    with use_locale("ru"):
        assert next(choice.value for choice in zone_choices("Asia/Calcutta")) == "Asia/Calcutta"


def test_options_are_written_as_the_library_writes_them():
    class Zones(Form):
        """The same choices in our field and in the library's."""

        zone = ZoneField()

    with use_locale("ru"):
        choices = [SelectChoice('"<&', 'Город "<&'), *zone_choices()]
    form = Zones(data={"zone": "Asia/Novokuznetsk"})
    form.zone.choices = choices
    written = form.zone()
    assert 'selected value="Asia/Novokuznetsk"' in written
    assert written == Select()(form.zone)
