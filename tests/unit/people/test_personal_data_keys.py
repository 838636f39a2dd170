from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from lms.core.crypto.key_ring import Key, KeyRing, parse_keys
from lms.core.errors import Invalid
from lms.core.people.personal_data import check_digits, normalize_identity_number, ring_of
from lms.core.settings import Settings

ONE = Key("2026", b"a" * 32)
TWO = Key("2027", b"b" * 32)


@pytest.mark.parametrize("typed", ["112-233-445 95", "11223344595", " 112 233 445-95 ", "112–233–445 95"])
def test_normalizes_identity_number(typed):
    assert normalize_identity_number(typed) == "11223344595"


@pytest.mark.parametrize("typed", ["112-233-445 96", "112-233-445", "abc", "", "112-233-445 955", "\uff11" * 11])
def test_rejects_malformed_identity_number(typed):
    with pytest.raises(Invalid) as caught:
        normalize_identity_number(typed)
    assert caught.value.field == "identity_number"


def test_accepts_early_numbers_without_check_digits():
    assert normalize_identity_number("001-001-998 77") == "00100199877"


@given(st.integers(1_001_999, 999_999_999))
def test_accepts_only_fitting_check_digits(number):
    nine = f"{number:09d}"
    right = check_digits(nine)
    assert normalize_identity_number(nine + right) == nine + right
    with pytest.raises(Invalid):
        normalize_identity_number(nine + f"{(int(right) + 1) % 100:02d}")


def test_check_digits_write_hundred_as_zeros():
    assert check_digits("087654303") == "00"


@given(st.text(max_size=50))
def test_decrypts_what_was_encrypted(text):
    ring = KeyRing([ONE])
    sealed = ring.encrypt(text, "number:7")
    assert ring.decrypt("2026", sealed, "number:7") == text


def test_rejects_other_key_other_person_and_changed_bytes():
    ring = KeyRing([ONE])
    sealed = ring.encrypt("11223344595", "number:7")
    for key_id, context, data in (
        ("2026", "number:8", sealed),
        ("2027", "number:7", sealed),
        ("2026", "number:7", sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ):
        with pytest.raises(ValueError, match=r"ersonal data"):
            ring.decrypt(key_id, data, context)


def test_ring_with_new_key_decrypts_and_finds_rows_of_old_key():
    sealed = KeyRing([ONE]).encrypt("11223344595", "number:7")
    both = KeyRing([TWO, ONE])
    assert both.decrypt("2026", sealed, "number:7") == "11223344595"
    assert KeyRing([ONE]).marks("11223344595")[0] in both.marks("11223344595")


def test_parses_keys_in_order():
    assert parse_keys(f"{ONE.as_setting()}, {TWO.as_setting()}") == [ONE, TWO]


def test_derived_key_stays_last_after_keys_are_set(tmp_path: Path):
    derived = ring_of(Settings(data=tmp_path)).keys
    assert [key.id for key in derived] == ["derived"]
    assert ring_of(Settings(data=tmp_path, personal_data_keys=SecretStr(TWO.as_setting()))).keys == [TWO, *derived]


def test_listed_key_named_derived_replaces_derived_key(tmp_path: Path):
    listed = Key("derived", b"c" * 32)
    settings = Settings(data=tmp_path, personal_data_keys=SecretStr(f"{ONE.as_setting()},{listed.as_setting()}"))
    assert ring_of(settings).keys == [ONE, listed]


@pytest.mark.parametrize("text", ["", "only-an-id", "a:???", "a:c2hvcnQ=", f"{ONE.as_setting()},{ONE.as_setting()}"])
def test_rejects_malformed_short_and_repeated_keys(text):
    with pytest.raises(ValueError, match="LMS_PERSONAL_DATA_KEYS"):
        parse_keys(text)
