"""Recognises a file's media type by its content; the name and the browser's claim are only hints."""

import zipfile
from typing import BinaryIO

from lms.core.files.zip_limits import has_large_directory

HEAD = 4096
"""Bytes that most types need."""

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
OLE = "application/x-ole-storage"
ZIP = "application/zip"
SVG = "image/svg+xml"
HTML = "text/html"
TEXT = "text/plain"
CSV = "text/csv"
RTF = "application/rtf"
HEIC = "image/heic"
AVIF = "image/avif"
VIDEO_3GPP = "video/3gpp"
BINARY = "application/octet-stream"
MACRO = "application/vnd.ms-office.macro-enabled"
PROGRAM = "application/x-executable"
JAVA = "application/java-archive"
SHORTCUT = "application/x-mswinurl"
SCRIPT = "application/x-script"

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", AVIF})
DOCUMENTS = frozenset({PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, DOC, XLS, PPT, RTF, TEXT, CSV})
RECORDINGS = frozenset({"video/mp4", "video/webm", "audio/mpeg", "audio/mp4", "audio/ogg"})
TEACHING = IMAGES | DOCUMENTS | RECORDINGS | {ZIP, HEIC, VIDEO_3GPP}
"""Media types that a material or a submitted work may have."""

INLINE = IMAGES | RECORDINGS | {PDF, TEXT}
"""Media types that a browser may show in the page: none that can carry a script (SVG and HTML are downloaded only)."""

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", PDF),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"{\\rtf", RTF),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"MZ", PROGRAM),
    (0, b"\x7fELF", PROGRAM),
    (0, b"L\0\0\0\x01\x14\x02\0", SHORTCUT),
)
BRANDS = (
    ((b"avif", b"avis"), AVIF),
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    ((b"3gp", b"3g2"), VIDEO_3GPP),
    ((b"M4A", b"M4B"), "audio/mp4"),
)
"""Beginnings of the brands in the first box of ISO media files, which pictures, films and sounds share."""

OFFICE_PARTS = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))
OPEN_DOCUMENTS = {kind.encode(): kind for kind in (ODT, ODS, ODP)}
OLE_STREAMS = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS), ("PowerPoint Document", PPT))
COMMANDS = ((b"[internetshortcut]", SHORTCUT), (b"@echo", SCRIPT), (b"#!", SCRIPT))
"""Beginnings of texts that a computer carries out."""
MARKUP = (
    (b"<svg", SVG),
    (b"<!doctype html", HTML),
    (b"<html", HTML),
    (b"<script", HTML),
    (b"<body", HTML),
    (b"<hta:", HTML),
    (b"<job", HTML),
)


def media_type(stream: BinaryIO, name: str = "") -> str:
    """Returns the media type of this seekable stream and leaves its position at the start.

    ``name`` only tells .csv from other text.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    found = _by_signature(head) or _container(stream, head) or _text(head, name) or BINARY
    stream.seek(0)
    return found


def may_show_inline(kind: str) -> bool:
    """Returns whether a browser may show the type in the page."""
    return kind in INLINE


def _by_signature(head: bytes) -> str | None:
    for offset, mark, kind in SIGNATURES:
        if head[offset : offset + len(mark)] == mark:
            return kind
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    # An MPEG audio frame without a tag: eleven bits set, then a layer that is not reserved.
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 in {0xE2, 0xE4, 0xE6} and not head.startswith(b"\xff\xfe"):
        return "audio/mpeg"
    return None


def _by_brand(head: bytes) -> str:
    """Returns the type by the file's own brand, else by those that it is compatible with; a film if none is known."""
    end = min(int.from_bytes(head[:4]), 256)
    compatible = [head[place : place + 4] for place in range(16, end, 4)]
    own = head[8:12]
    for brand in (own, *compatible) if own in (b"mif1", b"msf1") else (own,):
        for beginnings, kind in BRANDS:
            if brand.startswith(beginnings) and brand not in (b"mif1", b"msf1"):
                return kind
    return HEIC if own in (b"mif1", b"msf1") else "video/mp4"


def _container(stream: BinaryIO, head: bytes) -> str | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(stream)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole(stream)
    return None


def _zipped(stream: BinaryIO) -> str:
    """Returns the type of a document in a zip by the names of its parts; only a short ``mimetype`` is unpacked."""
    try:
        if has_large_directory(stream):
            return ZIP
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
            if names and names[0] == "mimetype" and archive.getinfo("mimetype").file_size < 100:
                return OPEN_DOCUMENTS.get(archive.read("mimetype").strip(), ZIP)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return BINARY
    return _by_parts(names)


def _by_parts(names: list[str]) -> str:
    if "META-INF/MANIFEST.MF" in names and any(name.endswith((".class", ".dex")) for name in names):
        return JAVA
    if "[Content_Types].xml" not in names:
        return ZIP
    if any(name.endswith("vbaProject.bin") for name in names):
        return MACRO
    return next((kind for part, kind in OFFICE_PARTS if any(name.startswith(part) for name in names)), ZIP)


def _ole(stream: BinaryIO) -> str:
    """Returns the type of an old Office file by the names of its streams (UTF-16, anywhere in the file)."""
    stream.seek(0)
    body = stream.read(8 * 1024 * 1024)
    for name, kind in OLE_STREAMS:
        if name.encode("utf-16-le") + b"\0\0" in body:
            return kind
    return OLE


def _text(head: bytes, name: str) -> str | None:
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and _has_controls(head):
        return None
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<"):
        for mark, kind in MARKUP:
            if mark in start[:1024]:
                return kind
    for mark, kind in COMMANDS:
        if start.startswith(mark):
            return kind
    return CSV if name.lower().endswith(".csv") else TEXT


def _has_controls(head: bytes) -> bool:
    """Returns whether there are bytes that no text in UTF-8 or Windows-1251 contains."""
    return any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
