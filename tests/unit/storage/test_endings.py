"""Endings held against content, and the encoding of texts."""

import pytest

from lms.core.files import media_types as types
from lms.core.files.endings import ENDINGS, fits_ending, usual_endings
from lms.core.files.text_encoding import decode, text_encoding

TEXT = "Наблюдение за уроком: дети работают в парах, учитель записывает вопросы."


@pytest.mark.parametrize(
    "ending",
    [
        "bat",
        "cmd",
        "com",
        "js",
        "jse",
        "vbs",
        "vbe",
        "wsf",
        "wsh",
        "hta",
        "url",
        "lnk",
        "ps1",
        "reg",
        "scr",
        "pif",
        "cpl",
        "jar",
        "HTA",
    ],
)
def test_programs_are_refused_whatever_their_content(ending: str) -> None:
    for kind in types.TEACHING:
        assert not fits_ending(kind, f"Отчёт.{ending}")
        assert not fits_ending(kind, f"Отчёт.docx.{ending}")
        assert not fits_ending(kind, f"Отчёт.{ending}. ")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (types.DOCX, "Карта.docx"),
        (types.DOCX, "Карта.DOC"),
        (types.RTF, "Карта.doc"),
        ("image/webp", "фото.jpg"),
        (types.HEIC, "IMG_0001.HEIC"),
        (types.TEXT, "заметки"),
        (types.TEXT, "План на 12.05"),
        (types.TEXT, "Отзыв Ветровой Н. О."),
        ("video/mp4", "урок.MOV"),
        (types.ZIP, "папка.zip"),
    ],
)
def test_usual_names_are_taken(kind: str, name: str) -> None:
    assert fits_ending(kind, name)


def test_ending_of_another_program_is_refused() -> None:
    assert not fits_ending(types.TEXT, "карта.docx")
    assert not fits_ending(types.ZIP, "карта.docx")
    assert not fits_ending("image/png", "карта.pdf")


def test_every_accepted_type_has_an_ending() -> None:
    assert ENDINGS.keys() == types.TEACHING
    assert usual_endings({"image/png", types.PDF}) == ["pdf", "png"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1251", "windows-1251"),
        ("koi8-r", "koi8-r"),
        ("cp866", "ibm866"),
    ],
)
def test_encoding_of_russian_text_is_recognised(written: str, name: str) -> None:
    assert text_encoding(TEXT.encode(written)) == name


@pytest.mark.parametrize("written", ["cp1251", "koi8-r", "cp866"])
def test_text_of_capitals_is_decoded(written: str) -> None:
    assert decode(TEXT.upper().encode(written)) == TEXT.upper()


def test_encoding_of_other_texts() -> None:
    assert text_encoding(TEXT.encode()[:-1]) == "utf-8"
    assert text_encoding(b"\xff\xfe" + TEXT.encode("utf-16-le")) == "utf-16le"
    assert text_encoding(b"") == "utf-8"
