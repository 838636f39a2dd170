"""Events of this domain, published in the same transaction."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ResultChanged:
    """A result or the progress of these trainees changed: an attempt, a work or the completion rule."""

    enrolment_ids: tuple[int, ...]
    at: datetime
