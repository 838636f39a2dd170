"""An attempt as the worker has graded it, for events."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class GradedAttempt:
    """An attempt that the worker graded: its state before and now."""

    id: int
    before: str
    state: str
    percent: Decimal | None
    """None if no points could be earned."""

    @property
    def waits(self) -> bool:
        """True if its free answers wait for a person from now on."""
        return self.state == "needs_person" and self.before != "needs_person"

    @property
    def was_read(self) -> bool:
        """True if the last of its free answers was read now."""
        return self.before == "needs_person" and self.state == "graded"

    @property
    def is_below(self) -> bool:
        """True for a final result of less than all points."""
        return self.state == "graded" and self.percent is not None and self.percent < 100
