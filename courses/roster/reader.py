"""Reads a roster of trainees from .xlsx or a text: its people, with problems and warnings by row. Saves nothing."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import BinaryIO, Final

from courses.roster.duplicates import mark_duplicates
from courses.roster.headings import Field, RosterLayout, field_of_heading, find_layouts
from courses.roster.model import Note, Roster, RosterRow, SkippedRow
from courses.roster.people import school_name
from courses.roster.rows import RowReader
from courses.roster.several_people import looks_like_person
from courses.roster.sheets import Sheet, SheetRow, read_sheets
from courses.roster.text_tables import ENDINGS, read_text_table
from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.ooxml_package import Package, kind_of_name, read_bytes
from lms.core.people.names import fold
from lms.core.sentences import ErrorDetail

MOST_PEOPLE: Final = 1_000
_FOOTER: Final = re.compile(
    r"^\W*(?:всего|итого|total|руководител|директор|ответственн|исполнител|исп\.|подпис|дата\b|м\.\s?п|согласован|"
    r"утвержда|примечани|приложени|методист|заведующ)|_{4,}|\*\)",
    re.IGNORECASE,
)
_COUNT: Final = re.compile(r"(?:всего|итого|total)\D{0,40}?([0-9]{1,4})\b", re.IGNORECASE)
_NUMBERING: Final = re.compile(r"(?:№|no?)?+\W*+(?:п\W*+п)?+\W*+(?:номер)?+\W*+")


def read_roster(stream: BinaryIO, filename: str, *, today: date | None = None) -> Roster:
    """Returns the roster in the file. ``today`` limits birth dates. Errors in the file become ``problems`` and are
    never raised.
    """
    try:
        sheets = _sheets(stream, filename)
    except UnreadableDocument as error:
        return Roster(problems=(Note(None, "", _refusal(error)),))
    read = [(sheet, _Reading(sheet, layouts, today).roster()) for sheet in sheets if (layouts := find_layouts(sheet))]
    if not read:
        return Roster(problems=(Note(None, "", ErrorDetail("roster_not_found")),))
    visible = [roster for sheet, roster in read if not sheet.hidden] or [roster for _sheet, roster in read]
    best = max(visible, key=lambda roster: len(roster.rows))
    if not best.rows:
        return replace(best, problems=(Note(None, "", ErrorDetail("roster_without_people")),))
    return replace(best, warnings=(*best.warnings, *_other_lists(best, visible)))


def _refusal(error: UnreadableDocument) -> ErrorDetail:
    if error.code == "document_too_long":
        return ErrorDetail("roster_file_too_long")
    return ErrorDetail(error.code, params=error.params)


def demand_roster_name(filename: str) -> None:
    """Raises ``UnreadableDocument`` for a name of a type that holds no roster."""
    if not filename.lower().endswith(ENDINGS) and kind_of_name(filename) != "xlsx":
        raise UnreadableDocument(code="roster_not_workbook")


def _sheets(stream: BinaryIO, filename: str) -> list[Sheet]:
    demand_roster_name(filename)
    if filename.lower().endswith(ENDINGS):
        return [read_text_table(read_bytes(stream))]
    return read_sheets(Package(read_bytes(stream), "xlsx"))


def _other_lists(best: Roster, read: Sequence[Roster]) -> list[Note]:
    others = [roster.sheet for roster in read if roster is not best and roster.rows]
    return [
        Note(None, "", ErrorDetail("roster_on_other_sheet", params={"sheet": name, "read": best.sheet}))
        for name in others
    ]


class _Reading:
    """Reads one sheet with its tables below each other."""

    def __init__(self, sheet: Sheet, layouts: list[RosterLayout], today: date | None) -> None:
        self.sheet = sheet
        self.readers = [RowReader(layout, today) for layout in layouts]
        self.reader = self.readers[0]
        self.rows: list[RosterRow] = []
        self.by_row: dict[int, RowReader] = {}
        """The reader of each person by the row's number."""
        self.school = ""
        self.passed_over: list[SkippedRow] = []
        self.said: list[int] = []

    def roster(self) -> Roster:
        """Returns the rows with their problems, and warnings about the roster."""
        for reader in self.readers:
            self.reader = reader
            self._read_table(reader.layout)
        rows = self.rows[:MOST_PEOPLE]
        return Roster(
            rows=tuple(mark_duplicates(rows, lambda row, name: self.by_row[row.row_number].heading(name))),
            warnings=tuple(self._warnings(len(self.by_row))),
            sheet=self.sheet.name,
            columns=self._columns(),
            unused=tuple(dict.fromkeys(text for reader in self.readers for text in _unused(reader.layout))),
            passed_over=tuple(self.passed_over),
        )

    def _read_table(self, layout: RosterLayout) -> None:
        self.school = self._school_above(layout)
        for row in self.sheet.rows[layout.start : layout.end]:
            if school := self._school(row):
                self.school = school
            elif self._is_person(row):
                self.by_row[row.number] = self.reader
                if len(self.rows) < MOST_PEOPLE:
                    self.rows.append(self.reader.person(row, self.school))

    def _school_above(self, layout: RosterLayout) -> str:
        """Returns the school between two tables. The first table's letterhead may be that of the site."""
        if layout is self.readers[0].layout:
            is_pattern = len(self.readers) > 1 and self._school_above(self.readers[1].layout)
            if not is_pattern:
                return ""
        return self._school(self.sheet.rows[layout.first - 1]) if layout.first else ""

    def _school(self, row: SheetRow) -> str:
        """Returns the school that stands alone in its row, above its teachers."""
        texts = [text for text in row.texts if not text.isdigit()]
        return school_name(texts[0]) if len(texts) == 1 and not looks_like_person(texts[0]) else ""

    def _columns(self) -> dict[str, str]:
        """Returns the heading of each field, from the first table that has it."""
        found: dict[str, str] = {}
        for reader in self.readers:
            for name, column in reader.layout.columns.items():
                found.setdefault(name, reader.heading_of(column))
        return found

    def _is_person(self, row: SheetRow) -> bool:
        """Returns whether the row is a person and not a total, a signature, a repeated heading or a line of column
        numbers.
        """
        name, texts = self.reader.name_text(row), row.texts
        if any(_FOOTER.search(text) for text in texts[:2]) and not looks_like_person(name):
            self._note_count(texts)
            return self._pass_over(row)
        if (name and field_of_heading(name)) or _counts_columns(texts):
            return False
        is_lone = len(texts) == 1 and len(self.reader.layout.columns) > 1 and not looks_like_person(name)
        if is_lone or not (name or any(row.text(column) for column in self._telling_columns())):
            return self._pass_over(row)
        return True

    def _telling_columns(self) -> list[int]:
        """Returns columns that are filled only in rows of people."""
        names: tuple[Field, ...] = ("given_name", "given_and_patronymic", "email", "snils", "birth_date", "phone")
        columns = self.reader.layout.columns
        return [columns[name] for name in names if name in columns]

    def _pass_over(self, row: SheetRow) -> bool:
        self.passed_over.append(SkippedRow(row.number, " · ".join(row.texts)[:200]))
        return False

    def _note_count(self, texts: list[str]) -> None:
        found = _COUNT.search(" ".join(texts))
        if found:
            self.said.append(int(found[1]))

    def _warnings(self, count: int) -> list[Note]:
        found: list[ErrorDetail] = []
        if self.reader.layout.guessed:
            found.append(ErrorDetail("roster_headings_missing"))
        if self.said and count not in {self.said[-1], sum(self.said)}:
            found.append(ErrorDetail("roster_count_differs", params={"said": self.said[-1], "count": count}))
        if count > MOST_PEOPLE or self.sheet.cut:
            found.append(ErrorDetail("roster_too_long", params={"most": min(count, MOST_PEOPLE)}))
        return [Note(None, "", detail) for detail in found]


def _unused(layout: RosterLayout) -> list[str]:
    """Returns the headings of columns that no field was found for."""
    taken = set(layout.columns.values())
    left = [text for column, text in sorted(layout.headings.items()) if column not in taken]
    return [text for text in left if not _NUMBERING.fullmatch(fold(text))]


def _counts_columns(texts: list[str]) -> bool:
    """Returns whether the texts are the line of numbers 1, 2, 3… under the headings."""
    return len(texts) > 2 and texts == [str(number) for number in range(1, len(texts) + 1)]
