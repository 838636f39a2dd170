"""Lets clamd, the ClamAV daemon, look at uploaded files before they are stored (``LMS_CLAMD_URL``).

A file that nobody has looked at is not taken: with a scanner that is away, uploads are refused with words.
"""

import socket
from contextlib import closing
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from lms.core.errors import Invalid
from lms.core.files.file_names import clean_name

USUAL_PORT: Final = 3310
CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 60.0
PIECE: Final = 64 * 1024
MOST_ANSWER: Final = 4096

_address: list[str] = []


class ScannerAway(Exception):
    """The scanner cannot be reached, or does not say whether the file is clean."""


def configure(url: str | None) -> None:
    """Sets the scanner: ``tcp://host:3310`` or ``unix:///path``; without one files are not looked at.

    Raises ``ValueError`` for another URL.
    """
    if url:
        parts = urlsplit(url)
        if not ((parts.scheme == "tcp" and parts.hostname) or (parts.scheme == "unix" and parts.path)):
            raise ValueError("LMS_CLAMD_URL must be tcp://host:3310 or unix:///path/of/clamd.ctl")
    _address[:] = [url] if url else []


def is_configured() -> bool:
    """Returns whether files are looked at."""
    return bool(_address)


def demand_clean(stream: BinaryIO, *, name: str, field: str) -> None:
    """Raises ``Invalid`` at ``field`` for a file in which the scanner found something, and when it did not answer.

    Reads from the stream's start and leaves it there.
    """
    if not _address:
        return
    stream.seek(0)
    try:
        found = scan(stream)
    except (OSError, ScannerAway) as error:
        raise Invalid(code="file_not_scanned", field=field) from error
    stream.seek(0)
    if found:
        raise Invalid(code="file_infected", field=field, params={"name": clean_name(name), "found": found})


def scan(stream: BinaryIO) -> str:
    """Returns the name of what the scanner found in the bytes; empty for a clean file."""
    with closing(_connected()) as connection:
        connection.sendall(b"zINSTREAM\0")
        while piece := stream.read(PIECE):
            connection.sendall(len(piece).to_bytes(4) + piece)
        connection.sendall(bytes(4))
        answer = _answer(connection)
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if answer != "stream: OK":
        raise ScannerAway(answer)
    return ""


def check() -> None:
    """Raises ``OSError`` or ``ScannerAway`` if the scanner does not answer."""
    with closing(_connected()) as connection:
        connection.sendall(b"zPING\0")
        if (answer := _answer(connection)) != "PONG":
            raise ScannerAway(answer)


def _connected() -> socket.socket:
    parts = urlsplit(_address[0])
    if parts.scheme == "tcp":
        connection = socket.create_connection((parts.hostname, parts.port or USUAL_PORT), CONNECT_SECONDS)
    else:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(parts.path)
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < MOST_ANSWER and (piece := connection.recv(MOST_ANSWER)):
        answer += piece
    return answer.rstrip(b"\0").decode(errors="replace").strip()
