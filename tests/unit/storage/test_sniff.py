import io
import tracemalloc
import zipfile

import pytest
from docx import Document
from openpyxl import Workbook

from lms.core.files import media_types
from lms.core.files.zip_limits import LARGEST_DIRECTORY
from tests.support.bombs import BOMBS, MEGA, packed
from tests.support.effort import calls_of
from tests.support.foreign_files import BOOKS, QUESTIONS
from tests.support.thoroughness import share


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504

SAMPLES = {
    "pdf": (b"%PDF-1.7\n...", media_types.PDF),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    "gif": (b"GIF89a\1\0\1\0", "image/gif"),
    "webp": (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    "mp4": (b"\0\0\0\x20ftypisom\0\0\2\0", "video/mp4"),
    "m4a": (b"\0\0\0\x20ftypM4A \0\0\2\0", "audio/mp4"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", media_types.HEIC),
    "heif of another camera": (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", media_types.HEIC),
    "avif": (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", media_types.AVIF),
    "avif under the common brand": (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", media_types.AVIF),
    "3gp": (b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4", media_types.VIDEO_3GPP),
    "film of an iPhone": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/mp4"),
    "shortcut": (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F", media_types.SHORTCUT),
    "web shortcut": (b"[InternetShortcut]\r\nURL=javascript:alert(1)", media_types.SHORTCUT),
    "batch": (b"@ECHO off\r\ndel *.*", media_types.SCRIPT),
    "shell script": (b"#!/bin/sh\nrm -r .", media_types.SCRIPT),
    "hta": (b"<hta:application id=a><script>", media_types.HTML),
    "jar": (zipped(**{"META-INF/MANIFEST.MF": b"a", "Main.class": b"a"}), media_types.JAVA),
    "webm": (b"\x1a\x45\xdf\xa3\x01\0\0\0", "video/webm"),
    "mp3 tagged": (b"ID3\x04\0\0\0\0\0\0", "audio/mpeg"),
    "mp3": (b"\xff\xfb\x90\x64\0\0", "audio/mpeg"),
    "docx": (saved(Document()), media_types.DOCX),
    "xlsx": (saved(Workbook()), media_types.XLSX),
    "pptx": (zipped(**{"[Content_Types].xml": b"<x/>", "ppt/presentation.xml": b"<x/>"}), media_types.PPTX),
    "macros": (
        zipped(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"", "word/vbaProject.bin": b""}),
        media_types.MACRO,
    ),
    "odt": (zipped(mimetype=media_types.ODT.encode(), **{"content.xml": b"<x/>"}), media_types.ODT),
    "zip": (zipped(**{"a.txt": b"a"}), media_types.ZIP),
    "broken zip": (b"PK\x03\x04 and nothing", media_types.BINARY),
    "doc": (OLE + "WordDocument".encode("utf-16-le") + b"\0\0", media_types.DOC),
    "xls": (OLE + "Workbook".encode("utf-16-le") + b"\0\0", media_types.XLS),
    "other ole": (OLE, media_types.OLE),
    "program": (b"MZ\x90\0", media_types.PROGRAM),
    "svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', media_types.SVG),
    "html": (b"\xef\xbb\xbf <!DOCTYPE html><p>", media_types.HTML),
    "text": ("Привет, стажёр".encode(), media_types.TEXT),
    "cp1251": ("Привет, стажёр".encode("cp1251"), media_types.TEXT),
    "utf-16": ("Привет".encode("utf-16"), media_types.TEXT),
    "binary": (bytes(range(1, 200)), media_types.BINARY),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_recognises_media_type_by_content(name):
    content, kind = SAMPLES[name]
    stream = io.BytesIO(content)
    assert media_types.media_type(stream, "обманчивое имя.pdf") == kind
    assert stream.tell() == 0


def _as_many_files_as_are_listed() -> bytes:
    line = 46 + len("word/00000.xml")
    return packed({f"word/{number:05}.xml": b"" for number in range(LARGEST_DIRECTORY // line)})


FILES = {"as many files as are listed": _as_many_files_as_are_listed} | share(BOMBS | BOOKS | QUESTIONS)


@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_recognising_takes_little_work_and_memory(make):
    content = io.BytesIO(make())
    tracemalloc.start()
    media_types.media_type(content, "работа.docx")
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert memory < 4 * MEGA
    assert calls_of(lambda: media_types.media_type(content, "работа.docx")) < 500_000


def test_name_decides_for_text_only():
    assert media_types.media_type(io.BytesIO("а;б".encode()), "список.csv") == "text/csv"
    assert media_types.media_type(io.BytesIO(b"%PDF-1.4"), "список.csv") == media_types.PDF


def test_types_with_scripts_are_not_shown_inline():
    for kind in (
        media_types.SVG,
        media_types.HTML,
        media_types.MACRO,
        media_types.PROGRAM,
        media_types.BINARY,
        media_types.DOCX,
    ):
        assert not media_types.may_show_inline(kind)
    assert media_types.may_show_inline(media_types.PDF)
    assert not media_types.TEACHING & {
        media_types.SVG,
        media_types.HTML,
        media_types.MACRO,
        media_types.PROGRAM,
        media_types.BINARY,
    }
