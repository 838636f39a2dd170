"""HTTP client for platforms, protected against requests to inner networks (SSRF).

Only HTTPS to public addresses, except for the hosts that the operator allows. The client connects to the address that
was checked, so a name cannot be resolved again to another (DNS rebinding). Redirects are returned and not followed.
Proxies of the environment are ignored, and requests are not repeated.
"""

import ipaddress
import json as text_of_json
import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path
from threading import Event, Timer
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from urllib3 import HTTPHeaderDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from lms.core.sentences import ErrorDetail
from lms.lti.errors import AddressRefused, Unreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_ADDRESS = 2000
KEPT_IN_URL = "!#$%&'()*+,/:;=?@[]~-._"
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
NOT_HOSTS = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))
"""IETF protocol assignments and the 6to4 relay: not addresses of servers."""
INNER_NAMES = ("localhost", "local", "internal", "lan", "home.arpa")


@dataclass(frozen=True, slots=True)
class Rules:
    """Allowed hosts and trusted certificates of this installation."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed URL, so that the checked and the requested address cannot differ."""

    secure: bool
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class PlatformResponse:
    """A response of any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Returns the body as JSON. Raises ``Unreachable`` if it is invalid."""
        try:
            return text_of_json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Unreachable(self.status, code="platform_answer_not_json") from error


_rules: list[Rules] = []


def configure(private_hosts: Iterable[str], ca_file: Path | None) -> None:
    """Sets the allowed inner hosts and networks and an additional certificate authority.

    Raises ``ValueError`` for an entry or a file that cannot be read.
    """
    names, networks = set(), []
    for entry in private_hosts:
        network = _network(entry)
        if network is None:
            names.add(_plain_name(entry))
        else:
            networks.append(network)
    _rules[:] = [Rules(frozenset(names), tuple(networks), _context(ca_file))]


def check_address(url: str) -> None:
    """Raises ``AddressRefused`` for a URL that ``request`` would refuse; resolves no names."""
    _target(url)


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    fields: Mapping[str, str] | None = None,
    json: Any = None,
    seconds: float = 5.0,
    at_most: int = 1_000_000,
) -> PlatformResponse:
    """Sends one request with ``body``, form ``fields`` or ``json``; the whole exchange takes ``seconds`` at most.

    Raises ``AddressRefused``; ``Unreachable`` without an answer in time or for one above ``at_most`` bytes.
    """
    target = _target(url)
    sent, kind = _body(body, fields, json)
    given = {"User-Agent": "Stazhirovka", "Accept-Encoding": "identity"} | kind | dict(headers or {})
    late = Event()
    connection = _connection(target, seconds, late)
    watch = Timer(seconds, _cut, (connection, late))
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, target.path, body=sent, headers=given, preload_content=False)
        with closing(connection.getresponse()) as response:  # otherwise an unread body keeps the socket open
            return _read(response, at_most, late)
    except (OSError, HTTPException, HTTPError, ValueError) as error:
        why = ErrorDetail("platform_timeout") if late.is_set() else _why(error)
        raise Unreachable(params={"why": why}) from error
    finally:
        watch.cancel()
        connection.close()


def is_public(address: Address) -> bool:
    """Returns whether the address is public, including an IPv4 address embedded in IPv6."""
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, ipaddress.IPv6Address):
        return address.is_global and address in GLOBAL_UNICAST
    special = address.is_multicast or address.is_reserved or any(address in network for network in NOT_HOSTS)
    return address.is_global and not special


class _Guarded(HTTPConnection):
    """Connects only to checked addresses."""

    late: Event

    def connect(self) -> None:
        """Connects; raises ``TimeoutError`` if the time ended before there was a socket to close."""
        super().connect()
        _demand_time(self.late)

    def _new_conn(self) -> socket.socket:
        return _connect(self._dns_host, self.port or 80, self.timeout, self.late)


class _GuardedSecure(HTTPSConnection):
    """Connects with TLS only to checked addresses; the certificate is checked against the name."""

    late: Event

    def connect(self) -> None:
        """Connects; raises ``TimeoutError`` if the time ended during the handshake, whose socket cannot be closed."""
        super().connect()
        _demand_time(self.late)

    def _new_conn(self) -> socket.socket:
        return _connect(self._dns_host, self.port or 443, self.timeout, self.late)


def _demand_time(late: Event) -> None:
    """Raises ``TimeoutError`` if the exchange has taken too long."""
    if late.is_set():
        raise TimeoutError


def _rules_now() -> Rules:
    return _rules[0] if _rules else Rules()


@lru_cache(maxsize=8)
def _context(ca_file: Path | None) -> ssl.SSLContext:
    """Returns a context that trusts the system's authorities and those in the file; made once per process, because
    reading the system's authorities takes 50 ms.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except OSError as error:
            raise ValueError(f"LMS_PLATFORM_CA_FILE: {ca_file} cannot be read: {error}") from error
    return context


def _network(entry: str) -> Network | None:
    try:
        return ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None


def _plain_name(name: str) -> str:
    try:
        return name.rstrip(".").encode("idna").decode().lower()
    except UnicodeError as error:
        raise ValueError(f"LMS_PLATFORM_PRIVATE_HOSTS: {name!r} is no name of a host.") from error


def _target(url: str) -> Target:
    """Parses the URL. Raises ``AddressRefused``."""
    if len(url) > LONGEST_ADDRESS or re.search(r"[\s\\\x00-\x1f\x7f]", url):
        raise AddressRefused(code="platform_address_malformed", params={"address": url[:200]})
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise AddressRefused(code="platform_address_malformed", params={"address": url[:200]}) from error
    if not host or parts.scheme not in ("https", "http") or "@" in parts.netloc or port == 0:
        raise AddressRefused(code="platform_address_incomplete", params={"address": url[:200]})
    _demand_host(host, parts.scheme)
    secure = parts.scheme == "https"
    path = quote(parts.path or "/", safe=KEPT_IN_URL) + (f"?{quote(parts.query, safe=KEPT_IN_URL)}" * bool(parts.query))
    return Target(secure, host, port or (443 if secure else 80), path)


def _host(written: str) -> str:
    return written if ":" in written else written.encode("idna").decode().lower()


def _demand_host(host: str, scheme: str) -> None:
    """Raises ``AddressRefused`` for an inner host; names are checked again after resolution."""
    bare, address = host.rstrip("."), _literal(host)
    allowed = bare in _rules_now().names or (address is not None and _is_allowed(address))
    if allowed:
        return
    if scheme != "https":
        raise AddressRefused(code="platform_address_not_https")
    if (address is not None and not is_public(address)) or _is_inner_name(bare) or _is_odd_number(host, address):
        raise _inner_refused(host)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.rstrip("."))
    except ValueError:
        return None


def _is_inner_name(name: str) -> bool:
    return any(name == inner or name.endswith(f".{inner}") for inner in INNER_NAMES)


def _is_odd_number(host: str, address: Address | None) -> bool:
    """Returns whether the system reads the host as an address, as ``127.1`` and ``0x7f000001``."""
    try:
        socket.inet_aton(host.rstrip("."))
    except OSError:
        return False
    return address is None


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address within an IPv6 one: mapped, 6to4, NAT64, Teredo's client, IPv4-compatible."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64 or (address in IPV4_COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _is_allowed(address: Address) -> bool:
    plain = (address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None) or address
    return any(plain in network for network in _rules_now().networks)


def _inner_refused(host: str) -> AddressRefused:
    return AddressRefused(params={"host": host})


def _resolve(host: str, port: int) -> list[str]:
    """Resolves the host and checks every address. Raises ``AddressRefused``, ``OSError``."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if host.rstrip(".") in _rules_now().names:
        return found
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        if not (is_public(address) or _is_allowed(address)):
            raise _inner_refused(host)
    return found


def _connect(host: str, port: int, timeout: Any, late: Event) -> socket.socket:
    """Returns a socket to the first address that accepts. Raises ``AddressRefused``, ``OSError``."""
    failure: OSError = OSError("no address")
    for address in dict.fromkeys(_resolve(host, port)):
        _demand_time(late)
        try:
            connected = socket.create_connection((address, port), timeout)
        except OSError as error:
            failure = error
        else:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connected
    raise failure


def _connection(target: Target, seconds: float, late: Event) -> _Guarded | _GuardedSecure:
    connection: _Guarded | _GuardedSecure
    if target.secure:
        connection = _GuardedSecure(target.host, target.port, timeout=seconds, ssl_context=_rules_now().context)
    else:
        connection = _Guarded(target.host, target.port, timeout=seconds)
    connection.late = late
    return connection


def _cut(connection: HTTPConnection, late: Event) -> None:
    """Closes the socket of an exchange that takes too long."""
    late.set()
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _body(body: bytes | None, fields: Mapping[str, str] | None, json: Any) -> tuple[bytes | None, dict[str, str]]:
    if fields is not None:
        return urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    if json is not None:
        encoded = text_of_json.dumps(json, ensure_ascii=False, separators=(",", ":")).encode()
        return encoded, {"Content-Type": "application/json"}
    return body, {}


def _read(response: BaseHTTPResponse, at_most: int, late: Event) -> PlatformResponse:
    parts, length = [], 0
    while chunk := response.read(65536):
        parts.append(chunk)
        length += len(chunk)
        if length > at_most:
            raise Unreachable(response.status, code="platform_answer_too_large")
    _demand_time(late)  # a truncated body may look complete
    return PlatformResponse(response.status, HTTPHeaderDict(response.headers), b"".join(parts))


def _why(error: Exception) -> str | ErrorDetail:
    """Describes the error for an administrator, without object addresses."""
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return ErrorDetail("platform_timeout")
    if isinstance(error, socket.gaierror):
        return ErrorDetail("platform_host_unknown")
    if isinstance(error, ssl.SSLCertVerificationError):
        return ErrorDetail("platform_certificate_untrusted", params={"why": error.verify_message})
    return re.sub(r"<[^>]*>:?\s*", "", str(error))[:200] or type(error).__name__
