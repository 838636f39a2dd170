"""Groups notes by their cause: one wrong number shows in its row, in its section, in the total row and the workload.

Two places have one cause if they differ by the same hours within a section, or if the difference of a sum is that of
its parts. Notes with the same sentence are one cause as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from courses.importing.model import ImportedNote

OF_TOPIC: Final = "plan_row_total_differs"
"""Code of a topic's own difference, which no other topic causes."""


@dataclass
class Cause:
    """The note at the most exact place, and further notes that have the same cause."""

    first: ImportedNote
    others: list[ImportedNote] = field(default_factory=list)

    @property
    def notes(self) -> Iterator[ImportedNote]:
        """Yields all notes."""
        yield self.first
        yield from self.others


def group_by_cause(notes: Sequence[ImportedNote]) -> list[Cause]:
    """Returns the causes in the order of their first notes. Notes on rows precede those on the sums over them."""
    found: list[Cause] = []
    for note in notes:
        cause = _same_sentence(found, note) if note.difference is None else _explaining(found, note, note.difference)
        if cause is None:
            found.append(Cause(note))
        else:
            cause.others.append(note)
    return found


def _same_sentence(found: Sequence[Cause], note: ImportedNote) -> Cause | None:
    return next((cause for cause in found if cause.first.detail == note.detail), None)


def _explaining(found: Sequence[Cause], note: ImportedNote, difference: Decimal) -> Cause | None:
    """Returns the cause of a difference: in the same section, or in any section for the sums over all of them."""
    if note.detail.code == OF_TOPIC:
        return None
    near = [cause for cause in found if cause.first.difference is not None and _may_explain(cause, note)]
    alike = [cause for cause in near if cause.first.difference == difference]
    if len(alike) == 1:
        return alike[0]
    is_sum = sum((cause.first.difference or Decimal(0) for cause in near), Decimal(0)) == difference
    return near[0] if near and is_sum else None


def _may_explain(cause: Cause, note: ImportedNote) -> bool:
    """Returns whether a sum has the cause's numbers among its parts."""
    if note.section and cause.first.section != note.section:
        return False
    return note.kind is None or _differs_in(cause, note.kind)


def _differs_in(cause: Cause, kind: str) -> bool:
    """Returns whether a difference in this column has the cause; one that shows in totals only may be in any column."""
    kinds = {note.kind for note in cause.notes if note.kind is not None}
    return kind in kinds or not kinds
