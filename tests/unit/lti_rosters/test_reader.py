"""Reading of rosters: any answer is read or refused with a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.lti.errors import Unreachable
from lms.lti.messages.roles import PlatformRole
from lms.lti.rosters.reader import (
    LONGEST_TEXT,
    MOST_MEMBERS,
    Member,
    first_page,
    member_of,
    next_page,
    origin_of,
    read_page,
    unique_members,
)

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["members", "user_id", "roles", "status", "name", "given_name", "email"])
            | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


def one(**told):
    return read_page({"members": [{"user_id": "7", "roles": [LEARNER]} | told]})[0]


@given(JSON)
def test_any_json_is_read_or_refused(container):
    try:
        members = read_page(container)
    except Unreachable:
        return
    for member in members:
        assert 0 < len(member.subject) <= 255
        assert member.platform_role in set(PlatformRole)
        assert member_of(member.to_json()) == member
        assert isinstance(member.is_certain, bool)


@given(st.lists(JSON, max_size=20))
def test_any_member_is_read_or_skipped(members):
    assert len(read_page({"members": members})) <= len(members)


@pytest.mark.parametrize("container", [None, [], {}, {"members": {}}, "members", {"members": None}])
def test_invalid_container_is_refused(container):
    with pytest.raises(Unreachable):
        read_page(container)


def test_moodle_member_is_read():
    member = one(
        status="Active",
        name="Анна Ветрова",
        given_name="Анна",
        family_name="Ветрова",
        email="Vetrova@School.example",
        roles=["Learner"],
        lis_person_sourcedid="",
    )
    assert (member.subject, member.platform_role, member.learns) == ("7", "learner", True)
    assert (member.name_parts.surname, member.name_parts.given_name, member.email) == (
        "Ветрова",
        "Анна",
        "vetrova@school.example",
    )
    assert member.is_certain


def test_whole_name_is_divided_for_display():
    member = one(name="Ветрова Анна Петровна")
    assert (member.name_parts.surname, member.name_parts.given_name, member.name_parts.patronymic) == (
        "Ветрова",
        "Анна",
        "Петровна",
    )
    assert not member.is_certain


@pytest.mark.parametrize("status", ["Inactive", "Deleted", "active", "", None, 5])
def test_inactive_member_is_read(status):
    assert not one(status=status).learns


def test_missing_status_is_active():
    assert one().active


@pytest.mark.parametrize("subject", ["", "x" * 256, None, [], {}, True, 1.5, "line\nbreak", 10**40])
def test_member_without_id_is_skipped(subject):
    assert read_page({"members": [{"user_id": subject, "roles": [LEARNER]}]}) == []


def test_numeric_id_is_accepted():
    assert one(user_id=42).subject == "42"


def test_texts_are_limited():
    member = one(name="ы" * 5000, given_name="А\x00н\nна")
    assert len(member.named["name"]) == LONGEST_TEXT
    assert member.named["given_name"] == "А н на"


def test_users_are_unique_and_limited():
    assert [each.subject for each in unique_members([Member("1", "learner"), Member("1", "instructor")])] == ["1"]
    many = [Member(str(number), "learner") for number in range(MOST_MEMBERS)]
    assert len(unique_members(many)) == MOST_MEMBERS
    with pytest.raises(Unreachable):
        unique_members([*many, Member("one more", "learner")])


def test_first_page_keeps_query():
    assert first_page("https://p.example/m?type_id=1&limit=5") == "https://p.example/m?type_id=1&limit=1000"
    assert first_page("https://p.example/m", link="a&b").endswith("?limit=1000&rlid=a%26b")


@pytest.mark.parametrize(
    ("header", "following"),
    [
        (None, None),
        ("", None),
        ('<https://p.example/m?page=2>; rel="next"', "https://p.example/m?page=2"),
        ("<https://p.example/m?p=2>;rel=next", "https://p.example/m?p=2"),
        ('<https://p.example/d>; rel="differences", <https://p.example/2>; rel="next"', "https://p.example/2"),
        ('<https://p.example/d>; rel="differences"', None),
        ('<?page=2>; rel="next"', "https://p.example/m?page=2"),
        ('<https://p.example:443/2>; rel="prev next"', "https://p.example:443/2"),
        ("<https://p.example/2", None),
        ('<https://p.example/2>; title="next"', None),
    ],
)
def test_next_page_is_read_from_link_header(header, following):
    assert next_page(header, "https://p.example/m") == following


@pytest.mark.parametrize(
    "target",
    [
        "http://p.example/2",
        "https://evil.example/2",
        "https://p.example:8443/2",
        "//evil.example/2",
        "https://p.example@evil.example/",
        "https://[",
        "https://p.example:99999999/",
        "file:///etc/passwd",
    ],
)
def test_next_page_of_foreign_origin_is_refused(target):
    with pytest.raises(Unreachable):
        next_page(f'<{target}>; rel="next"', "https://p.example/m")


@given(st.text(max_size=200))
def test_any_link_header(header):
    try:
        following = next_page(header, "https://p.example/m")
    except Unreachable:
        return
    assert following is None or origin_of(following) == ("https", "p.example", 443)
