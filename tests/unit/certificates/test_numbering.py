"""Number of a document: patterns, their errors, reading the register back from printed numbers."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessment.certificates.kinds import DocumentKind
from assessment.certificates.numbering import LARGEST_NUMBER, LONGEST_PATTERN, NumberPattern, number_text, parse_pattern
from lms.core.errors import Invalid

DEFAULT_PATTERN = "{year}-{number:04d}"
KIND = DocumentKind.CERTIFICATE


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (DEFAULT_PATTERN, "2026-0048"),
        ("{year}-{kind}-{number:04d}", "2026-С-0048"),
        ("{kind}{yy}/{number}", "С26/48"),
        ("ИМЦ № {number:06d}-{kind}".replace("№ ", "{year}-"), "ИМЦ 2026-000048-С"),
        ("35-{yy}.{number:03d}", "35-26.048"),
    ],
)
def test_pattern_gives_expected_number(pattern: str, text: str) -> None:
    assert number_text(pattern, year=2026, number=48, kind=KIND) == text


def test_number_longer_than_width_is_not_cut() -> None:
    assert number_text("{year}-{number:02d}", year=2026, number=1234, kind=KIND) == "2026-1234"


def test_kinds_have_different_letters_in_numbers() -> None:
    texts = {number_text("{year}-{kind}-{number}", year=2026, number=1, kind=kind) for kind in DocumentKind}
    assert len(texts) == len(DocumentKind)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{year}", "once"),
        ("{year}-{number}-{number}", "once"),
        ("{number}", "every year"),
        ("{number}-{year}", "comes last"),
        ("{number}/{yy}", "comes last"),
        ("{year}-{number}-2", "comes last"),
        ("{year}{number}", "Put a sign"),
        ("{year}-7{number}", "Put a sign"),
        ("{year}-{number", "not closed"),
        ("{year}-{number}}", "not closed"),
        ("{year}-{number:d}", "width"),
        ("{year}-{number:99d}", "width"),
        ("{year:04d}-{number}", "Only"),
        ("{year}-{number!r}", "Unknown"),
        ("{year}-{number.real}", "Unknown"),
        ("{year}-{number.__class__}", "Unknown"),
        ("{}-{number}", "Unknown"),
        ("{year}-{person}-{number}", "Unknown"),
        ("{year}<b>{number}", "letters"),
        ("{year}\n{number}", "letters"),
        ("№" * LONGEST_PATTERN + "{year}-{number}", "longer"),
    ],
)
def test_malformed_pattern_raises_invalid_at_field(pattern: str, words: str, english: None) -> None:
    with pytest.raises(Invalid, match=words) as told:
        parse_pattern(pattern)
    assert told.value.field == "number_pattern"


@given(st.text(alphabet="{}:-/ 04dyearnumberkindСИМЦ", max_size=30))
def test_any_pattern_is_parsed_or_rejected_with_message(pattern: str) -> None:
    try:
        assert isinstance(parse_pattern(pattern), NumberPattern)
    except Invalid as error:
        assert error.message


LITERALS = st.text(alphabet="СИМЦ-/. №12", max_size=6)


@given(LITERALS, LITERALS, LITERALS, st.integers(2000, 2100), st.integers(1, LARGEST_NUMBER), st.integers(1, 7))
def test_sequence_number_is_last_group_of_digits(
    start: str, between: str, end: str, year: int, number: int, width: int
) -> None:
    pattern = f"{start}{{year}}{between}{{number:0{width}d}}{end}"
    try:
        text = number_text(pattern, year=year, number=number, kind=KIND)
    except Invalid:
        assume(False)
        return
    assert int(re.findall(r"\d+", text)[-1]) == number


@given(st.integers(1, LARGEST_NUMBER), st.integers(1, LARGEST_NUMBER))
def test_different_numbers_have_different_texts_in_register(one: int, other: int) -> None:
    same = number_text(DEFAULT_PATTERN, year=2026, number=one, kind=KIND) == number_text(
        DEFAULT_PATTERN, year=2026, number=other, kind=KIND
    )
    assert same == (one == other)


@pytest.mark.parametrize("number", [0, -1, LARGEST_NUMBER + 1])
def test_number_out_of_range_raises_value_error(number: int) -> None:
    with pytest.raises(ValueError, match="between"):
        number_text(DEFAULT_PATTERN, year=2026, number=number, kind=KIND)
