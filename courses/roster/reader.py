"""Reads a roster of trainees from .xlsx: its people, with problems and warnings by row. Saves nothing."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import BinaryIO, Final

from courses.roster.duplicates import mark_duplicates
from courses.roster.headings import Field, RosterLayout, field_of_heading, find_layout
from courses.roster.model import Note, Roster, SkippedRow
from courses.roster.people import looks_like_full_name
from courses.roster.rows import RowReader
from courses.roster.sheets import Sheet, SheetRow, read_sheets
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
        return Roster(problems=(Note(None, "", ErrorDetail(error.code, params=error.params)),))
    read = [(sheet, _Reading(sheet, layout, today).roster()) for sheet in sheets if (layout := find_layout(sheet))]
    if not read:
        return Roster(problems=(Note(None, "", ErrorDetail("roster_not_found")),))
    visible = [roster for sheet, roster in read if not sheet.hidden] or [roster for _sheet, roster in read]
    best = max(visible, key=lambda roster: len(roster.rows))
    if not best.rows:
        return replace(best, problems=(Note(None, "", ErrorDetail("roster_without_people")),))
    return replace(best, warnings=(*best.warnings, *_other_lists(best, visible)))


def _sheets(stream: BinaryIO, filename: str) -> list[Sheet]:
    if kind_of_name(filename) != "xlsx":
        raise UnreadableDocument(code="roster_not_workbook")
    return read_sheets(Package(read_bytes(stream), "xlsx"))


def _other_lists(best: Roster, read: Sequence[Roster]) -> list[Note]:
    others = [roster.sheet for roster in read if roster is not best and roster.rows]
    return [
        Note(None, "", ErrorDetail("roster_on_other_sheet", params={"sheet": name, "read": best.sheet}))
        for name in others
    ]


class _Reading:
    """Reads one sheet of a known layout."""

    def __init__(self, sheet: Sheet, layout: RosterLayout, today: date | None) -> None:
        self.sheet = sheet
        self.layout = layout
        self.reader = RowReader(layout, today)
        self.passed_over: list[SkippedRow] = []
        self.said: int | None = None

    def roster(self) -> Roster:
        """Returns the rows with their problems, and warnings about the roster."""
        people = [row for row in self.sheet.rows[self.layout.start :] if self._is_person(row)]
        rows = [self.reader.person(row) for row in people[:MOST_PEOPLE]]
        return Roster(
            rows=tuple(mark_duplicates(rows, self.reader.heading)),
            warnings=tuple(self._warnings(len(people))),
            sheet=self.sheet.name,
            columns={name: self.reader.heading_of(column) for name, column in self.layout.columns.items()},
            unused=self._unused(),
            passed_over=tuple(self.passed_over),
        )

    def _unused(self) -> tuple[str, ...]:
        taken = set(self.layout.columns.values())
        left = [text for column, text in sorted(self.layout.headings.items()) if column not in taken]
        return tuple(text for text in left if not _NUMBERING.fullmatch(fold(text)))

    def _is_person(self, row: SheetRow) -> bool:
        """Returns whether the row is a person and not a total, a signature, a repeated heading or a line of column
        numbers.
        """
        name, texts = self.reader.name_text(row), row.texts
        if any(_FOOTER.search(text) for text in texts[:2]) and not looks_like_full_name(name):
            self._note_count(texts)
            return self._pass_over(row)
        if (name and field_of_heading(name)) or _counts_columns(texts):
            return False
        is_lone = len(texts) == 1 and len(self.layout.columns) > 1 and not looks_like_full_name(name)
        if is_lone or not (name or any(row.text(column) for column in self._telling_columns())):
            return self._pass_over(row)
        return True

    def _telling_columns(self) -> list[int]:
        """Returns columns that are filled only in rows of people."""
        names: tuple[Field, ...] = ("given_name", "given_and_patronymic", "email", "snils", "birth_date", "phone")
        return [self.layout.columns[name] for name in names if name in self.layout.columns]

    def _pass_over(self, row: SheetRow) -> bool:
        self.passed_over.append(SkippedRow(row.number, " · ".join(row.texts)[:200]))
        return False

    def _note_count(self, texts: list[str]) -> None:
        found = _COUNT.search(" ".join(texts))
        if found:
            self.said = int(found[1])

    def _warnings(self, count: int) -> list[Note]:
        found: list[ErrorDetail] = []
        if self.layout.guessed:
            found.append(ErrorDetail("roster_headings_missing"))
        if self.said is not None and self.said != count:
            found.append(ErrorDetail("roster_count_differs", params={"said": self.said, "count": count}))
        if count > MOST_PEOPLE or self.sheet.cut:
            found.append(ErrorDetail("roster_too_long", params={"most": min(count, MOST_PEOPLE)}))
        return [Note(None, "", detail) for detail in found]


def _counts_columns(texts: list[str]) -> bool:
    """Returns whether the texts are the line of numbers 1, 2, 3… under the headings."""
    return len(texts) > 2 and texts == [str(number) for number in range(1, len(texts) + 1)]
