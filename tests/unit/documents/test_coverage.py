"""Characters that the shipped fonts can print, and the replacement of all others."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.documents.font_coverage import (
    FONTS,
    LONGEST_WORD,
    character_map,
    covered,
    needs_more_fonts,
    printable,
    unprintable,
)

RUSSIAN = "".join(map(chr, range(ord("А"), ord("я") + 1))) + "Ёё"
PEOPLES = "ӘәҖҗҢңӨөҮүҺһҘҙҠҡҪҫҒғҔҕӐӑӖӗӲӳІіҰұҚқЇїЄєҐґӀӏӮӯ"


def test_fonts_cover_russian_and_the_alphabets_of_its_peoples() -> None:
    assert set(RUSSIAN + PEOPLES + "№«»„“–—−…§°×½") <= covered()


def test_every_font_has_a_licence_file() -> None:
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 2_000_000


def test_glyph_maps_differ_by_font_and_start_at_space() -> None:
    maps = [character_map(path.stem) for path in sorted(FONTS.glob("*.ttf"))]
    assert all(found[0x20] and found[ord("Щ")] for found in maps)


def test_printable_composes_accents_and_replaces_missing_characters() -> None:
    assert printable("И\u0306е\u0308") == "Йё"
    assert printable("ﬁ ẁ") in {"ﬁ ẁ", "fi ẁ"}
    assert printable("Ли 李") == "Ли ?"
    assert unprintable("Ли 李, 李 😀") == "李😀"


def test_printable_drops_direction_marks_and_controls() -> None:
    assert printable("Ив\u202eан\x00 \u200fов\u00adа\n1") == "Иван ова 1"
    assert unprintable("Ив\u202eан\x00\u00ad\n") == ""


def test_only_very_long_word_may_break() -> None:
    surname = "Константинопольская-Преображенско-Александровская"
    assert printable(surname) == surname
    assert "\u200b" in printable("Щ" * (LONGEST_WORD + 1))


@given(st.text())
def test_printable_text_has_a_glyph_for_each_character(text: str) -> None:
    assert set(printable(text)) <= covered() | {"\u200b"}


@given(st.text())
def test_printable_is_idempotent(text: str) -> None:
    once = printable(text).replace("\u200b", "")
    assert printable(once).replace("\u200b", "") == once


@given(st.text(alphabet=sorted(covered() - {"\u00a0", "\u202f"})))
def test_text_within_the_fonts_stays_unchanged(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    kept = printable(text).replace("\u200b", "")
    assert unprintable(text) == "" or set(composed) - covered()
    assert kept.split() == composed.split() or set(composed) - covered()


@pytest.mark.parametrize("name", ["Əliyev Rəşad", "Nguyễn Thị Hương", "Łukasz Żółć", "Oʻzbek", "Ԥсоу", "Γεώργιος"])
def test_letters_of_other_alphabets_are_printed_unchanged(name: str) -> None:
    assert unprintable(name) == ""
    assert printable(name) == name


def test_name_with_a_letter_that_the_documents_fonts_lack_needs_more_fonts() -> None:
    assert needs_more_fonts("Əliyev")
    assert not needs_more_fonts("Алиев")
