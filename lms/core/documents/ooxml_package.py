"""The zip package of a .docx or .xlsx, checked before any parser opens it.

Limits: 20 MB for the file, 100 MB unpacked, 4000 parts, 32 MB for one part that is parsed. A part over 4 MB with a
compression ratio over 100 is treated as a zip bomb. Declared sizes are only the first check: reading stops at the
limit.
"""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from lms.core.documents.errors import UnreadableDocument
from lms.core.files.zip_limits import has_large_directory

MEGABYTE = 1024 * 1024
MOST_FILE = 20 * MEGABYTE
MOST_UNPACKED = 100 * MEGABYTE
MOST_PART = 32 * MEGABYTE
MOST_PARTS = 4000
MOST_ELEMENTS = 200_000
"""Most XML elements of all parts that are parsed; each four attributes of one element count as another."""
MOST_UNREAD = 500_000
"""Most elements of form and layout, which are passed over."""
MOST_CHARACTERS = 2_000_000
"""Most characters of text of all parts that are parsed: about a thousand pages."""
SMALL_PART = 4 * MEGABYTE
MOST_RATIO = 100
ENCRYPTED_FLAG = 0x1
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Ways of packing that office documents have; the other ones unpack far more from far less."""

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

Kind = Literal["docx", "xlsx"]
MAIN_PARTS: dict[Kind, str] = {"docx": "word/", "xlsx": "xl/"}


def read_bytes(source: Path | str | BinaryIO) -> bytes:
    """Returns the file's bytes. Raises ``UnreadableDocument`` for an empty file or one over 20 MB."""
    try:
        if isinstance(source, str | Path):
            with Path(source).open("rb") as stream:
                content = stream.read(MOST_FILE + 1)
        else:
            content = source.read(MOST_FILE + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableDocument(code="file_cannot_be_opened", params={"reason": reason}) from error
    if len(content) > MOST_FILE:
        raise UnreadableDocument(code="document_too_large")
    if not content:
        raise UnreadableDocument(code="file_empty")
    return content


def kind_of_name(filename: str) -> Kind:
    """Returns the kind by the name's extension. Raises ``UnreadableDocument`` with advice for formats that cannot be
    read.
    """
    ending = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    if ending == ".docx":
        return "docx"
    if ending == ".xlsx":
        return "xlsx"
    raise _wrong_type(ending)


def _wrong_type(ending: str) -> UnreadableDocument:
    """Returns the refusal of a file with this extension."""
    if ending in (".doc", ".dot", ".odt", ".rtf", ".pages", ".wps", ".fodt"):
        return UnreadableDocument(code="document_to_save_as_docx", params={"type": ending})
    if ending in (".xls", ".ods", ".xlsb", ".csv", ".numbers", ".et"):
        return UnreadableDocument(code="document_to_save_as_xlsx", params={"type": ending})
    if ending in (".docm", ".xlsm", ".dotm", ".xltm"):
        return _with_macros()
    return UnreadableDocument(code="document_pdf") if ending == ".pdf" else UnreadableDocument(code="document_type")


def _with_macros() -> UnreadableDocument:
    """Returns the refusal of a document that contains macros."""
    return UnreadableDocument(code="document_with_macros")


@dataclass
class Budget:
    """The elements and characters that may still be read of a document."""

    elements: int = MOST_ELEMENTS
    characters: int = MOST_CHARACTERS
    unread: int = MOST_UNREAD


class Package:
    """The parts of a .docx or .xlsx that passed the safety checks."""

    def __init__(self, content: bytes, kind: Kind, budget: Budget | None = None) -> None:
        refuse_other_formats(content)
        if has_large_directory(io.BytesIO(content)):
            raise _unpacks_too_large()
        self.budget = budget or Budget(MOST_ELEMENTS, MOST_CHARACTERS)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise damaged_file() from error
        self._names = {info.filename.lstrip("/").lower(): info for info in self._zip.infolist()}
        self._refuse_dangers()
        self._refuse_wrong_kind(kind)

    def _refuse_dangers(self) -> None:
        infos = self._zip.infolist()
        for info in infos:
            if info.flag_bits & ENCRYPTED_FLAG:
                raise _protected()
            if info.compress_type not in COMPRESSIONS:
                raise damaged_file()
            if info.file_size > SMALL_PART and info.file_size > MOST_RATIO * max(info.compress_size, 1):
                raise _unpacks_too_large()
        if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
            raise _too_much(infos)
        if any(name.endswith("vbaproject.bin") for name in self._names):
            raise _with_macros()

    def _refuse_wrong_kind(self, kind: Kind) -> None:
        found = [k for k, folder in MAIN_PARTS.items() if any(name.startswith(folder) for name in self._names)]
        if "mimetype" in self._names and b"opendocument" in self.read("mimetype"):
            raise _wrong_type(".odt" if kind == "docx" else ".ods")
        if "xl/workbook.bin" in self._names:
            raise _wrong_type(".xlsb")
        if not found:
            raise damaged_file()
        if kind not in found:
            params = {"named": kind, "found": found[0]}
            raise UnreadableDocument(code="document_extension_wrong", params=params)
        if "[content_types].xml" in self._names and b"macroEnabled" in self.read("[Content_Types].xml"):
            raise _with_macros()

    def has(self, name: str) -> bool:
        """Returns whether the package contains the part; case is ignored, as in Word."""
        return name.lstrip("/").lower() in self._names

    def read(self, name: str, most: int | None = None) -> bytes:
        """Returns the part's bytes. Raises ``UnreadableDocument`` if it is broken or larger than ``most`` (32 MB)."""
        most = MOST_PART if most is None else most
        info = self._names.get(name.lstrip("/").lower())
        if info is None:
            raise damaged_file()
        try:
            with self._zip.open(info) as part:
                content = part.read(most + 1)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, _zlib_error()) as error:
            raise damaged_file() from error
        if len(content) > most:
            raise too_long()
        return content


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error


def refuse_other_formats(content: bytes) -> None:
    """Detects old, protected and foreign formats by their first bytes. Raises ``UnreadableDocument`` for all but a
    zip.
    """
    head = content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if content.startswith(OLE):
        raise _protected() if OLE_ENCRYPTED in content else UnreadableDocument(code="document_of_old_type")
    if head.startswith(b"%pdf"):
        raise _wrong_type(".pdf")
    if head.startswith(b"{\\rtf"):
        raise _wrong_type(".rtf")
    if not content.startswith(b"PK"):
        raise UnreadableDocument(code="document_not_office")


def _protected() -> UnreadableDocument:
    return UnreadableDocument(code="document_protected")


def _too_much(infos: list[zipfile.ZipInfo]) -> UnreadableDocument:
    """Returns the refusal of parts that unpack to too much: too many pictures, or too much text."""
    text = sum(info.file_size for info in infos if info.filename.lower().endswith(".xml"))
    return too_long() if text * 2 > sum(info.file_size for info in infos) else _unpacks_too_large()


def _unpacks_too_large() -> UnreadableDocument:
    return UnreadableDocument(code="document_unpacks_too_large")


def too_long() -> UnreadableDocument:
    """Returns the refusal of a document that holds far more text than one programme."""
    return UnreadableDocument(code="document_too_long")


def table_too_large(*, rows: int, columns: int, cells: int) -> UnreadableDocument:
    """Returns the refusal of a document whose tables exceed these limits; ``cells`` counts all tables."""
    params = {"rows": rows, "columns": columns, "cells": cells}
    return UnreadableDocument(code="document_table_too_large", params=params)


def damaged_file() -> UnreadableDocument:
    """Returns the error for a package whose parts are invalid."""
    return UnreadableDocument(code="document_damaged")
