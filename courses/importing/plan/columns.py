"""Roles of a thematic plan's columns, found by their headings and by the values below."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from courses.importing.document import Row, Table
from courses.importing.numbers import HourText, parse_number
from courses.importing.plan.header import Header, find_header
from courses.importing.plan.hour_values import HourValues
from courses.importing.plan.vocabulary import (
    CONTROL_HEADING,
    FORM_HEADING,
    HOURS_GROUP,
    KIND_WORD,
    NOT_HOURS,
    NUMBER_HEADING,
    SECTION_HEADING,
    SUBTOTAL_HEADING,
    TOPIC_HEADING,
    TOTAL_HEADING,
    WEEK_GROUP,
    kind_name,
    title_rank,
)
from lms.core.sentences import ErrorDetail


@dataclass(frozen=True)
class KindColumn:
    """The column of a kind of hours, and the index of its number in cells with several («2/4»)."""

    column: int
    name: str
    part: int | None = None


@dataclass(frozen=True)
class Columns:
    """The roles of a plan's columns."""

    title: int
    number: int | None = None
    section: int | None = None
    """A column of section names beside the column of topics."""
    total: int | None = None
    kinds: tuple[KindColumn, ...] = ()
    form: int | None = None
    controls: tuple[int, ...] = ()
    unused: tuple[str, ...] = ()
    """Headings of columns without a role."""
    says_topics_only: bool = False
    """True if the heading names topics but neither sections nor modules."""

    @property
    def hours(self) -> tuple[int, ...]:
        """All columns that hold hours."""
        found = {kind.column for kind in self.kinds}
        return tuple(sorted(found | ({self.total} if self.total is not None else set())))


@dataclass(frozen=True)
class _Stats:
    """Counts of the values below a heading."""

    numbers: int
    texts: int
    sum: Decimal
    split: int
    """Number of cells with two or more numbers: «2/4»."""
    numbering: int = 0
    times: int = 0
    """Number of cells such as «9:00»."""
    length: int = 0

    @property
    def is_numeric(self) -> bool:
        return self.numbers > 0 and self.numbers >= 2 * self.texts

    @property
    def is_empty(self) -> bool:
        return self.numbers == self.texts == 0


@dataclass(frozen=True)
class PlanHeading:
    """The heading of a plan with the roles of its columns, which is None if they are no columns of a plan."""

    header: Header
    columns: Columns | None


def find_heading(table: Table, since: int = 0) -> PlanHeading | None:
    """Returns the first heading from row ``since`` on; None if there is none."""
    header = find_header(table, since)
    return PlanHeading(header, assign_columns(table, header)) if header else None


def assign_columns(table: Table, header: Header) -> Columns | None:
    """Returns the roles; None if there is no column of titles or none of hours."""
    return _Assignment(table, header).columns()


class _Assignment:
    """Finds roles one after another; each column gets at most one."""

    def __init__(self, table: Table, header: Header) -> None:
        self._header = header
        self._free = list(range(table.width))
        body = table.rows[header.end :]
        self._values = HourValues(body)
        self._stats = {c: _stats(body, c, self._values.column(c)) for c in self._free}
        self._leaf = {c: header.leaf(c) for c in self._free}

    def columns(self) -> Columns | None:
        number = self._take_number()
        section, title = self._take_titles(number)
        if title is None:
            return None
        if number is None:
            number = self._numbers_without_heading(title)
        controls = self._take_texts(CONTROL_HEADING)
        form = self._take_form()
        numeric = [c for c in self._free if self._is_hours(c)]
        total = self._total(numeric)
        kinds = self._kinds(total, [c for c in numeric if c != total])
        if not numeric:
            return None
        if not kinds and total is not None:
            kinds = (KindColumn(total, kind_name(self._leaf[total]) or _unnamed_kind()),)
        used = {number, section, title, total, form, *controls, *(k.column for k in kinds)}
        unused = tuple(t for c, t in self._leaf.items() if c not in used and t and not self._stats[c].is_empty)
        topics_only = bool(TOPIC_HEADING.search(self._leaf[title])) and not SECTION_HEADING.search(self._leaf[title])
        return Columns(title, number, section, total, kinds, form, controls, unused, topics_only)

    def _take(self, column: int | None) -> int | None:
        if column is not None:
            self._free.remove(column)
        return column

    def _take_number(self) -> int | None:
        found = (c for c in self._free if NUMBER_HEADING.search(self._leaf[c]) and not self._is_wordy(c))
        return self._take(next(found, None))

    def _is_wordy(self, column: int) -> bool:
        """Returns whether most texts of the column are more than a row's number."""
        stats = self._stats[column]
        return stats.texts + stats.numbers > 0 and stats.numbering * 2 < stats.texts + stats.numbers

    def _take_titles(self, number: int | None) -> tuple[int | None, int | None]:
        """Takes the column of sections, if there is a separate one, and the column of titles."""
        ranked = [c for c in self._free if title_rank(self._header.full(c)) and not self._stats[c].is_numeric]
        ranked = [c for c in ranked if not CONTROL_HEADING.search(self._leaf[c])] or ranked
        best = max(ranked, key=lambda c: (title_rank(self._header.full(c)), -c), default=None)
        if best is None:
            best = self._widest()
        section = self._section_beside(ranked, best)
        if section is not None and best is not None and section > best:
            section, best = best, section
        self._take(section)
        return section, self._take(best)

    def _section_beside(self, ranked: list[int], best: int | None) -> int | None:
        """Returns a second column of names: «Модуль» beside «Тема»."""
        for column in ranked:
            if column == best or best is None or self._stats[column].texts == 0:
                continue
            names = {column: self._leaf[column], best: self._leaf[best]}
            sections = [
                c for c, name in names.items() if SECTION_HEADING.search(name) and not TOPIC_HEADING.search(name)
            ]
            topics = [c for c, name in names.items() if TOPIC_HEADING.search(name) and not SECTION_HEADING.search(name)]
            if len(sections) == len(topics) == 1 and sections[0] < topics[0]:
                return column
        return None

    def _widest(self) -> int | None:
        """Returns the column of longest texts before the first hours; used if no heading names titles."""
        first = next((c for c in self._free if self._stats[c].is_numeric and self._is_named_hours(c)), None)
        before = [c for c in self._free if first is not None and c < first and self._stats[c].texts > 0]
        return max(before, key=lambda c: self._stats[c].length, default=None)

    def _is_named_hours(self, column: int) -> bool:
        full = self._header.full(column)
        return bool(HOURS_GROUP.search(full) or KIND_WORD.search(full) or TOTAL_HEADING.search(self._leaf[column]))

    def _numbers_without_heading(self, title: int) -> int | None:
        """Takes a column before the titles that holds only row numbers, whatever its heading."""
        for column in [c for c in self._free if c < title]:
            stats = self._stats[column]
            if not stats.is_empty and not self._is_wordy(column) and not self._is_named_hours(column):
                return self._take(column)
        return None

    def _take_texts(self, heading: re.Pattern[str]) -> tuple[int, ...]:
        """Takes columns of words under such a heading; a column of numbers under it holds hours."""
        found = [c for c in self._free if heading.search(self._leaf[c]) or heading.search(self._header.full(c))]
        by_leaf = [c for c in found if heading.search(self._leaf[c])] or found
        columns = [c for c in by_leaf if not self._stats[c].is_numeric and not self._is_empty_kind(c)]
        for column in columns:
            self._take(column)
        return tuple(columns)

    def _is_empty_kind(self, column: int) -> bool:
        """Returns whether the column is an empty one among the hours, such as «Контроль» that no topic uses."""
        in_group = len(self._header.path(column)) > 1 and HOURS_GROUP.search(self._header.path(column)[0])
        return self._stats[column].is_empty and bool(in_group)

    def _take_form(self) -> int | None:
        found = self._take_texts(FORM_HEADING)
        filled = [c for c in found if not self._stats[c].is_empty]
        return next(iter(filled or found), None)

    def _is_hours(self, column: int) -> bool:
        stats, full = self._stats[column], self._header.full(column)
        if NOT_HOURS.search(self._leaf[column]) or WEEK_GROUP.search(full):
            return False
        if stats.times and not self._is_named_hours(column):
            return False
        if stats.is_numeric:
            return True
        return self._is_named_hours(column) and (stats.is_empty or stats.numbers > stats.texts) and bool(full)

    def _total(self, numeric: list[int]) -> int | None:
        """Returns the column of totals: by its name (the largest sum, if there are several), else by adding up."""
        named = [c for c in numeric if TOTAL_HEADING.search(self._leaf[c]) and not KIND_WORD.search(self._leaf[c])]
        whole = [c for c in named if not SUBTOTAL_HEADING.search(self._header.full(c))]
        named = whole or [c for c in named if self._values.adds_up(c, [d for d in numeric if d != c])]
        if named:
            return max(named, key=lambda c: (self._stats[c].sum, -c))
        return self._values.first_total(numeric) if len(numeric) > 2 else None

    def _kinds(self, total: int | None, columns: list[int]) -> tuple[KindColumn, ...]:
        """Returns the columns of kinds without those that repeat others («всего аудиторных», «из них дистанционно»)."""
        if total is not None:
            columns = self._values.without_repeats(total, columns, self._subtotals(columns))
        elif len(columns) > 1:
            columns = [c for c in columns if not TOTAL_HEADING.search(self._leaf[c])] or columns
        names = [kind_name(self._leaf[c]) for c in columns]
        kinds = []
        for column, leaf in zip(columns, names, strict=True):
            unclear = names.count(leaf) > 1 or not leaf
            parent = kind_name(self._header.parent(column)) if unclear else ""
            kinds += self._split_kind(column, ": ".join(filter(None, (parent, leaf))) or _unnamed_kind())
        return _with_unique_names(kinds)

    def _subtotals(self, columns: list[int]) -> list[int]:
        """Returns the columns whose heading names a sum of other columns."""
        return [
            c for c in columns if SUBTOTAL_HEADING.search(self._header.full(c)) or TOTAL_HEADING.search(self._leaf[c])
        ]

    def _split_kind(self, column: int, name: str) -> list[KindColumn]:
        """Splits «Лекции/практика» with cells «2/4» into two kinds."""
        parts = [part.strip() for part in re.split(r"\s*[/\\|]\s*", name)]
        stats = self._stats[column]
        if len(parts) > 1 and stats.split and stats.split * 2 >= stats.numbers and all(parts):
            return [KindColumn(column, part[:1].upper() + part[1:], i) for i, part in enumerate(parts)]
        return [KindColumn(column, name)]


def _unnamed_kind() -> str:
    """Returns the name of a column of hours whose heading gives none."""
    return ErrorDetail("hour_kind_unnamed").message


def _spans(row: Row, column: int) -> bool:
    """Returns whether the cell is merged with the next one, so that it tells nothing about its own column."""
    return column + 1 < len(row.cells) and row.cells[column + 1].continuation == "row"


def _with_unique_names(kinds: list[KindColumn]) -> tuple[KindColumn, ...]:
    """Makes the names of kinds unique."""
    seen: dict[str, int] = {}
    unlike = []
    for kind in kinds:
        seen[kind.name] = seen.get(kind.name, 0) + 1
        again = seen[kind.name]
        unlike.append(kind if again == 1 else replace(kind, name=f"{kind.name} ({again})"))
    return tuple(unlike)


def _stats(body: tuple[Row, ...], column: int, hours: list[HourText]) -> _Stats:
    texts = [row.cells[column].text for row in body]
    own = [(text, hour) for row, text, hour in zip(body, texts, hours, strict=True) if not _spans(row, column)]
    said = [(text, hour) for text, hour in own if not hour.is_blank]
    clear = [hour for _text, hour in said if hour.is_clear]
    return _Stats(
        numbers=len(clear),
        texts=len(said) - len(clear),
        sum=sum((hour.value for hour in clear), Decimal(0)),
        split=sum(1 for hour in clear if hour.parts),
        times=sum(1 for hour in clear if hour.is_time),
        numbering=sum(1 for text, _hour in said if text.isdigit() or parse_number(text)),
        length=sum(len(text) for text, _hour in own),
    )
