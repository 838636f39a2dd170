"""What happens in this domain that others may want to know, in the same transaction."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ResultChanged:
    """A result of these trainees changed, or how far they are with what is checked: an attempt, a work, the rule."""

    enrolment_ids: tuple[int, ...]
    at: datetime
