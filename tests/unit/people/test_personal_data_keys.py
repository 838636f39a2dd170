import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from lms.core.errors import Invalid
from lms.core.people.personal_data import Key, KeyRing, check_digits, normalize_identity_number, parse_keys, ring_of
from lms.core.settings import Settings

ONE = Key("2026", b"a" * 32)
TWO = Key("2027", b"b" * 32)


def encoded(key: Key) -> str:
    return f"{key.id}:{base64.b64encode(key.secret).decode()}"


@pytest.mark.parametrize("typed", ["112-233-445 95", "11223344595", " 112 233 445-95 ", "112–233–445 95"])
def test_identity_number(typed):
    assert normalize_identity_number(typed) == "11223344595"


@pytest.mark.parametrize("typed", ["112-233-445 96", "112-233-445", "abc", "", "112-233-445 955", "\uff11" * 11])
def test_no_identity_number(typed):
    with pytest.raises(Invalid) as caught:
        normalize_identity_number(typed)
    assert caught.value.field == "identity_number"


def test_old_numbers_carry_no_check():
    assert normalize_identity_number("001-001-998 77") == "00100199877"


@given(st.integers(1_001_999, 999_999_999))
def test_check_digits_fit_and_others_do_not(number):
    nine = f"{number:09d}"
    right = check_digits(nine)
    assert normalize_identity_number(nine + right) == nine + right
    with pytest.raises(Invalid):
        normalize_identity_number(nine + f"{(int(right) + 1) % 100:02d}")


def test_a_hundred_is_written_as_zeros():
    assert check_digits("087654303") == "00"


@given(st.text(max_size=50))
def test_there_and_back(text):
    ring = KeyRing([ONE])
    sealed = ring.encrypt(text, "number:7")
    assert ring.decrypt("2026", sealed, "number:7") == text


def test_a_value_is_bound_to_its_person():
    ring = KeyRing([ONE])
    sealed = ring.encrypt("11223344595", "number:7")
    for key_id, context, data in (
        ("2026", "number:8", sealed),
        ("2027", "number:7", sealed),
        ("2026", "number:7", sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ):
        with pytest.raises(ValueError, match=r"ersonal data"):
            ring.decrypt(key_id, data, context)


def test_a_new_key_still_opens_and_finds_the_old():
    sealed = KeyRing([ONE]).encrypt("11223344595", "number:7")
    both = KeyRing([TWO, ONE])
    assert both.decrypt("2026", sealed, "number:7") == "11223344595"
    assert KeyRing([ONE]).marks("11223344595")[0] in both.marks("11223344595")


def test_keys_of_the_settings(tmp_path: Path):
    assert parse_keys(f"{encoded(ONE)}, {encoded(TWO)}") == [ONE, TWO]
    derived = ring_of(Settings(data=tmp_path))
    assert derived.keys == ring_of(Settings(data=tmp_path)).keys
    assert ring_of(Settings(data=tmp_path, personal_data_keys=SecretStr(encoded(TWO)))).keys == [TWO]


@pytest.mark.parametrize("text", ["", "only-an-id", "a:???", "a:c2hvcnQ=", f"{encoded(ONE)},{encoded(ONE)}"])
def test_keys_that_will_not_do(text):
    with pytest.raises(ValueError, match="LMS_PERSONAL_DATA_KEYS"):
        parse_keys(text)
