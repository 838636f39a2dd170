"""URLs of a platform's services: parts, queries, next page of the same origin."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.lti.services.urls import next_page, same_origin, with_query, within

ITEM = "https://moodle.example/mod/lti/services.php/2/lineitems/5/lineitem"
SAFE = st.text("abcdefghijklmnopqrstuvwxyz0123456789-._~", min_size=1, max_size=8)
QUERIES = st.lists(st.tuples(SAFE, SAFE), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)


def test_part_is_added_before_query():
    assert within(f"{ITEM}?type_id=1", "scores") == f"{ITEM}/scores?type_id=1"
    assert within(ITEM, "results") == f"{ITEM}/results"
    assert within(f"{ITEM}/", "scores") == f"{ITEM}/scores"


@given(query=QUERIES, path=st.lists(SAFE, max_size=4).map("/".join), part=st.sampled_from(["scores", "results"]))
def test_part_keeps_query(query: str, path: str, part: str):
    url = f"https://moodle.example/{path}" + (f"?{query}" if query else "")
    made = urlsplit(within(url, part))
    before = urlsplit(url)
    assert made.query == before.query
    assert made.path == f"{before.path.rstrip('/')}/{part}"
    assert (made.scheme, made.netloc, made.fragment) == ("https", "moodle.example", "")


@given(query=QUERIES, value=st.text(max_size=20))
def test_parameter_replaces_same_name(query: str, value: str):
    url = f"{ITEM}?{query}"
    made = with_query(with_query(url, user_id="someone else"), user_id=value)
    told = parse_qsl(urlsplit(made).query, keep_blank_values=True)
    assert told == [*parse_qsl(query, keep_blank_values=True), ("user_id", value)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('<https://moodle.example/items?page=2>; rel="next"', "https://moodle.example/items?page=2"),
        ("<https://moodle.example/items?page=2>; rel=next", "https://moodle.example/items?page=2"),
        ('</items?page=2>; rel="next"', "https://moodle.example/items?page=2"),
        (
            '</items?page=1>; rel="first", </items?page=3,4>; title="a; b"; rel="last next"',
            "https://moodle.example/items?page=3,4",
        ),
        ('<https://moodle.example/items>; rel="next"', None),
        ('<https://evil.example/items?page=2>; rel="next"', None),
        ('<http://moodle.example/items?page=2>; rel="next"', None),
        ('<https://moodle.example:444/items?page=2>; rel="next"', None),
        ('<https://moodle.example/items?page=2>; rel="prev"', None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_next_page_is_read_from_link_header(header: str, expected: str | None):
    assert next_page({"Link": header}, "https://moodle.example/items") == expected


@given(st.text(max_size=60))
def test_any_link_header_is_read(header: str):
    found = next_page({"Link": header}, ITEM)
    assert found is None or same_origin(found, ITEM)
