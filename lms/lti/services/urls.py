"""Operations on URLs of a platform's services. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^\s=;,]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s;,\"]+))?)*)")
REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


def within(url: str, part: str) -> str:
    """Returns the URL of a part of the resource: the part is added to the path, before the query.

    ``…/lineitem?type_id=1`` and ``scores`` make ``…/lineitem/scores?type_id=1``, as Moodle requires.
    """
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{part}", parts.query, ""))


def with_query(url: str, **values: str) -> str:
    """Returns the URL with these parameters added; a parameter of the same name is replaced."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in values]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode([*kept, *values.items()]), ""))


def next_page(headers: Mapping[str, str], asked: str) -> str | None:
    """Returns the URL of the next page from the ``Link`` header (RFC 8288).

    None on the last page, and for a URL of another origin, because our token must not be sent there.
    """
    for match in LINK.finditer(headers.get("Link") or ""):
        rel = REL.search(match[2])
        if rel is not None and "next" in (rel[1] or rel[2] or "").lower().split():
            found = urljoin(asked, match[1].strip())
            return found if found != asked and same_origin(found, asked) else None
    return None


def same_origin(one: str, other: str) -> bool:
    """Returns whether both URLs have the same scheme, host and port."""
    try:
        return _origin(one) == _origin(other)
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
