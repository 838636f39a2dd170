"""Web addresses as text: their origin, whether they are ours. Pure."""

import re
from urllib.parse import SplitResult, urlsplit

USUAL_PORTS = {"https": 443, "http": 80}


def is_web_address(text: str) -> bool:
    """Whether this is an http(s) address with a host and nothing unprintable."""
    return _parts(text) is not None


def origin_of(text: str) -> str:
    """Scheme, host and, unless it is the usual one, port; empty for what is no web address.

    >>> origin_of("HTTPS://Moodle.Example:443/mod/lti?id=1")
    'https://moodle.example'
    """
    parts = _parts(text)
    if parts is None or parts.hostname is None:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, USUAL_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def plain(text: str) -> str:
    """The address so that two ways to write the same one are equal: case of scheme and host, usual port, first slash.

    >>> plain("HTTPS://A.example:443") == plain("https://a.example/")
    True
    """
    parts = _parts(text)
    if parts is None:
        return text
    return origin_of(text) + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def path_within(text: str, base: str) -> str | None:
    """Path and query of an address that begins with ``base`` (no closing slash); none: it is elsewhere."""
    whole, start = plain(text), plain(base).rstrip("/")
    if not (whole == start or whole.startswith((f"{start}/", f"{start}?"))):
        return None
    rest = whole[len(start) :]
    return rest if rest.startswith("/") else f"/{rest}"


def _parts(text: str) -> SplitResult | None:
    if re.search(r"[\s\\\x00-\x1f\x7f]", text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    is_one = parts.scheme in USUAL_PORTS and bool(parts.hostname) and "@" not in parts.netloc and port != 0
    return parts if is_one else None
