"""Addresses that come from outside."""

from urllib.parse import urlsplit

from flask import request, url_for


def is_safe_path(path: str | None) -> bool:
    """Whether it is a path on this very site (and in this very launch): no scheme, no host, no backslash tricks."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc and _is_of_this_launch(path)


def _is_of_this_launch(path: str) -> bool:
    """Inside a launch nothing leads out of it: other pages of ours cannot stand in the platform's frame."""
    prefix = request.script_root
    return not prefix or path.startswith(f"{prefix}/")


def safe_path(path: str | None) -> str:
    """The path to go on to, or home."""
    return path if path and is_safe_path(path) else url_for("home.index")
