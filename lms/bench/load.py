"""Requests per second: clients with a connection and a session each, which ask again as soon as they are answered."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 2.0
WARM = 0.4


@dataclass(frozen=True, slots=True)
class Wanted:
    """The request that one client repeats."""

    path: str
    cookie: str = ""


def requests_a_second(address: str, wanted: Sequence[Wanted], *, seconds: float = SECONDS) -> float:
    """Returns the requests per second of all clients at once, after a short warm-up. Raises ``ValueError`` for
    another status.
    """
    host, port = urlsplit(address).hostname or "127.0.0.1", urlsplit(address).port or 80
    clients = [_Client(host, port, one) for one in wanted]
    begin, end = time.perf_counter() + WARM, time.perf_counter() + WARM + seconds
    threads = [threading.Thread(target=client.run, args=(begin, end)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        if client.trouble:
            raise ValueError(client.trouble)
    return sum(client.done for client in clients) / seconds


class _Client:
    """One connection, kept alive; counts the answers between begin and end."""

    def __init__(self, host: str, port: int, wanted: Wanted) -> None:
        self.host, self.port, self.wanted = host, port, wanted
        cookie = f"Cookie: {wanted.cookie}\r\n" if wanted.cookie else ""
        head = f"GET {wanted.path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Language: ru\r\n{cookie}\r\n"
        self.request = head.encode("ascii")
        self.done, self.trouble = 0, ""

    def run(self, begin: float, end: float) -> None:
        """Repeats the request until the end."""
        try:
            with socket.create_connection((self.host, self.port), timeout=20) as line:
                self._ask(line, begin, end)
        except OSError as error:
            self.trouble = f"{self.wanted.path}: {error}"

    def _ask(self, line: socket.socket, begin: float, end: float) -> None:
        while (now := time.perf_counter()) < end and not self.trouble:
            line.sendall(self.request)
            status, closing = read_answer(line)
            if status != 200:
                self.trouble = f"{self.wanted.path} answered {status}"
            if now >= begin:
                self.done += 1
            if closing:
                line.close()
                line = socket.create_connection((self.host, self.port), timeout=20)


def read_answer(line: socket.socket) -> tuple[int, bool]:
    """Reads the whole answer. Returns its status, and whether the server closes the connection after it."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(line)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(one.split(b":")[1]) for one in lines if one.startswith(b"content-length:")), 0)
    left = length - len(body)
    while left > 0:
        left -= len(_more(line))
    return int(head[9:12]), b"connection: close" in lines


def _more(line: socket.socket) -> bytes:
    found = line.recv(262144)
    if not found:
        raise ConnectionError("the server hung up")
    return found
