"""Refused files: each with advice, quickly, and without unpacking."""

import io
import os
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from courses.importing import excel, word
from courses.importing.plan import tables
from lms.core.documents import ooxml_package
from lms.core.documents.errors import UnreadableDocument
from tests.unit.importing import writing
from tests.unit.importing.first_programme import read_programme
from tests.unit.importing.writing import Cell, Grid

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        read_programme(io.BytesIO(content), name)
    return caught.value.message


def plan_docx(**extra: bytes | str) -> bytes:
    grid = Grid([[Cell("Тема"), Cell("Лекции")], [Cell("Первая"), Cell("2")]])
    return writing.docx(writing.table(grid), extra)


def bomb(name: str, megabytes: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open(name, "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(b" " * 1_000_000)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["план.doc", "план.odt", "план.rtf"])
def test_old_and_foreign_documents_are_refused_with_advice(name: str):
    assert "Save as" in refusal(b"anything", name)
    assert ".docx" in refusal(b"anything", name)


@pytest.mark.parametrize("name", ["план.xls", "план.ods", "план.xlsb"])
def test_old_workbooks_are_refused_with_advice(name: str):
    assert ".xlsx" in refusal(b"anything", name)


def test_other_extensions_are_refused():
    assert "PDF" in refusal(b"%PDF-1.7", "план.pdf")
    assert "macros" in refusal(b"PK", "план.docm")
    assert "Only Word" in refusal(b"PK", "план.zip")
    assert "Only Word" in refusal(b"PK", "план")


def test_contents_that_differ_from_extension_are_refused():
    assert refusal(b"", "план.docx") == "The file is empty."
    assert "not a Word" in refusal(b"just text", "план.docx")
    assert "old type" in refusal(OLE, "план.docx")
    assert "password" in refusal(OLE + "EncryptedPackage".encode("utf-16-le"), "план.docx")
    assert "PDF" in refusal(b"%PDF-1.4 ...", "план.docx")
    assert "Save as" in refusal(b"{\\rtf1 ...", "план.docx")


def test_workbook_named_docx_is_refused():
    sheet = writing.xlsx([writing.Sheet("План", Grid([[Cell("Тема"), Cell("Часы")]]))])
    assert "inside is a .xlsx" in refusal(sheet, "план.docx")
    assert "inside is a .docx" in refusal(plan_docx(), "план.xlsx")


def test_opendocument_named_docx_is_refused():
    content = writing.zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})
    assert ".odt" in refusal(content, "план.docx")


def test_truncated_and_broken_files_are_refused():
    good = plan_docx()
    assert "damaged" in refusal(good[: len(good) // 2], "план.docx")
    assert "damaged" in refusal(b"PK\x03\x04" + b"\0" * 100, "план.docx")
    assert "damaged" in refusal(writing.zipped({"word/other.xml": "<x/>"}), "план.docx")
    assert "damaged" in refusal(writing.docx("<w:tbl>"), "план.docx")
    spoilt = bytearray(good)
    place = good.index(b"word/document.xml") + 60
    spoilt[place : place + 40] = bytes(40)
    assert "damaged" in refusal(bytes(spoilt), "план.docx")


def test_document_without_plan_is_refused():
    body = writing.paragraph("Программа стажировки") + writing.table(
        Grid([[Cell("Критерий"), Cell("Баллы")], [Cell("А"), Cell("5")]])
    )
    assert "No thematic plan" in refusal(writing.docx(body), "план.docx")
    assert "No thematic plan" in refusal(writing.docx(""), "план.docx")
    assert "No thematic plan" in refusal(writing.xlsx([writing.Sheet("Пусто", Grid([[Cell("Список")]]))]), "план.xlsx")


def test_file_with_macros_is_refused():
    assert "macros" in refusal(plan_docx(**{"word/vbaProject.bin": b"x"}), "план.docx")
    types = "<Types><Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/></Types>"
    assert "macros" in refusal(plan_docx(**{"[Content_Types].xml": types}), "план.docx")


def test_external_entities_are_not_followed(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("тайна")
    document = (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]><w:document {writing.W}><w:body>'
        "<w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert "entities" in refusal(plan_docx(**{"word/document.xml": document}), "план.docx")


def test_entity_expansion_is_refused():
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 9))
    document = f'<!DOCTYPE d [<!ENTITY l0 "ha">{lol}]><w:document {writing.W}><w:body>&l8;</w:body></w:document>'
    assert "entities" in refusal(plan_docx(**{"word/document.xml": document}), "план.docx")


def test_deep_nesting_is_refused():
    deep = "<w:sdt><w:sdtContent>" * 5000 + "</w:sdtContent></w:sdt>" * 5000
    assert "damaged" in refusal(writing.docx(deep), "план.docx")


@pytest.mark.parametrize("part", ["word/document.xml", "word/media/image1.png"])
def test_zip_bomb_is_refused_quickly_and_in_little_memory(part: str):
    content = bomb(part, 300)
    started = time.process_time()
    tracemalloc.start()
    try:
        assert "unpacks" in refusal(content, "bomb.docx")
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < 1
    assert peak < 5_000_000


def test_small_zip_bomb_is_refused_by_its_ratio():
    assert "unpacks" in refusal(bomb("word/document.xml", 60), "bomb.docx")


def test_zip_bomb_with_false_size_is_refused(monkeypatch: pytest.MonkeyPatch):
    """Declared sizes are not trusted: reading stops at the limit."""
    monkeypatch.setattr(ooxml_package, "MOST_PART", 10_000)
    assert "far more text" in refusal(plan_docx(**{"word/styles.xml": b"<x>" + b" " * 20_000 + b"</x>"}), "план.docx")


def test_too_many_parts_are_refused():
    content = writing.zipped({f"word/{i}.xml": "" for i in range(ooxml_package.MOST_PARTS + 1)})
    assert "unpacks" in refusal(content, "план.docx")


def test_encrypted_zip_is_refused():
    content = bytearray(plan_docx())
    place = content.index(b"PK\x01\x02") + 8
    content[place] |= 1
    assert "password" in refusal(bytes(content), "план.docx")


def test_file_over_twenty_megabytes_is_refused(tmp_path: Path):
    path = tmp_path / "план.docx"
    with path.open("wb") as stream:
        stream.truncate(ooxml_package.MOST_FILE + 1)
    with pytest.raises(UnreadableDocument, match="larger than 20 MB"):
        read_programme(path, path.name)


def test_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(UnreadableDocument, match="cannot be opened"):
        read_programme(tmp_path / "нет.docx", "нет.docx")


def test_extension_in_capitals_is_accepted():
    assert read_programme(io.BytesIO(plan_docx()), "ПЛАН.DOCX").plan.total == 2


def test_book_of_many_programmes_gets_its_own_advice(monkeypatch: pytest.MonkeyPatch):
    book = writing.docx(writing.paragraph("Программа стажировки") * 500)
    monkeypatch.setattr(ooxml_package, "MOST_ELEMENTS", 1_000)
    assert "a book of several programmes" in refusal(book, "сборник.docx")
    monkeypatch.undo()
    monkeypatch.setattr(ooxml_package, "MOST_CHARACTERS", 1_000)
    assert "a book of several programmes" in refusal(book, "сборник.docx")
    monkeypatch.undo()
    monkeypatch.setattr(ooxml_package, "MOST_UNPACKED", 10_000)
    assert "a book of several programmes" in refusal(book, "сборник.docx")
    monkeypatch.undo()
    monkeypatch.setattr(word, "MOST_PARAGRAPHS", 400)
    assert "a book of several programmes" in refusal(book, "сборник.docx")


def test_pictures_that_unpack_to_too_much_get_their_own_advice(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ooxml_package, "MOST_UNPACKED", 10_000)
    assert "without pictures" in refusal(plan_docx(**{"word/media/image1.png": os.urandom(20_000)}), "план.docx")


def test_too_large_tables_are_refused_with_the_limits():
    wide = Grid([[Cell("а")] * (word.MOST_COLUMNS + 1)] * 2)
    long = Grid([[Cell("а"), Cell("б")]] * (word.MOST_ROWS + 1))
    many = writing.table(Grid([[Cell("а")] * 50] * 31)) * 10
    for body in (writing.table(wide), writing.table(long), many):
        assert "more than 2000 rows or 60 columns in one table, or 10000 cells" in refusal(
            writing.docx(body), "план.docx"
        )


def test_cells_that_span_too_many_columns_are_refused():
    spans = "<w:tc><w:tcPr><w:gridSpan w:val='60'/></w:tcPr><w:p/></w:tc>" * 3
    body = f"<w:tbl><w:tr>{spans}</w:tr></w:tbl>"
    assert "60 columns" in refusal(writing.docx(body), "план.docx")


def test_too_large_sheets_are_refused_with_the_limits(monkeypatch: pytest.MonkeyPatch):
    beside = writing.Sheet("План", Grid([[Cell("а"), Cell("б")]]), left=excel.MOST_COLUMNS)
    below = writing.Sheet("План", Grid([[Cell("а"), Cell("б")]]), top=excel.MOST_ROWS)
    for sheet in (beside, below):
        assert "5000 rows or 100 columns" in refusal(writing.xlsx([sheet]), "план.xlsx")
    monkeypatch.setattr(excel, "MOST_CELLS", 5)
    small = writing.Sheet("План", Grid([[Cell("а"), Cell("б")]] * 2))
    assert "cells in all" in refusal(writing.xlsx([small, small]), "план.xlsx")


def test_plan_of_too_many_rows_is_refused():
    grid = Grid([[Cell("Тема"), Cell("Лекции")], *[[Cell("Занятие"), Cell("2")]] * (tables.MOST_PLAN_ROWS + 1)])
    assert "more than 1000 rows" in refusal(writing.docx(writing.table(grid)), "план.docx")
