"""The size of a zip's table, known before its lines are read."""

import io
import zipfile

import pytest

from lms.core.files import zip_limits
from lms.core.files.media_types import BINARY, ZIP, media_type
from lms.core.files.zip_limits import has_large_directory


def packed(count: int, comment: bytes = b"") -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.txt", b"")
        archive.comment = comment
    return out


def test_size_of_table_tells_a_large_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_limits, "LARGEST_DIRECTORY", 5_000)
    assert not has_large_directory(packed(90))
    assert has_large_directory(packed(110))
    assert has_large_directory(packed(110, b"comment" * 9_000))
    assert not has_large_directory(io.BytesIO(b"PK\x03\x04 and nothing"))


def test_table_of_zip64_has_the_size_that_its_record_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 10)
    written = packed(90)
    assert zip_limits.LOCATOR_OF_ZIP64 in written.getvalue()
    size = 10 * (46 + len("0.txt")) + 80 * (46 + len("10.txt"))
    monkeypatch.setattr(zip_limits, "LARGEST_DIRECTORY", size + 10)
    assert not has_large_directory(written)
    monkeypatch.setattr(zip_limits, "LARGEST_DIRECTORY", size - 10)
    assert has_large_directory(written)


def test_table_of_zip64_without_its_record_counts_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 10)
    content = packed(90).getvalue()
    place = content.rindex(zip_limits.LOCATOR_OF_ZIP64)
    for start in (len(content) - 10, 2**63, 2**64 - 1):
        named = content[: place + 8] + start.to_bytes(8, "little") + content[place + 16 :]
        assert has_large_directory(io.BytesIO(named))


def test_archive_with_a_large_table_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    content = packed(110)
    monkeypatch.setattr(zip_limits, "LARGEST_DIRECTORY", 5_000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert media_type(content) == ZIP != BINARY
