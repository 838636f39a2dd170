"""Converts a row of the sheet to a person, with problems by column."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from courses.importing.formulas import column_letters
from courses.roster import cell_values
from courses.roster.headings import Field, RosterLayout
from courses.roster.model import Note, RosterRow
from courses.roster.people import (
    NameParts,
    name_case,
    replace_latin_lookalikes,
    split_full_name,
)
from courses.roster.several_people import first_person, has_several_words, names_several_people
from courses.roster.sheets import SheetRow
from lms.core.people.names import clean_line, looks_like_name
from lms.core.sentences import ErrorDetail

LONGEST_LINE: Final = 500
_NOTHING: Final = frozenset({"-", "–", "—", "нет"})


@dataclass(slots=True)
class _Draft:
    """A row while it is read: its values, problems and warnings."""

    row: SheetRow
    fields: dict[str, Any] = field(default_factory=dict)
    problems: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)

    def finished(self) -> RosterRow:
        return RosterRow(self.row.number, **self.fields, problems=tuple(self.problems), warnings=tuple(self.warnings))


class RowReader:
    """Reads rows of one layout. ``today`` limits birth dates."""

    def __init__(self, layout: RosterLayout, today: date | None) -> None:
        self.layout = layout
        self.today = today

    def heading(self, name: Field) -> str:
        """Returns the column's heading in the file, for parts of a name that of the full name; a column letter if
        there are no headings.
        """
        columns = self.layout.columns
        return self.heading_of(columns.get(name, columns.get("full_name", columns.get("surname", 0))))

    def heading_of(self, column: int) -> str:
        return self.layout.headings.get(column) or column_letters(column)

    def name_text(self, row: SheetRow) -> str:
        """Returns the full name as typed, or the surname if there is no full name."""
        return " ".join(filter(None, (row.text(column) for column in self._name_columns(row))))

    def _name_columns(self, row: SheetRow) -> tuple[int, ...]:
        """Returns the columns of the full name, or that of the surname if the row has no full name."""
        columns = self.layout.columns
        whole = (columns["full_name"], *self.layout.extra_name_columns) if "full_name" in columns else ()
        if "surname" in columns and not any(row.text(column) for column in whole):
            return (columns["surname"],)
        return whole

    def person(self, row: SheetRow, school: str = "") -> RosterRow:
        """Returns the person of this row. ``school``: the workplace that a row above names for all below it."""
        draft = _Draft(row)
        self._read_name(draft)
        self._read(draft, "email", cell_values.parse_email)
        self._read(draft, "phone", cell_values.parse_phone)
        self._read(draft, "snils", cell_values.parse_snils)
        self._read(draft, "birth_date", lambda value: cell_values.parse_birth_date(value, self.today))
        self._read_work(draft)
        draft.fields["workplace"] = draft.fields["workplace"] or school[:LONGEST_LINE]
        if row.hidden:
            draft.warnings.append(Note(row.number, "", ErrorDetail("roster_row_hidden")))
        return draft.finished()

    def _read(self, draft: _Draft, name: Field, read: Callable[[Any], cell_values.ParsedValue[Any]]) -> None:
        column = self.layout.columns.get(name)
        if column is None or column not in draft.row.values:
            return
        found = read(draft.row.values[column])
        draft.fields[name] = found.value
        if found.warning:
            draft.warnings.append(Note(draft.row.number, self.heading(name), found.warning))
        if found.problem:
            draft.problems.append(Note(draft.row.number, self.heading(name), found.problem))

    def _read_work(self, draft: _Draft) -> None:
        """Reads position and workplace; in a shared column the workplace is the text before the first comma."""
        columns = self.layout.columns
        if "workplace_and_position" in columns:
            both = draft.row.text(columns["workplace_and_position"])
            workplace, _comma, position = both.partition(",")
            draft.fields |= {"workplace": workplace.strip(), "position": position.strip()}
        if "position" in columns:
            draft.fields["position"] = draft.row.text(columns["position"])
        if "workplace" in columns:
            draft.fields["workplace"] = draft.row.text(columns["workplace"])
        for name in ("position", "workplace"):
            draft.fields[name] = draft.fields.get(name, "")[:LONGEST_LINE]

    def _read_name(self, draft: _Draft) -> None:
        lines = self._name_lines(draft.row)
        several = names_several_people(lines)
        parts = self._parts(draft.row, first_person(lines) if several else self.name_text(draft.row))
        named: tuple[tuple[Field, str], ...] = (
            ("surname", parts.surname),
            ("given_name", parts.given_name),
            ("patronymic", parts.patronymic),
        )
        draft.fields |= dict(named)
        draft.problems += self._name_problems(draft.row.number, named)
        if several or self._names_several_apart(draft.row):
            detail = ErrorDetail("roster_several_people")
            draft.problems.append(Note(draft.row.number, self.heading("full_name"), detail))
        if parts.remark:
            detail = ErrorDetail("roster_remark_left_out", params={"text": parts.remark[:80]})
            draft.warnings.append(Note(draft.row.number, self.heading("full_name"), detail))
        said = [
            (parts.unsure, ErrorDetail("roster_name_divided_unsurely")),
            (parts.mended, ErrorDetail("roster_latin_letters_replaced")),
            (parts.initials_only, ErrorDetail("roster_initials_only")),
        ]
        heading = self.heading("given_name")
        draft.warnings += [Note(draft.row.number, heading, detail) for is_so, detail in said if is_so]

    def _name_problems(self, number: int, named: tuple[tuple[Field, str], ...]) -> list[Note]:
        found = [
            Note(number, self.heading(name), ErrorDetail("roster_name_malformed", params={"text": part[:60]}))
            for name, part in named
            if part and not looks_like_name(part)
        ]
        parts = dict(named)
        if not parts["surname"]:
            found.append(Note(number, self.heading("surname"), ErrorDetail("roster_surname_missing")))
        elif not parts["given_name"]:
            found.append(Note(number, self.heading("given_name"), ErrorDetail("roster_given_name_missing")))
        return found

    def _names_several_apart(self, row: SheetRow) -> bool:
        """Returns whether surnames or given names of several people stand in the columns of these parts."""
        columns = self.layout.columns
        given = columns.get("given_name", columns.get("given_and_patronymic"))
        if "surname" not in columns or given is None:
            return False
        both = (columns["surname"], given)
        return all(len(row.lines(column)) > 1 for column in both) or any(has_several_words(row.text(c)) for c in both)

    def _name_lines(self, row: SheetRow) -> str:
        """Returns the cells of the name with their lines."""
        return "\n".join(line for column in self._name_columns(row) for line in row.lines(column))

    def _parts(self, row: SheetRow, full_name: str) -> NameParts:
        """Returns the name from the columns of its parts, else from the full name, which a formula may have left
        empty.
        """
        columns = self.layout.columns
        has_parts = "surname" in columns and bool({"given_name", "given_and_patronymic"} & set(columns))
        typed = [clean_line(part) for part in self._separate(row)] if has_parts else []
        if not typed or ("full_name" in columns and not (typed[0] and typed[1]) and self.name_text(row)):
            return split_full_name(full_name)
        mended = [replace_latin_lookalikes(part) for part in typed]
        surname, given, patronymic = (name_case(part) for part in mended)
        if surname and not given and " " in surname:
            return split_full_name(surname)
        return NameParts(surname, given, patronymic, mended=mended != typed)

    def _separate(self, row: SheetRow) -> tuple[str, str, str]:
        """Returns the parts of a name from separate columns."""
        columns = self.layout.columns
        patronymic = row.text(columns["patronymic"]) if "patronymic" in columns else ""
        given = row.text(columns.get("given_name", columns.get("given_and_patronymic", 0)))
        if not patronymic and "given_name" not in columns:
            given, _space, patronymic = given.partition(" ")
        return row.text(columns["surname"]), given, "" if patronymic.lower() in _NOTHING else patronymic
