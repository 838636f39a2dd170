"""Addresses that come from outside."""

from urllib.parse import urlsplit

from flask import url_for


def is_safe_path(path: str | None) -> bool:
    """Whether it is a path on this very site: no scheme, no host, no backslash tricks."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc


def safe_path(path: str | None) -> str:
    """The path to go on to, or home."""
    return path if path and is_safe_path(path) else url_for("home.index")
