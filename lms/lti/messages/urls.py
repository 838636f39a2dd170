"""Parsing and comparison of web addresses. Pure."""

import re
from urllib.parse import SplitResult, urlsplit

USUAL_PORTS = {"https": 443, "http": 80}


def is_web_address(text: str) -> bool:
    """Returns whether this is an http(s) URL with a host and only printable characters."""
    return _parts(text) is not None


def origin_of(text: str) -> str:
    """Returns scheme, host and non-default port in ASCII, as browsers do; empty if this is no web address.

    >>> origin_of("HTTPS://Moodle.Example:443/mod/lti?id=1"), origin_of("https://мудл.рф/")
    ('https://moodle.example', 'https://xn--d1aob2a.xn--p1ai')
    """
    parts = _parts(text)
    if parts is None:
        return ""
    name = _host(parts)
    host = f"[{name}]" if ":" in name else name
    port = "" if parts.port in (None, USUAL_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def normalised(text: str) -> str:
    """Returns the URL with normalised case of scheme and host, port and root path, for comparison.

    >>> normalised("HTTPS://A.example:443") == normalised("https://a.example/")
    True
    """
    parts = _parts(text)
    if parts is None:
        return text
    return origin_of(text) + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def path_within(text: str, base: str) -> str | None:
    """Returns path and query of a URL below ``base`` (without a trailing slash); None for any other URL."""
    whole, start = normalised(text), normalised(base).rstrip("/")
    if not (whole == start or whole.startswith((f"{start}/", f"{start}?"))):
        return None
    rest = whole[len(start) :]
    return rest if rest.startswith("/") else f"/{rest}"


def _parts(text: str) -> SplitResult | None:
    if re.search(r"[\s\\\x00-\x1f\x7f]", text):
        return None
    try:
        parts = urlsplit(text)
        port, host = parts.port, _host(parts)
    except ValueError:
        return None
    is_one = parts.scheme in USUAL_PORTS and bool(host) and "@" not in parts.netloc and port != 0
    return parts if is_one else None


def _host(parts: SplitResult) -> str:
    """Raises ``ValueError`` for an invalid host name."""
    written = parts.hostname or ""
    return written if written.isascii() else written.encode("idna").decode().lower()
