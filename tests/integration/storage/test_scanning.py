"""Files are looked at by clamd before they are stored: a small server speaks its protocol."""

import io
import socketserver
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.files import operations, scanning
from lms.core.files.models import StoredFile
from tests.support.serving import served

VIRUS = b"looks like a virus"
NOW = utc_now()


@dataclass
class Clamd:
    """A server of the commands PING and INSTREAM; it keeps what it was sent."""

    url: str = ""
    seen: list[bytes] = field(default_factory=list)


def handler_of(kept: Clamd) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            command = b""
            while not command.endswith(b"\0"):
                command += self.rfile.read(1)
            if command == b"zPING\0":
                self.wfile.write(b"PONG\0")
                return
            assert command == b"zINSTREAM\0"
            content = b""
            while length := int.from_bytes(self.rfile.read(4)):
                content += self.rfile.read(length)
            kept.seen.append(content)
            if VIRUS in content:
                self.wfile.write(b"stream: Eicar-Test FOUND\0")
            elif b"too long" in content:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
            else:
                self.wfile.write(b"stream: OK\0")

    return Handler


@pytest.fixture
def clamd(app) -> Iterator[Clamd]:
    kept = Clamd()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler_of(kept))
    with served(server):
        kept.url = f"tcp://127.0.0.1:{server.server_address[1]}"
        scanning.configure(kept.url)
        yield kept
        scanning.configure(None)


def upload(session, content: bytes) -> StoredFile:
    return operations.save_upload(
        session,
        stream=io.BytesIO(content),
        name="план.txt",
        limit=10**6,
        accept=None,
        actor=None,
        site_id=None,
        now=NOW,
        field="files",
    )


def test_clean_file_is_looked_at_whole_and_stored(session, clamd):
    content = "слово ".encode() * 20_000
    assert operations.read_file(upload(session, content)) == content
    assert clamd.seen == [content]


@pytest.mark.parametrize(
    ("content", "words"), [(b"text " + VIRUS, "план.txt угрозу (Eicar-Test)"), (b"too long", "Антивирус не отвечает")]
)
def test_found_file_and_file_not_looked_at_are_refused_with_words(session, clamd, content, words):
    before = session.scalar(select(func.count()).select_from(StoredFile))
    with pytest.raises(Invalid) as caught:
        upload(session, content)
    assert caught.value.field == "files"
    assert words in caught.value.message
    assert session.scalar(select(func.count()).select_from(StoredFile)) == before


def test_scanner_that_is_away_takes_no_file(session, client):
    scanning.configure("tcp://127.0.0.1:1")
    try:
        with pytest.raises(Invalid, match="Антивирус не отвечает"):
            upload(session, b"text")
        assert client.get("/readyz").json["scanner"] == "ConnectionRefusedError"
    finally:
        scanning.configure(None)


def test_readiness_asks_scanner(client, clamd):
    assert client.get("/readyz").json["scanner"] == "ok"


@pytest.mark.parametrize("url", ["http://host", "tcp://", "clamd", "unix://"])
def test_unusable_scanner_address_is_refused(url):
    with pytest.raises(ValueError, match="LMS_CLAMD_URL"):
        scanning.configure(url)
