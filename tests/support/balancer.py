"""A reverse proxy that gives each request to the next of several web instances, as nginx does by default."""

import http.client
import itertools
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.serving import served

OF_CONNECTION = ("connection", "transfer-encoding", "keep-alive")
"""Headers that belong to one connection and are not passed on."""


class Balancer(ThreadingHTTPServer):
    """The proxy; ``answered`` counts the answers of each instance by its port."""

    daemon_threads = True

    def __init__(self, ports: Sequence[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answered: Counter[int] = Counter()
        self._ports, self._numbers, self._lock = ports, itertools.count(), threading.Lock()

    def in_turn(self) -> Sequence[int]:
        """Returns all instances, the one whose turn it is first."""
        with self._lock:
            first = next(self._numbers) % len(self._ports)
        return [*self._ports[first:], *self._ports[:first]]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Balancer

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        for port in self.server.in_turn():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.connect()
            except OSError:  # this instance is away: the next one gets the request
                continue
            try:
                connection.request(self.command, self.path, body, dict(self.headers))
                self._pass_on(connection.getresponse(), port)
            except (OSError, http.client.HTTPException):  # it may have done the work: asking another could do it twice
                break
            else:
                return
            finally:
                connection.close()
        self.close_connection = True
        self.send_error(502)

    do_POST = do_GET

    def _pass_on(self, answer: http.client.HTTPResponse, port: int) -> None:
        content = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OF_CONNECTION:
                self.send_header(name, value)
        if answer.headers.get("Content-Length") is None:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.server.answered[port] += 1

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing."""


@contextmanager
def balancing(*ports: int) -> Iterator[Balancer]:
    """Runs a balancer before these instances for the length of the block."""
    balancer = Balancer(ports)
    with served(balancer):
        yield balancer
