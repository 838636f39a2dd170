"""Verification codes: detection of typos, tolerance of harmless spellings."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessment.certificates.codes import (
    ALPHABET,
    LENGTH,
    RANDOM_CHARACTERS,
    CodeTypo,
    check_character,
    grouped,
    new_code,
    parse_code,
)

CODES = st.integers(0, 2**80 - 1).map(lambda number: new_code(lambda _bits: number))
PLACES = st.integers(0, LENGTH - 1)
CYRILLIC = str.maketrans("ABCEHKMPTXY", "АВСЕНКМРТХУ")


def test_code_has_eighty_random_bits() -> None:
    assert RANDOM_CHARACTERS * math.log2(len(set(ALPHABET))) >= 80
    assert not set("ILOU") & set(ALPHABET)
    assert len({new_code() for _ in range(1000)}) == 1000


@given(st.integers(0, 2**80 - 1))
def test_code_encodes_number_in_base_32(number: int) -> None:
    code = new_code(lambda _bits: number)
    assert len(code) == LENGTH and set(code) <= set(ALPHABET)
    value = 0
    for sign in code[:-1]:
        value = value * 32 + ALPHABET.index(sign)
    assert value == number


@given(CODES)
def test_parses_printed_code(code: str) -> None:
    assert parse_code(grouped(code)) == code
    assert [len(group) for group in grouped(code).split("-")] == [4, 4, 4, 4, 1]


@given(CODES, st.sampled_from([" ", "-", "–", "—", "\u00a0", ".", "", " - "]))
def test_parsing_ignores_case_spaces_and_cyrillic_lookalikes(code: str, mark: str) -> None:
    assert parse_code(mark.join(code.lower())) == code
    assert parse_code(f"  {code.translate(CYRILLIC)}\n") == code
    assert parse_code(code.translate(CYRILLIC).lower()) == code
    assert parse_code(code.replace("0", "O").replace("1", "l")) == code
    assert parse_code(code.replace("0", "о").replace("3", "З")) == code


@given(CODES)
def test_parses_code_in_pasted_url(code: str) -> None:
    assert parse_code(f"https://example.org/verify/{grouped(code)}?lang=ru#top") == code
    assert parse_code(f"example.org/verify/{code}/") == code


@given(CODES, PLACES, st.sampled_from(ALPHABET))
def test_detects_one_wrong_character(code: str, place: int, sign: str) -> None:
    assume(code[place] != sign)
    with pytest.raises(CodeTypo):
        parse_code(code[:place] + sign + code[place + 1 :])


@given(CODES, PLACES, PLACES)
def test_detects_two_exchanged_characters(code: str, one: int, other: int) -> None:
    assume(code[one] != code[other])
    signs = list(code)
    signs[one], signs[other] = signs[other], signs[one]
    with pytest.raises(CodeTypo):
        parse_code("".join(signs))


@given(CODES, PLACES)
def test_detects_missing_or_extra_character(code: str, place: int) -> None:
    for slip in (code[:place] + code[place + 1 :], code[:place] + code[place] + code[place:]):
        with pytest.raises(CodeTypo, match="17"):
            parse_code(slip)


@given(st.text(max_size=400))
def test_any_text_is_code_or_typo_with_message_at_field(text: str) -> None:
    try:
        code = parse_code(text)
    except CodeTypo as slip:
        assert slip.message and slip.field == "code"
    else:
        assert len(code) == LENGTH and check_character(code[:-1]) == code[-1]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type the code"),
        (" - ", "Type the code"),
        ("7K3M", "17 characters, here are 4"),
        ("7К3Ж-Щ9TX-42WD-HJ8P-K", "no such character: ЖЩ"),
        ("7K3M-Q9TX-42WD-HJ8P-A", "slip"),
        ("7" * 400, "longer"),
    ],
)
def test_typo_message_names_error(typed: str, words: str, english: None) -> None:
    with pytest.raises(CodeTypo, match=words):
        parse_code(typed)
