"""Login state: signature, purpose, age; web addresses."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.lti.errors import Refused
from lms.lti.launches.destinations import key_within, page_within
from lms.lti.messages import state
from lms.lti.messages.urls import is_web_address, normalised, origin_of, path_within

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LOGIN = state.LoginState("a1b2", 7, "nonce", "0" * 64, "1" * 64, "", int(NOW.timestamp()), "_parent")


@pytest.fixture(autouse=True, scope="module")
def _secret() -> Iterator[None]:
    before = state._signer[:]
    state.configure("secret")
    yield
    state._signer[:] = before


def test_state_is_encoded_and_decoded():
    assert state.decode_state(state.encode_state(LOGIN), now=NOW + timedelta(minutes=9)) == LOGIN
    assert LOGIN.cookie == "stazhirovka_lti_a1b2"


@pytest.mark.parametrize("minutes", [11, -2])
def test_state_expires_after_ten_minutes(minutes):
    with pytest.raises(Refused) as refusal:
        state.decode_state(state.encode_state(LOGIN), now=NOW + timedelta(minutes=minutes))
    assert refusal.value.reason == "state_old"


@given(st.text(max_size=200))
def test_other_tokens_are_refused(text):
    with pytest.raises(Refused) as refusal:
        state.decode_state(text, now=NOW)
    assert refusal.value.reason == "state"


def test_state_of_another_installation_is_refused():
    token = state.encode_state(LOGIN)
    state.configure("another")
    try:
        with pytest.raises(Refused):
            state.decode_state(token, now=NOW)
    finally:
        state.configure("secret")


def test_ticket_and_state_are_distinct():
    ticket = state.sign_values([7, "x", int(NOW.timestamp())])
    assert state.verified_values(ticket) == [7, "x", int(NOW.timestamp())]
    with pytest.raises(Refused):
        state.decode_state(ticket, now=NOW)
    assert state.verified_values(state.encode_state(LOGIN)) is None
    assert state.verified_values("x" * 5000) is None


def test_changed_state_is_refused():
    token = state.encode_state(LOGIN)
    for place in range(0, len(token), 7):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(Refused):
            state.decode_state(other, now=NOW)


def test_signed_token_of_another_shape_is_refused():
    with pytest.raises(Refused):
        state.decode_state(str(state._serializer().dumps(["a"])), now=NOW)
    assert state.decode_state(state.encode_state(replace(LOGIN, storage_target="")), now=NOW).storage_target == ""


@given(st.text(max_size=50))
def test_origin_of_any_text_is_valid_or_empty(text):
    assert bool(origin_of(text)) == is_web_address(text)
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://here.example", "/"),
        ("https://HERE.example:443/a?b=1", "/a?b=1"),
        ("https://here.example?x=1", "/?x=1"),
        ("https://here.example.evil/", None),
        ("https://here.example@evil/", None),
        ("http://here.example/", None),
        ("https://here.example:444/", None),
        ("//here.example/", None),
    ],
)
def test_path_within_base_is_returned(address, path):
    assert path_within(address, "https://here.example") == path


def test_path_below_prefix_is_returned():
    assert path_within("https://here.example/lms/a", "https://here.example/lms") == "/a"
    assert path_within("https://here.example/lmsx", "https://here.example/lms") is None


@pytest.mark.parametrize(
    ("path", "key", "page"),
    [
        ("/lti/open/abc", "abc", None),
        ("/lti/open/abc/?x=1", "abc", None),
        ("/lti/launch", None, None),
        ("/in/5/course", None, None),
        ("/", None, None),
        ("/?a=1", None, None),
        ("//evil.example/", None, None),
        ("/course//evil.example", None, None),
        ("/course/../admin", None, None),
        ("/%2E./admin", None, None),
        ("/./admin", None, None),
        ("/course/..", None, None),
        ("/course/..?x=1", None, None),
        ("/course/5.pdf", None, "/course/5.pdf"),
        ("/course/5?x=1", None, "/course/5?x=1"),
    ],
)
def test_target_names_key_or_page(path, key, page):
    address = f"https://here.example{path}"
    assert (key_within(address, "https://here.example"), page_within(address, "https://here.example")) == (key, page)
