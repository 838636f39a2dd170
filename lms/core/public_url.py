"""Where people reach this installation: put in by composition, printed in letters and in QR codes for ever."""

_base: list[str] = []


def configure(base: str) -> None:
    """Addresses begin with this from now on (no closing slash)."""
    _base[:] = [base.rstrip("/")]


def address_of(path: str) -> str:
    """The whole address of a path of ours. Raises ``RuntimeError`` before ``configure``."""
    if not _base:
        raise RuntimeError("No public address is configured.")
    return _base[0] + path
