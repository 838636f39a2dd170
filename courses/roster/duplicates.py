"""Comparison of rows with each other: repeated people, namesakes, shared addresses and identity numbers."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from courses.roster.headings import Field
from courses.roster.model import Note, RosterRow
from lms.core.sentences import ErrorDetail

MOST_COMPARED: Final = 50
"""Most namesakes with which a row is compared."""
MOST_NAMED: Final = 10
"""Most rows that a warning names."""
Heading = Callable[[RosterRow, Field], str]


@dataclass(frozen=True, slots=True)
class _Index:
    """Rows by name, identity number and address."""

    named: dict[str, list[RosterRow]]
    numbered: dict[str, list[RosterRow]]
    addressed: dict[str, list[RosterRow]]


def mark_duplicates(rows: list[RosterRow], heading: Heading) -> list[RosterRow]:
    """Returns the rows with problems and warnings about repetitions. ``heading`` gives the heading of a row's
    field in the file.
    """
    index = _Index(
        _by(rows, lambda row: row.folded_name),
        _by(rows, lambda row: row.snils),
        _by(rows, lambda row: row.email),
    )
    return [_with_notes(row, index, heading) for row in rows]


def _by(rows: list[RosterRow], key: Callable[[RosterRow], str]) -> dict[str, list[RosterRow]]:
    found: dict[str, list[RosterRow]] = defaultdict(list)
    for row in rows:
        if key(row):
            found[key(row)].append(row)
    return found


def _with_notes(row: RosterRow, index: _Index, heading: Heading) -> RosterRow:
    namesakes = _above(row, index.named[row.folded_name])[:MOST_COMPARED]
    twin = next((other for other in namesakes if _same(row, other)), None)
    if twin:
        repeated = ErrorDetail("roster_person_repeated", params={"row": twin.row_number})
        return replace(row, problems=(*row.problems, Note(row.row_number, heading(row, "full_name"), repeated)))
    found: list[tuple[Field, ErrorDetail]] = []
    if namesakes:
        found.append(("full_name", ErrorDetail("roster_namesake", params={"row": namesakes[0].row_number})))
    if same_number := _above(row, index.numbered[row.snils]):
        found.append(("snils", ErrorDetail("roster_snils_repeated", params={"row": same_number[0].row_number})))
    if shared := [str(one.row_number) for one in index.addressed[row.email][: MOST_NAMED + 1] if one is not row]:
        found.append(("email", ErrorDetail("roster_email_shared", params={"rows": ", ".join(shared[:MOST_NAMED])})))
    notes = [Note(row.row_number, heading(row, name), detail) for name, detail in found]
    return replace(row, warnings=(*row.warnings, *notes))


def _above(row: RosterRow, others: list[RosterRow]) -> list[RosterRow]:
    return list(takewhile(lambda other: other.row_number < row.row_number, others))


def _same(one: RosterRow, other: RosterRow) -> bool:
    """Returns whether two rows with the same name are one person: no identity number, birth date or address differs."""
    if one.snils and other.snils:
        return one.snils == other.snils
    if one.birth_date and other.birth_date:
        return one.birth_date == other.birth_date
    return not (one.email and other.email and one.email != other.email)
