"""Typed settings of an authority's regulation."""

from datetime import date

import pytest

from lms.registry.models import Authority
from lms.registry.regulation import Regulation


def test_defaults_are_those_of_the_seeds():
    regulation = Regulation()
    assert (regulation.status_years_at_most, regulation.approved_by) == (3, "authority")
    assert regulation.report_due_on(2026) == date(2026, 6, 15)


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 6, 14), date(2026, 6, 15)),
        (date(2026, 6, 15), date(2026, 6, 15)),
        (date(2026, 6, 16), date(2027, 6, 15)),
    ],
)
def test_next_report_is_due_today_or_later(today, due):
    assert Regulation().next_report_due_on(today) == due


@pytest.mark.parametrize(
    "values",
    [
        {"status_years_at_most": 0},
        {"status_years_at_most": "three"},
        {"report_month": 13},
        {"report_month": 6, "report_day": 31},
        {"report_month": 2, "report_day": 29},
        {"approved_by": "nobody"},
        {"status_years": 2},
    ],
)
def test_authority_refuses_settings_that_regulation_refuses(values):
    with pytest.raises(ValueError):
        Authority(name="ИМЦ", settings=values)
    authority = Authority(name="ИМЦ", settings={})
    with pytest.raises(ValueError):
        authority.settings = values


def test_authority_stores_changed_settings_alone():
    authority = Authority(name="ИМЦ", settings={"status_years_at_most": 2})
    assert authority.settings == {"status_years_at_most": 2}
    assert authority.regulation == Regulation(status_years_at_most=2)


def test_new_authority_has_the_defaults_before_it_is_stored():
    assert Authority(name="ИМЦ").regulation == Regulation()
