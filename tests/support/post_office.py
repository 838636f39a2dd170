"""A mail server of a few commands, which answers, falls silent or breaks off as a test says."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.serving import served

CUT = "cut"
"""Answer that closes the connection."""
SILENCE = "silence"
"""Answer that never comes; the connection stays open."""


class _Dialogue(socketserver.StreamRequestHandler):
    server: "PostOffice"

    def handle(self) -> None:
        self.server.connections += 1
        if not self.say("greeting", "220 tests"):
            return
        while line := self.rfile.readline().decode().strip():
            self.server.heard.append(line)
            step = line.split(":")[0].split()[0].upper()
            usual = {"DATA": "354 go on", "QUIT": "221 bye", "EHLO": "250 tests"}.get(step, "250 ok")
            if not self.say(step, usual):
                return
            if step == "DATA" and self.server.answers.get("DATA", "354").startswith("354"):
                self.server.letters.append(self.read_letter())
                if not self.say("end", "250 taken"):
                    return

    def read_letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def say(self, step: str, usual: str) -> bool:
        """Answers; returns whether the dialogue goes on."""
        answer = self.server.answers.get(step, usual)
        if answer == CUT:
            return False
        if answer == SILENCE:
            self.server.closing.wait()
            return False
        time.sleep(self.server.pauses.get(step, 0))
        self.wfile.write(f"{answer}\r\n".encode())
        return step != "QUIT"


class PostOffice(socketserver.ThreadingTCPServer):
    """The server. ``answers`` and ``pauses`` (seconds) by step: ``greeting``, a command, ``end`` of the letter."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.letters: list[bytes] = []
        self.heard: list[str] = []
        self.connections = 0
        self.answers: dict[str, str] = {}
        self.pauses: dict[str, float] = {}
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def opened() -> Iterator[PostOffice]:
    """Yields a mail server that listens on a free port of this machine."""
    server = PostOffice()
    with served(server):
        try:
            yield server
        finally:
            server.closing.set()
