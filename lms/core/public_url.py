"""The public address of this installation, set by the composition, printed in letters and in QR codes."""

from urllib.parse import urlsplit

_base: list[str] = []


def configure(base: str) -> None:
    """Sets the public address (without a closing slash)."""
    _base[:] = [base.rstrip("/")]


def address_of(path: str) -> str:
    """Returns the full address of a path. Raises ``RuntimeError`` before ``configure``."""
    if not _base:
        raise RuntimeError("No public address is configured.")
    return _base[0] + path


def host() -> str:
    """Returns the host of the public address; empty before ``configure``."""
    return (urlsplit(_base[0]).hostname or "") if _base else ""
