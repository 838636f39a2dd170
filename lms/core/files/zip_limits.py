"""Sizes of a zip's own table, before ``zipfile`` builds an object of each of its lines."""

import struct
from typing import BinaryIO

END = b"PK\x05\x06"
LOCATOR_OF_ZIP64 = b"PK\x06\x07"
END_LENGTH = 22
MOST_COMMENT = 65_535
SIZE_AT = 12
LARGEST_DIRECTORY = 4 * 1024 * 1024
"""Bytes of the table; a line has 46 and its name, so that some ten thousand files find room."""


def has_large_directory(stream: BinaryIO) -> bool:
    """Returns whether the table of files is larger than ``LARGEST_DIRECTORY``; leaves the stream at its start."""
    length = stream.seek(0, 2)
    stream.seek(max(0, length - MOST_COMMENT - END_LENGTH))
    tail = stream.read()
    stream.seek(0)
    place = tail.rfind(END)
    if place < 0 or len(tail) - place < END_LENGTH:
        return False  # no zip; ``zipfile`` says so
    if LOCATOR_OF_ZIP64 in tail[max(0, place - 20) : place]:
        return length > LARGEST_DIRECTORY  # its size is kept elsewhere, and is below that of the file
    (size,) = struct.unpack_from("<L", tail, place + SIZE_AT)
    return bool(size > LARGEST_DIRECTORY)
