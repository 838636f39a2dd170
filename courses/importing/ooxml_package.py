"""The zip package of a .docx or .xlsx, checked before any parser opens it.

Limits: 20 MB for the file, 100 MB unpacked, 4000 parts, 32 MB for one part that is parsed. A part over 4 MB with a
compression ratio over 100 is treated as a zip bomb. Declared sizes are only the first check: reading stops at the
limit.
"""

import io
import zipfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from courses.importing.errors import UnreadableDocument
from lms.core.i18n import _

MEGABYTE = 1024 * 1024
MOST_FILE = 20 * MEGABYTE
MOST_UNPACKED = 100 * MEGABYTE
MOST_PART = 32 * MEGABYTE
MOST_PARTS = 4000
SMALL_PART = 4 * MEGABYTE
MOST_RATIO = 100
ENCRYPTED_FLAG = 0x1

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
        raise UnreadableDocument(_("The file cannot be opened: %(reason)s.", reason=error.strerror or error)) from error
    if len(content) > MOST_FILE:
        raise UnreadableDocument(
            _("The file is larger than 20 MB. Remove the pictures from it or compress them, and try again.")
        )
    if not content:
        raise UnreadableDocument(_("The file is empty."))
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
    raise UnreadableDocument(_advice(ending))


def _advice(ending: str) -> str:
    """Returns advice for a file with this extension."""
    if ending in (".doc", ".dot", ".odt", ".rtf", ".pages", ".wps", ".fodt"):
        return _(
            "Files of the type %(type)s cannot be read. Open the file in Word or LibreOffice, choose “Save as” "
            "and the type “Word document (.docx)”, then upload the new file.",
            type=ending,
        )
    if ending in (".xls", ".ods", ".xlsb", ".csv", ".numbers", ".et"):
        return _(
            "Files of the type %(type)s cannot be read. Open the file in Excel or LibreOffice, choose “Save as” "
            "and the type “Excel workbook (.xlsx)”, then upload the new file.",
            type=ending,
        )
    if ending in (".docm", ".xlsm", ".dotm", ".xltm"):
        return macros()
    if ending == ".pdf":
        return _("A PDF cannot be read. Upload the Word file (.docx) that it was made from.")
    return _("Only Word documents (.docx) and Excel workbooks (.xlsx) can be read.")


def macros() -> str:
    """Returns the refusal of a document that contains macros."""
    return _(
        "The file contains macros, and such files are not taken. Save it without macros: “Save as”, type “Word "
        "document (.docx)” or “Excel workbook (.xlsx)”."
    )


class Package:
    """The parts of a .docx or .xlsx that passed the safety checks."""

    def __init__(self, content: bytes, kind: Kind) -> None:
        refuse_other_formats(content)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise UnreadableDocument(_broken()) from error
        self._names = {info.filename.lstrip("/").lower(): info for info in self._zip.infolist()}
        self._refuse_dangers()
        self._refuse_wrong_kind(kind)

    def _refuse_dangers(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
            raise UnreadableDocument(_too_large())
        for info in infos:
            if info.flag_bits & ENCRYPTED_FLAG:
                raise UnreadableDocument(_protected())
            if info.file_size > SMALL_PART and info.file_size > MOST_RATIO * max(info.compress_size, 1):
                raise UnreadableDocument(_too_large())
        if any(name.endswith("vbaproject.bin") for name in self._names):
            raise UnreadableDocument(macros())

    def _refuse_wrong_kind(self, kind: Kind) -> None:
        found = [k for k, folder in MAIN_PARTS.items() if any(name.startswith(folder) for name in self._names)]
        if "mimetype" in self._names and b"opendocument" in self.read("mimetype"):
            raise UnreadableDocument(_advice(".odt" if kind == "docx" else ".ods"))
        if "xl/workbook.bin" in self._names:
            raise UnreadableDocument(_advice(".xlsb"))
        if not found:
            raise UnreadableDocument(_broken())
        if kind not in found:
            message = _(
                "The file's name ends in .%(named)s, but inside is a .%(found)s. Give it its right name and try again.",
                named=kind,
                found=found[0],
            )
            raise UnreadableDocument(message)
        if "[content_types].xml" in self._names and b"macroEnabled" in self.read("[Content_Types].xml"):
            raise UnreadableDocument(macros())

    def has(self, name: str) -> bool:
        """Returns whether the package contains the part; case is ignored, as in Word."""
        return name.lstrip("/").lower() in self._names

    def read(self, name: str) -> bytes:
        """Returns the part's bytes. Raises ``UnreadableDocument`` if it is broken or over 32 MB."""
        info = self._names.get(name.lstrip("/").lower())
        if info is None:
            raise UnreadableDocument(_broken())
        try:
            with self._zip.open(info) as part:
                content = part.read(MOST_PART + 1)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, _zlib_error()) as error:
            raise UnreadableDocument(_broken()) from error
        if len(content) > MOST_PART:
            raise UnreadableDocument(_too_large())
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
        raise UnreadableDocument(_protected() if OLE_ENCRYPTED in content else _old())
    if head.startswith(b"%pdf"):
        raise UnreadableDocument(_advice(".pdf"))
    if head.startswith(b"{\\rtf"):
        raise UnreadableDocument(_advice(".rtf"))
    if not content.startswith(b"PK"):
        raise UnreadableDocument(_("This is not a Word or Excel file, whatever its name says."))


def _old() -> str:
    return _(
        "This is a file of an old type (.doc or .xls). Open it in Word, Excel or LibreOffice, choose “Save as” and "
        "the type .docx or .xlsx, then upload the new file."
    )


def _protected() -> str:
    return _(
        "The file is protected by a password. Open it, remove the password (File → Info → Protect document → "
        "Encrypt with password), save and upload it again."
    )


def _broken() -> str:
    return _("The file is damaged or was not uploaded completely. Open it, save it anew and try again.")


def _too_large() -> str:
    return _("The file unpacks to far more than a document needs, so it was not opened. Save it anew without pictures.")


def damaged_file() -> UnreadableDocument:
    """Returns the error for a package whose parts are invalid."""
    return UnreadableDocument(_broken())
