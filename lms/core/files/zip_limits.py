"""Sizes of a zip's own table, before ``zipfile`` builds an object of each of its lines."""

import struct
import sys
from typing import BinaryIO

END = b"PK\x05\x06"
LOCATOR_OF_ZIP64 = b"PK\x06\x07"
END_LENGTH = 22
MOST_COMMENT = 65_535
SIZE_AT = 12
LARGEST_DIRECTORY = 256 * 1024
"""Bytes of the table; a line has 46 and its name, so that some three thousand files find room."""
LOCATOR_LENGTH = 20
START_AT = 8
RECORD_OF_ZIP64 = b"PK\x06\x06"
"""The record that the locator names. Some readers take the one right before the locator instead, so both count."""
RECORD_LENGTH = 56
SIZE_AT_IN_ZIP64 = 40


def has_large_directory(stream: BinaryIO) -> bool:
    """Returns whether the table of files is larger than ``LARGEST_DIRECTORY``; leaves the stream at its start."""
    length = stream.seek(0, 2)
    stream.seek(max(0, length - MOST_COMMENT - END_LENGTH))
    tail = stream.read()
    stream.seek(0)
    place = tail.rfind(END)
    if place < 0 or len(tail) - place < END_LENGTH:
        return False  # no zip; ``zipfile`` says so
    locator = tail[place - LOCATOR_LENGTH : place] if place >= LOCATOR_LENGTH else b""
    if locator.startswith(LOCATOR_OF_ZIP64):
        (stated,) = struct.unpack_from("<Q", locator, START_AT)
        before = length - len(tail) + place - LOCATOR_LENGTH - RECORD_LENGTH
        return max(_size_in_zip64(stream, start) for start in (stated, before)) > LARGEST_DIRECTORY
    (size,) = struct.unpack_from("<L", tail, place + SIZE_AT)
    return bool(size > LARGEST_DIRECTORY)


def _size_in_zip64(stream: BinaryIO, start: int) -> int:
    """Returns the size that the record at this place states; above every limit if there is no record."""
    record = b""
    if 0 <= start < sys.maxsize:
        stream.seek(start)
        record = stream.read(RECORD_LENGTH)
        stream.seek(0)
    if len(record) < RECORD_LENGTH or not record.startswith(RECORD_OF_ZIP64):
        return sys.maxsize
    return int(struct.unpack_from("<Q", record, SIZE_AT_IN_ZIP64)[0])
