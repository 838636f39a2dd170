"""Finds the columns of a roster: by their headings, or by their content if there are no headings."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Final, Literal

from courses.roster.cell_values import looks_like_email, looks_like_phone, looks_like_snils
from courses.roster.several_people import looks_like_person
from courses.roster.sheets import Sheet, SheetRow, cell_text
from lms.core.people.names import fold

Field = Literal[
    "full_name",
    "surname",
    "given_name",
    "patronymic",
    "given_and_patronymic",
    "email",
    "phone",
    "position",
    "workplace",
    "workplace_and_position",
    "snils",
    "birth_date",
]

LONGEST_HEADING: Final = 120
SEARCHED_ROWS: Final = 60
"""Most rows above the first row of headings."""
COMPARED_ROWS: Final = 200
"""Most rows by whose content columns without headings are recognised."""
MOST_TABLES: Final = 60
"""Most tables below each other on one sheet."""

_OTHERS: Final = re.compile(r"руководител|директор|куратор|ответствен|тьютор|наставник|преподавател[ья] площад")
_WORDS: Final[tuple[tuple[Field, re.Pattern[str]], ...]] = (
    ("email", re.compile(r"e-?\s?mail|почт|эл\.?\s?адрес|электронн\w* адрес|^mail$")),
    ("snils", re.compile(r"снилс|snils|страхово\w* (номер|свидетельств)")),
    ("birth_date", re.compile(r"рожд|^д\.?\s?р\.?$|birth")),
    ("phone", re.compile(r"телефон|^тел\.?$|\bтел\.|моб\w*\.?|phone|^сот\w*\.?$")),
    ("full_name", re.compile(r"\bф\W{0,2}и\W{0,2}о\b|фамили.*им|full name|^name$|^имя,? фамили")),
    ("given_and_patronymic", re.compile(r"им\w{1,3}\W+(и )?отчеств")),
    ("surname", re.compile(r"фамили|surname|last name|family name")),
    ("patronymic", re.compile(r"отчеств|patronymic|middle name")),
    ("given_name", re.compile(r"^имя\b|given name|first name|имя (стаж|слуш|участ|педаг|учит)")),
    (
        "workplace_and_position",
        re.compile(r"(мест\w* работы|организац|учрежден|школ).*должност|должност.*(мест|организ|учр)"),
    ),
    ("position", re.compile(r"должност|position|job title|^кем работает")),
    (
        "workplace",
        re.compile(r"мест\w* работы|организац|учрежден|^школ|\bоо\b|\bоу\b|workplace|employer|school|organi[sz]ation"),
    ),
    ("full_name", re.compile(r"^(стаж[её]р|слушател|участник|педагог|учител|обучающ|работник|сотрудник)\w*$")),
)
_NAME_WORDS: Final = re.compile(
    r"\bф\W{0,2}и\W{0,2}о\b|фамили|name|стаж|слушател|участник|педагог|учител|обучающ|работник|сотрудник"
)
"""Words of which a row of headings has one at least; all others need not be looked at cell by cell."""
NAMES: Final[frozenset[Field]] = frozenset({"full_name", "surname"})


@dataclass(slots=True)
class RosterLayout:
    """Position of the roster on its sheet: columns by field, their headings, the first row of people."""

    columns: dict[Field, int] = field(default_factory=dict)
    headings: dict[int, str] = field(default_factory=dict)
    first: int = 0
    """Index of the first row of headings."""
    start: int = 0
    """Index of the first row after the headings."""
    end: int | None = None
    """Index of the row at which the next table begins; None for the last table of the sheet."""
    extra_name_columns: tuple[int, ...] = ()
    """Columns without a heading beside the full name, when its heading is merged over three columns."""
    guessed: bool = False


def field_of_heading(text: str) -> Field | None:
    """Returns the field that a heading names; None for other texts."""
    if len(text) > 2 * LONGEST_HEADING:
        return None
    said = " ".join(fold(text).replace("*", " ").split())
    if not said or len(said) > LONGEST_HEADING or _OTHERS.search(said):
        return None
    return next((name for name, words in _WORDS if words.search(said)), None)


def find_layouts(sheet: Sheet) -> list[RosterLayout]:
    """Returns the layout of each table below each other, by their rows of headings, else a guess by content; empty if
    the sheet has no people.
    """
    tables = _tables(sheet)
    if tables:
        return tables
    guessed = _by_content(sheet)
    return [guessed] if guessed else []


def _tables(sheet: Sheet) -> list[RosterLayout]:
    found: list[RosterLayout] = []
    for index, row in enumerate(sheet.rows):
        if _may_be_headings(sheet, index, row, found) and (layout := _by_headings(sheet, index, row)):
            found.append(layout)
    tables = [layout for layout in found if len(layout.columns) > 1] or found[:1]
    for layout, following in pairwise(tables):
        layout.end = following.first
    return tables


def _may_be_headings(sheet: Sheet, index: int, row: SheetRow, found: list[RosterLayout]) -> bool:
    """Returns whether a row names people in any cell, and no person where the table above it has its names."""
    if not _NAME_WORDS.search(fold(" | ".join(text[:LONGEST_HEADING] for text in row.texts))):
        return False
    if not found:
        return index < SEARCHED_ROWS
    above = found[-1]
    if index < above.start or len(found) == MOST_TABLES or not _is_heading_row(row):
        return False
    return not _holds_person(row, above.columns)


def _holds_person(row: SheetRow, columns: Mapping[Field, int]) -> bool:
    """Returns whether the row has a person's name in the column of names."""
    names = [row.text(columns[name]) for name in NAMES & set(columns)]
    return any(looks_like_person(text) and not field_of_heading(text) for text in names)


def _by_headings(sheet: Sheet, index: int, row: SheetRow) -> RosterLayout | None:
    found = _meanings(row)
    below = sheet.rows[index + 1] if index + 1 < len(sheet.rows) else None
    second = _meanings(below) if below else {}
    two = below is not None and len(second) >= 2 and _is_heading_row(below) and not _holds_person(below, found)
    if two and below is not None:
        found = {name: column for name, column in found.items() if name != "full_name" or "surname" not in second}
        found |= {name: column for name, column in second.items() if name not in found}
    if not NAMES & set(found) or not (len(found) > 1 or _is_lone_heading(row)):
        return None
    rows = [row, below] if two and below is not None else [row]
    headings = {column: one.text(column) for one in rows for column in one.values}
    layout = RosterLayout(found, headings, index, index + len(rows))
    layout.extra_name_columns = _beside_the_name(sheet, layout)
    return layout


def _meanings(row: SheetRow) -> dict[Field, int]:
    """Returns the fields named by the row's cells, each at its first cell."""
    found: dict[Field, int] = {}
    for column in sorted(row.values):
        name = field_of_heading(row.text(column))
        if name:
            found.setdefault(name, column)
    return found


def _is_heading_row(row: SheetRow) -> bool:
    return all(isinstance(value, str) and "@" not in value for value in row.values.values())


def _is_lone_heading(row: SheetRow) -> bool:
    """Returns whether the row is a short heading that stands alone, over a list of names only."""
    return len(row.values) <= 2 and all(len(text) <= 40 for text in row.texts)


def _beside_the_name(sheet: Sheet, layout: RosterLayout) -> tuple[int, ...]:
    """Returns columns after the full name without a heading whose cells hold one word each."""
    column = layout.columns.get("full_name")
    if column is None:
        return ()
    found: list[int] = []
    people = sheet.rows[layout.start : layout.start + 40]
    for beside in (column + 1, column + 2):
        texts = [row.text(beside) for row in people if row.text(column)]
        words = [text for text in texts if text and " " not in text and text.replace("-", "").isalpha()]
        if beside in layout.headings or not texts or len(words) * 2 < len(texts):
            break
        found.append(beside)
    return tuple(found)


def _by_content(sheet: Sheet) -> RosterLayout | None:
    """Finds the column in which most cells are names, and other columns recognisable by their values."""
    rows = sheet.rows[:COMPARED_ROWS]
    columns = sorted({column for row in rows for column in row.values})
    found: dict[Field, int] = {}
    for name, looks in _LOOKS:
        fitting = {column: _share_of_matches(rows, column, looks) for column in columns if column not in found.values()}
        best = max(fitting, key=lambda column: fitting[column], default=None)
        if best is not None and fitting[best] >= 0.6:
            found[name] = best
    return RosterLayout(found, guessed=True) if "full_name" in found else None


def _share_of_matches(rows: Iterable[SheetRow], column: int, looks: Callable[[object], bool]) -> float:
    values = [row.values[column] for row in rows if column in row.values]
    return sum(1 for value in values if looks(value)) / len(values) if len(values) > 1 else 0.0


def _text_looks(looks: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, date) and looks(cell_text(value))  # type: ignore[arg-type]


_LOOKS: Final[tuple[tuple[Field, Callable[[object], bool]], ...]] = (
    ("full_name", _text_looks(looks_like_person)),
    ("email", _text_looks(looks_like_email)),
    ("snils", _text_looks(looks_like_snils)),
    ("phone", _text_looks(looks_like_phone)),
    ("birth_date", lambda value: isinstance(value, date)),
)
