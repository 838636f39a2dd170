"""Notes on an imported document as the preview shows them: each cause once, with the places where it shows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from courses.importing.causes import Cause, group_by_cause
from courses.importing.model import ImportedNote
from lms.core.i18n import _


@dataclass(frozen=True, slots=True)
class ShownCause:
    """The note at the most exact place, and further places, each with the columns in which the difference shows."""

    note: ImportedNote
    others: tuple[str, ...] = ()


def shown_causes(notes: Sequence[ImportedNote]) -> list[ShownCause]:
    """Returns the causes of the notes, in their order."""
    return [ShownCause(cause.first, tuple(_places(cause))) for cause in group_by_cause(notes)]


def _places(cause: Cause) -> list[str]:
    """Returns the further places, each once; columns of hours stand in brackets."""
    columns: dict[str, list[str]] = defaultdict(list)
    for note in cause.others:
        columns[note.where.message] += [_column(note)] if note.difference is not None else []
    own = cause.first.where.message if cause.first.difference is not None else ""
    named = {place: ", ".join(dict.fromkeys(filter(None, found))) for place, found in columns.items()}
    return [f"{place} ({found})" if found else place for place, found in named.items() if place != own or found]


def _column(note: ImportedNote) -> str:
    if note.kind:
        return note.kind
    return "" if note.where.code == "place_workload" else _("Total")
