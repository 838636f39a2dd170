"""The badge of a state, drawn by the template macro ``state``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Badge:
    """Kind (colour), icon and word of a state."""

    kind: str
    icon: str
    word: str
