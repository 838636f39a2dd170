"""Sends every endpoint values that no column holds, in each field, parameter and part of the path: none may fail."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.rules.access.matrix import MATRIX
from tests.support.form_fields import fields_of_page, names_read
from tests.support.walking import FRAGMENT, Walk

ROOT = Path(__file__).parents[2]
FIRST = ("leader", "trainee", "administrator", "methodologist", "anyone")
"""Roles by preference: an endpoint is asked as the first of these that may."""
NUMBERS = ("9" * 20, "²")
DATES = ("0001-01-01", "9999-12-31")
JSON = ("[" * 100_000, "[1]", "null", '[["a"]]', "9", "NaN")


class Crawler:
    """Asks endpoints as a role that may; takes back what each request did. ``faults``: the answers of 500."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.faults: list[str] = []
        self.statuses: set[int] = set()

    def rows(self, method: str) -> list[tuple[str, str, dict[str, str], Mapping[str, Any]]]:
        """Returns endpoint, path, the matrix's data and the path's values of each endpoint with this method.

        Whole before the first request, because it creates the rows of the database that the paths name.
        """
        found = []
        for endpoint, row in MATRIX.items():
            if row.allowed and self.has(endpoint, method):
                data = {name: str(value) for name, value in row.data(self.walk.world).items()}
                found.append((endpoint, self.walk.address(endpoint), data, row.values(self.walk.world)))
        return found

    def has(self, endpoint: str, method: str) -> bool:
        """Returns whether the endpoint has this method."""
        return any(method in (rule.methods or ()) for rule in self.walk.app.url_map.iter_rules(endpoint))

    def ask(self, endpoint: str, path: str, method: str = "GET", **sent: Any) -> str:
        """Returns the answer's text; notes a status of 500 and above."""
        allowed = MATRIX[endpoint].allowed
        role = next((role for role in FIRST if role in allowed), sorted(allowed)[0])
        path, _mark, query = path.partition("?")
        sent = {"query_string": query, **sent} if query else sent
        with self.walk.taken_back():
            answer = self.walk.ask(role, path, method, **sent)
        self.statuses.add(answer.status_code)
        if answer.status_code >= 500 and endpoint != "health.readyz":
            self.faults.append(f"{method} {endpoint} {path[:80]} {str(sent)[:200]}: {answer.status_code}")
        return answer.text if answer.mimetype == "text/html" else ""

    def fields(self, endpoint: str, path: str, data: dict[str, str]) -> dict[str, str]:
        """Returns the fields of the endpoint's own page with the values that a browser sends, and the matrix's data."""
        shown = self.ask(endpoint, path) if self.has(endpoint, "GET") else ""
        return {**fields_of_page(shown), **data}

    def demand_no_faults(self) -> None:
        assert not self.faults, "\n".join(self.faults)


def feature_of(endpoint: str) -> Path:
    """Returns the folder of the endpoint's modules."""
    return ROOT / "lms" / "web" / endpoint.partition(".")[0]


@pytest.fixture
def crawler(walk: Walk) -> Crawler:
    return Crawler(walk)


def test_numbers_beyond_a_column_in_every_path(crawler: Crawler) -> None:
    for method in ("GET", "POST"):
        for endpoint, path, data, values in crawler.rows(method):
            for value in values.values():
                crawler.ask(endpoint, path.replace(f"/{value}", f"/{'9' * 12}", 1), method, data=data, headers=FRAGMENT)
    endpoint, path, _data, values = next(row for row in crawler.rows("GET") if row[3])
    crawler.ask(endpoint, path.replace(str(*values.values()), "9" * 5000))
    crawler.demand_no_faults()


def test_numbers_beyond_a_column_in_every_query(crawler: Crawler) -> None:
    for endpoint, path, _data, _values in crawler.rows("GET"):
        if names := names_read(feature_of(endpoint), "args"):
            for bad in NUMBERS:
                crawler.ask(endpoint, path, query_string=dict.fromkeys(names, bad))
    crawler.demand_no_faults()


def test_values_beyond_a_column_in_every_field(crawler: Crawler) -> None:
    for endpoint, path, data, _values in crawler.rows("POST"):
        fields = crawler.fields(endpoint, path, data)
        for bad in NUMBERS:
            crawler.ask(endpoint, path, "POST", data=dict.fromkeys(names_read(feature_of(endpoint), "form"), bad))
        for name, value in fields.items():
            for bad in hostile_to(name, value):
                crawler.ask(endpoint, path, "POST", data={**fields, name: bad})
    crawler.demand_no_faults()


def hostile_to(name: str, value: str) -> tuple[str, ...]:
    """Returns values of the field's own kind that a view may fail on."""
    if len(value) == 10 and value[4:5] == "-":
        return DATES
    if name.endswith("base"):
        return JSON
    return (*NUMBERS, "NaN") if value.replace(".", "").isdigit() or name == value else NUMBERS[:1]


def test_unstorable_texts_are_refused_everywhere(crawler: Crawler) -> None:
    for endpoint, path, data, _values in crawler.rows("POST"):
        crawler.ask(endpoint, path, "POST", data={**data, "text": "a\0b"}, headers=FRAGMENT)
    assert 422 in crawler.statuses
    assert not crawler.statuses & {200, 302, 303}
    crawler.demand_no_faults()


@pytest.mark.parametrize(
    "sent",
    [
        {"query_string": {"q": "a\0b"}},
        {"query_string": {"a\0b": ""}},
        {"method": "POST", "data": {"a\0": "b"}},
        {"method": "POST", "json": {"changes": [{"id": "a\0"}]}},
        {"method": "POST", "json": {"a": {"\ud800": 1}}},
        {"method": "POST", "data": "[" * 100_000, "content_type": "application/json"},
        {"method": "POST", "json": [0] * 200_001},
    ],
)
def test_unstorable_request_is_refused_with_words(walk: Walk, sent: dict[str, Any]) -> None:
    answer = walk.browser("anyone").open("/log-in", **sent)
    assert answer.status_code == 422
    assert "нельзя сохранить" in answer.text


def test_nul_in_a_path_and_in_a_file_name_is_refused(walk: Walk) -> None:
    client = walk.browser("anyone")
    assert client.get("/verify/%00").status_code == 422
    assert client.post("/log-in", data={"file": (io.BytesIO(b"a"), "a\0.txt")}).status_code in (200, 422)
