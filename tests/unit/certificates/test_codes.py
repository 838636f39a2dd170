"""Codes of verification: every slip is told apart from an unknown code, and every harmless spelling is understood."""

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


def test_is_unguessable() -> None:
    assert RANDOM_CHARACTERS * math.log2(len(set(ALPHABET))) >= 80
    assert not set("ILOU") & set(ALPHABET)
    assert len({new_code() for _ in range(1000)}) == 1000


@given(st.integers(0, 2**80 - 1))
def test_every_number_has_its_code(number: int) -> None:
    code = new_code(lambda _bits: number)
    assert len(code) == LENGTH and set(code) <= set(ALPHABET)
    value = 0
    for sign in code[:-1]:
        value = value * 32 + ALPHABET.index(sign)
    assert value == number


@given(CODES)
def test_what_is_printed_is_understood(code: str) -> None:
    assert parse_code(grouped(code)) == code
    assert [len(group) for group in grouped(code).split("-")] == [4, 4, 4, 4, 1]


@given(CODES, st.sampled_from([" ", "-", "–", "—", "\u00a0", ".", "", " - "]))
def test_case_spaces_and_cyrillic_letters_do_not_matter(code: str, mark: str) -> None:
    assert parse_code(mark.join(code.lower())) == code
    assert parse_code(f"  {code.translate(CYRILLIC)}\n") == code
    assert parse_code(code.translate(CYRILLIC).lower()) == code
    assert parse_code(code.replace("0", "O").replace("1", "l")) == code
    assert parse_code(code.replace("0", "о").replace("3", "З")) == code


@given(CODES)
def test_a_whole_address_may_be_pasted(code: str) -> None:
    assert parse_code(f"https://example.org/verify/{grouped(code)}?lang=ru#top") == code
    assert parse_code(f"example.org/verify/{code}/") == code


@given(CODES, PLACES, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, sign: str) -> None:
    assume(code[place] != sign)
    with pytest.raises(CodeTypo):
        parse_code(code[:place] + sign + code[place + 1 :])


@given(CODES, PLACES, PLACES)
def test_two_characters_exchanged_are_noticed(code: str, one: int, other: int) -> None:
    assume(code[one] != code[other])
    signs = list(code)
    signs[one], signs[other] = signs[other], signs[one]
    with pytest.raises(CodeTypo):
        parse_code("".join(signs))


@given(CODES, PLACES)
def test_one_character_too_few_or_too_many_is_noticed(code: str, place: int) -> None:
    for slip in (code[:place] + code[place + 1 :], code[:place] + code[place] + code[place:]):
        with pytest.raises(CodeTypo, match="17"):
            parse_code(slip)


@given(st.text(max_size=400))
def test_anything_typed_is_a_code_or_a_slip_with_words_at_the_field(text: str) -> None:
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
def test_words_say_what_is_wrong(typed: str, words: str, english: None) -> None:
    with pytest.raises(CodeTypo, match=words):
        parse_code(typed)
