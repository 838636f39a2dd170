"""HTTP client for platforms, with real sockets on this machine and controlled name resolution."""

import contextlib
import gzip
import ipaddress
import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.lti.errors import AddressRefused, Unreachable
from lms.lti.trust import http_client
from tests.support.platform.certificates import Certificates
from tests.support.serving import served

OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'
Talk = Callable[[socket.socket, bytes], None]


@pytest.fixture(autouse=True)
def _own_rules() -> Iterator[None]:
    before = http_client._rules[:]
    http_client.configure((), None)
    yield
    http_client._rules[:] = before


@contextlib.contextmanager
def speaking(talk: Talk, wrap=None) -> Iterator[tuple[int, list[bytes]]]:
    """A server on 127.0.0.1 with a fixed answer; returns its port and the received requests."""
    came: list[bytes] = []

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with (
                contextlib.suppress(OSError),
                wrap.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
                if wrap
                else self.request as sock,
            ):
                if wrap:
                    sock.do_handshake()
                got = sock.recv(65536)
                while b"\r\n\r\n" not in got:
                    got += sock.recv(65536)
                came.append(got)
                talk(sock, got)

    class Server(ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Handler)
    with served(server):
        yield server.server_address[1], came


def answering(answer: bytes) -> Talk:
    return lambda sock, _got: sock.sendall(answer)


@pytest.fixture
def resolving(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Resolves names to these addresses in order; returns the resolved names."""

    def resolve(*answers: tuple[str, ...]) -> list[str]:
        asked: list[str] = []

        def getaddrinfo(host: str, port: int, *_rest: object, **_more: object):
            addresses = answers[min(len(asked), len(answers) - 1)]
            if not _is_literal(host):
                asked.append(host)
            else:
                addresses = (host,)
            families = {True: socket.AF_INET6, False: socket.AF_INET}
            return [(families[":" in each], socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return resolve


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


INNER = (
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/x",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://255.255.255.255/",
    "https://224.0.0.1/",
    "https://192.0.0.8/",
    "https://[::1]/",
    "https://[::]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::10.0.0.1]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:db8::1]/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://moodle.localhost/",
    "https://moodle.local/",
    "https://metadata.google.internal/",
)


@pytest.mark.parametrize("url", INNER)
def test_inner_address_is_refused(url):
    with pytest.raises(AddressRefused, match="внутренней"):
        http_client.check_address(url)
    with pytest.raises(AddressRefused):
        http_client.request("GET", url, seconds=1)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "moodle.example",
        "//moodle.example/",
        "ftp://moodle.example/",
        "file:///etc/passwd",
        "http://moodle.example/",
        "https://",
        "https:///path",
        "https://user@moodle.example/",
        "https://user:secret@moodle.example/",
        "https://moodle.example:0/",
        "https://moodle.example:99999/",
        "https://moodle.example:x/",
        "https://moodle.example\\@127.0.0.1/",
        "https://moodle.example/a b",
        "https://moodle.example/\r\nHost: x",
        "https://[::1/",
        "https://" + "a" * 64 + ".example/",
        "https://moodle.example/" + "a" * 2000,
    ],
)
def test_invalid_url_is_refused(url):
    with pytest.raises(AddressRefused):
        http_client.check_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://moodle.example/mod/lti/certs.php?x=1#part",
        "https://MOODLE.example.:8443",
        "https://школа.рф/мудл",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
    ],
)
def test_public_address_is_allowed(url):
    http_client.check_address(url)


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_refused_as_url(text):
    with contextlib.suppress(AddressRefused):
        http_client.check_address(text)


@given(st.text(alphabet="abc.:/@[]%\\#?0123456789fx-", max_size=40))
def test_any_text_after_scheme_is_parsed_or_refused(text):
    with contextlib.suppress(AddressRefused):
        http_client.check_address(f"https://{text}")


@given(st.ip_addresses(v=4).filter(lambda address: not address.is_global))
def test_inner_address_in_any_notation_is_refused(address):
    number = int(address)
    for written in (
        ipaddress.IPv6Address(f"::ffff:{address}"),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),
        ipaddress.IPv6Address((0x64FF9B << 96) | number),
    ):
        assert not http_client.is_public(written)


def test_name_of_inner_address_is_refused(resolving):
    resolving(("10.0.0.5",))
    with pytest.raises(AddressRefused):
        http_client.request("GET", "https://moodle.example/")


def test_one_inner_address_among_several_is_refused(resolving):
    resolving(("8.8.8.8", "::1"))
    with pytest.raises(AddressRefused):
        http_client.request("GET", "https://moodle.example/")


def test_connects_to_checked_address(resolving, monkeypatch):
    asked, connected = resolving(("8.8.8.8",), ("127.0.0.1",)), []

    def connect(address, _timeout):
        connected.append(address)
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(http_client.socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        http_client.request("GET", "https://moodle.example:8443/")
    assert (asked, connected) == (["moodle.example"], [("8.8.8.8", 8443)])


def test_allowed_host_accepts_plain_http():
    http_client.configure(("127.0.0.1", "moodle.local", "10.0.0.0/8", "fd00::/8"), None)
    for url in ("http://127.0.0.1:5/", "http://moodle.local/", "https://moodle.local./", "http://10.9.8.7/"):
        http_client.check_address(url)
    http_client.check_address("http://[fd00::5]/")
    http_client.check_address("http://[::ffff:10.1.1.1]/")
    for url in ("http://127.0.0.2/", "http://other.local/", "http://11.0.0.1/", "https://192.168.0.1/"):
        with pytest.raises(AddressRefused):
            http_client.check_address(url)


def test_name_in_allowed_network_is_allowed(resolving):
    with speaking(answering(OK)) as (port, _came):
        http_client.configure(("127.0.0.0/8", "moodle.school"), None)
        resolving(("127.0.0.1",))
        assert http_client.request("GET", f"http://moodle.school:{port}/").status == 200
        with pytest.raises(AddressRefused, match="https"):
            http_client.check_address("http://other.school/")


@pytest.mark.parametrize("entry", ["a" * 70 + ".example", "a..b"])
def test_invalid_host_setting_is_reported(entry):
    with pytest.raises(ValueError, match="LMS_PLATFORM_PRIVATE_HOSTS"):
        http_client.configure((entry,), None)


def test_missing_ca_file_is_reported(tmp_path: Path):
    with pytest.raises(ValueError, match="LMS_PLATFORM_CA_FILE"):
        http_client.configure((), tmp_path / "none.pem")


@pytest.fixture
def allowed() -> None:
    http_client.configure(("127.0.0.1",), None)


@pytest.mark.usefixtures("allowed")
class TestExchange:
    def test_response_is_complete(self):
        with speaking(answering(OK)) as (port, came):
            answer = http_client.request(
                "GET", f"http://127.0.0.1:{port}/mod?id=1&x=%D0%B0#f", headers={"Accept": "a/b"}
            )
        assert (answer.status, answer.json(), answer.headers["content-type"]) == (200, {"a": 1}, "application/json")
        head = came[0].decode()
        assert head.startswith("GET /mod?id=1&x=%D0%B0 HTTP/1.1\r\n")
        assert "Accept: a/b\r\n" in head
        assert f"Host: 127.0.0.1:{port}\r\n" in head

    def test_forms_and_json_have_media_types(self):
        def talk(sock: socket.socket, got: bytes) -> None:
            head, _, body = got.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            while len(body) < length:
                body += sock.recv(65536)
            text = json.dumps([head.decode(), body.decode()]).encode()
            sock.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))

        with speaking(talk) as (port, _came):
            url = f"http://127.0.0.1:{port}/"
            head, body = http_client.request("POST", url, fields={"a": "ё &"}).json()
            assert ("application/x-www-form-urlencoded" in head, body) == (True, "a=%D1%91+%26")
            head, body = http_client.request("POST", url, json={"ё": 1}, headers={"Content-Type": "x/y"}).json()
            assert ("x/y" in head, "application/json" in head, body) == (True, False, '{"ё":1}')

    def test_redirects_are_not_followed(self):
        text = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
        with speaking(answering(text)) as (port, came):
            answer = http_client.request("GET", f"http://127.0.0.1:{port}/")
        assert (answer.status, len(came)) == (302, 1)

    def test_environment_proxies_are_ignored(self, monkeypatch):
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        with speaking(answering(OK)) as (port, _came):
            assert http_client.request("GET", f"http://127.0.0.1:{port}/").status == 200

    def test_invalid_json_is_reported(self):
        with speaking(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[{")) as (port, _came):
            answer = http_client.request("GET", f"http://127.0.0.1:{port}/")
        with pytest.raises(Unreachable, match="JSON"):
            answer.json()

    @pytest.mark.parametrize("head", [b"Content-Length: 5000000", b"Connection: close"])
    def test_too_large_response_is_refused(self, head):
        body = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + b"x" * 5_000_000
        with speaking(answering(body)) as (port, _came), pytest.raises(Unreachable, match="велик"):
            http_client.request("GET", f"http://127.0.0.1:{port}/", at_most=1000)

    def test_compressed_response_is_not_unpacked(self):
        packed = gzip.compress(b"x" * 5_000_000)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
        with speaking(answering(head + packed)) as (port, _came), pytest.raises(Unreachable, match="велик"):
            http_client.request("GET", f"http://127.0.0.1:{port}/", at_most=1000)

    @pytest.mark.parametrize(
        "before", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
    )
    def test_slow_response_times_out(self, before):
        def drip(sock: socket.socket, _got: bytes) -> None:
            sock.sendall(before)
            for _turn in range(40):
                sock.sendall(b"X")
                time.sleep(0.1)

        with speaking(drip) as (port, _came):
            began = time.monotonic()
            with pytest.raises(Unreachable, match="в\u00a0срок"):
                http_client.request("GET", f"http://127.0.0.1:{port}/", seconds=0.5)
            assert time.monotonic() - began < 2

    @pytest.mark.parametrize("text", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"])
    def test_broken_response_is_reported(self, text):
        with speaking(answering(text)) as (port, _came), pytest.raises(Unreachable):
            http_client.request("GET", f"http://127.0.0.1:{port}/")

    def test_missing_server_is_reported(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            with pytest.raises(Unreachable, match="не отвечает"):
                http_client.request("GET", f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_certificates_are_checked(certificates: Certificates):
    with speaking(answering(OK), certificates.server_context()) as (port, came):
        http_client.configure(("localhost", "127.0.0.1"), None)
        with pytest.raises(Unreachable, match="сертификат"):
            http_client.request("GET", f"https://localhost:{port}/")
        http_client.configure(("localhost", "127.0.0.2"), certificates.ca_file)
        assert http_client.request("GET", f"https://localhost:{port}/").json() == {"a": 1}
        assert len(came) == 1


def test_certificate_of_another_host_is_refused(certificates: Certificates, resolving):
    resolving(("127.0.0.1",))
    with speaking(answering(OK), certificates.server_context()) as (port, _came):
        http_client.configure(("other.test",), certificates.ca_file)
        with pytest.raises(Unreachable, match="сертификат"):
            http_client.request("GET", f"https://other.test:{port}/")


def test_slow_handshake_does_not_extend_timeout(certificates: Certificates, monkeypatch):
    """The time ends during the handshake, when there is no socket to close; afterwards the answer drips byte by
    byte.
    """
    resolve = socket.getaddrinfo

    def slowly(*given: object, **more: object):
        time.sleep(0.3)
        return resolve(*given, **more)

    def drip(sock: socket.socket, _got: bytes) -> None:
        for _turn in range(40):
            sock.sendall(b"X")
            time.sleep(0.1)

    class Slow:
        def wrap_socket(self, sock: socket.socket, **given: bool):
            time.sleep(0.4)
            return certificates.server_context().wrap_socket(sock, **given)

    http_client.configure(("localhost",), certificates.ca_file)
    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    with speaking(drip, Slow()) as (port, _came):
        began = time.monotonic()
        with pytest.raises(Unreachable, match="в\u00a0срок"):
            http_client.request("GET", f"https://localhost:{port}/", seconds=0.5)
        assert time.monotonic() - began < 2
