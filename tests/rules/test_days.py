"""A moment becomes a calendar day only through ``day_in`` (a place's zone) or ``local_day`` (the reader's zone).

UTC's day is yesterday's in Novokuznetsk until seven in the morning: a protocol dated today was refused there.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.source_files import nodes_of, tree_of

ROOT = Path(__file__).parents[2]
PACKAGES = ("lms", "courses", "assessment", "worker")
METHODS = {"date", "today", "utcnow", "utcfromtimestamp", "current_date", "date_trunc"}
TEXT = re.compile(r"\bcurrent_date\b|::date\b|\bdate_trunc\b", re.IGNORECASE)
TEMPLATE = re.compile(r"\.(?:date|today)\(\)")
ALLOWED = {
    "lms/core/clock.py": "defines day_in",
    "lms/core/i18n.py": "defines local_day",
    "courses/groups/queries.py": "a day in the organisation's zone, computed by the database",
    "lms/notices/queries.py": "a day in the organisation's zone, computed by the database",
    "courses/importing/excel_dates.py": "a day written in a cell, without a zone",
    "courses/roster/sheets.py": "a day written in a cell, without a zone",
}
"""Module → why it makes a day itself."""


def days_made(tree: ast.Module) -> Iterator[int]:
    """Yields the lines that make a day of a moment."""
    for node in nodes_of(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name), args=[]) if name in METHODS:
                yield node.lineno
            case ast.Call(func=ast.Name(id="cast"), args=[_, ast.Name(id="Date")]):
                yield node.lineno
            case ast.Constant(value=str(text)) if TEXT.search(text):
                yield node.lineno


@cache
def found() -> dict[str, list[int]]:
    modules = (
        path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
    )
    lines = {str(path.relative_to(ROOT)): list(days_made(tree_of(path))) for path in modules}
    return {path: made for path, made in lines.items() if made}


def test_days_are_made_by_the_clock_only():
    assert {path: lines for path, lines in found().items() if path not in ALLOWED} == {}


def test_every_exception_makes_a_day():
    assert set(ALLOWED) - set(found()) == set()


def test_templates_make_no_days():
    texts = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")
    }
    assert [path for path, text in texts.items() if TEMPLATE.search(text)] == []


@pytest.mark.parametrize(
    "line",
    [
        "now.date()",
        "date.today()",
        "datetime.utcnow()",
        "func.current_date()",
        "cast(moment, Date)",
        "text('SELECT now()::date')",
    ],
)
def test_rule_finds_each_way_of_making_a_day(line: str):
    assert list(days_made(ast.parse(line))) == [1]
