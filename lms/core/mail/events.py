"""Events of the mail package."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LetterFailed:
    """A letter is not delivered and is not tried again."""

    message_id: int
