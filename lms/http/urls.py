"""Checks of addresses that come from outside."""

from urllib.parse import urlsplit

from flask import request, url_for


def is_safe_path(path: str | None) -> bool:
    """Returns whether it is a path on this site and in this launch, without scheme, host or backslash tricks."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc and _is_of_this_launch(path)


def _is_of_this_launch(path: str) -> bool:
    """Returns whether the path stays inside the launch: other pages of ours cannot be shown in the platform's frame."""
    prefix = request.script_root
    return not prefix or path.startswith(f"{prefix}/")


def safe_path(path: str | None) -> str:
    """Returns the path if it is safe, else the path of the home page."""
    return path if path and is_safe_path(path) else url_for("home.index")
