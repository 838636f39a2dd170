"""The benchmark's parts that need no servers."""

import json
import socket
import threading

import pytest

from lms.bench.figures import Figure, counted, in_turn
from lms.bench.load import Wanted, read_answer, requests_a_second


def test_medians_measured_in_turn():
    seen: list[str] = []
    values = {"subject": iter([10.0, 1000.0, 20.0]), "ceiling": iter([40.0, 1.0, 50.0])}

    def measure(what: str) -> float:
        seen.append(what)
        return next(values[what])

    figure = in_turn("x", lambda: measure("subject"), lambda: measure("ceiling"), rounds=3)
    assert seen == ["subject", "ceiling"] * 3
    assert figure == Figure("x", 20.0, "1/s", "higher", 40.0, 0.5)


def test_line_has_just_the_six_keys():
    told = json.loads(counted("queries_course", 9).line())
    assert told == {
        "name": "queries_course",
        "value": 9,
        "unit": "queries",
        "better": "lower",
        "ceiling": None,
        "ratio": None,
    }


def test_answer_is_read_whole():
    here, there = socket.socketpair()
    with here, there:
        body = b"x" * 100_000
        sender = threading.Thread(
            target=there.sendall, args=(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body,)
        )
        sender.start()
        assert read_answer(here) == (200, False)
        sender.join()
        there.sendall(b"HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        assert read_answer(here) == (302, True)


def test_missing_server_raises_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ValueError, match="refused"):
        requests_a_second(f"http://127.0.0.1:{port}", [Wanted("/")], seconds=0.1)
