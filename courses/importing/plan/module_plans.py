"""Joins a summary plan with the plans of its modules: «Учебный план», then «УТП модуля 1», «УТП модуля 2»."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final

from courses.importing.document import EMPTY, Cell, Row, Table
from courses.importing.numbers import format_plain
from courses.importing.plan.columns import Columns
from courses.importing.plan.plan_builder import FoundPlan
from courses.importing.plan.table_rows import Line
from courses.importing.sections import fold_title

LEAST_MODULES: Final = 2
MOST_PLANS: Final = 20
"""Most plans of a document that are compared with each other."""
MOST_SUMMARY_ROWS: Final = 60
MODULE_NUMBER: Final = re.compile(r"(?:модул|раздел|дисциплин|блок)\w*\s*(?:№\s*)?(\d{1,2})\b", re.IGNORECASE)
SHORT_KINDS: Final = {"пз": "прак", "ср": "само", "срс": "само", "л": "лекц", "лз": "лабо", "теор": "лекц"}


@dataclass(frozen=True)
class CaptionedPlan:
    """A plan with the text above it."""

    plan: FoundPlan
    caption: str


@dataclass(frozen=True)
class _Read:
    """The lines of one plan's table."""

    columns: Columns
    rows: tuple[Line, ...]
    total: Line | None

    @cached_property
    def sums(self) -> tuple[Decimal, ...]:
        """The hours of each line."""
        return tuple(line.sum() for line in self.rows)

    @cached_property
    def sum(self) -> Decimal:
        """The stated total, else the sum of all lines."""
        if self.total is not None and self.total.has_hours:
            return self.total.sum()
        return sum(self.sums, Decimal(0))


def join_modules(plans: Sequence[CaptionedPlan]) -> tuple[Table, list[int]] | None:
    """Returns the whole plan as a table and the indexes of the plans in it; None if no plan sums up others."""
    if not LEAST_MODULES < len(plans) <= MOST_PLANS:
        return None
    read = [_read(one.plan) for one in plans]
    for place, summary in enumerate(read):
        if len(summary.rows) > MOST_SUMMARY_ROWS:
            continue
        modules = _modules(summary, plans, read, place)
        if len(modules) >= LEAST_MODULES:
            return _Joined(summary, modules).table(), [place, *(index for index, _module in modules.values())]
    return None


def _read(plan: FoundPlan) -> _Read:
    total = next((line for line in reversed(plan.lines) if line.role == "total"), None)
    return _Read(plan.columns, tuple(line for line in plan.lines if line.role == "row"), total)


def _modules(
    summary: _Read, plans: Sequence[CaptionedPlan], read: Sequence[_Read], place: int
) -> dict[int, tuple[int, _Read]]:
    """Returns the plans of modules by the summary's line that they detail, with their indexes."""
    found: dict[int, tuple[int, _Read]] = {}
    for index, module in enumerate(read):
        if index == place or module.sum >= summary.sum or not module.rows:
            continue
        for number, line in enumerate(summary.rows):
            if (
                number not in found
                and summary.sums[number] == module.sum
                and _details(line, number, plans[index].caption)
            ):
                found[number] = (index, module)
                break
    return found


def _details(line: Line, place: int, caption: str) -> bool:
    """Returns whether the text above a plan names the line of the summary, by its title or its number."""
    if len(line.title) > 3 and fold_title(line.title) in fold_title(caption):
        return True
    named = MODULE_NUMBER.search(caption)
    own = line.number.parts[0] if line.number.parts else place + 1
    return named is not None and int(named[1]) == own


class _Joined:
    """Writes the whole plan as one table."""

    def __init__(self, summary: _Read, modules: dict[int, tuple[int, _Read]]) -> None:
        self._summary = summary
        self._modules = modules
        read = [module for _index, module in modules.values()]
        self._kinds = list(dict.fromkeys(kind.name for module in read for kind in module.columns.kinds))
        self._has_form = any(module.columns.form is not None for module in read)
        self._has_control = any(module.columns.controls for module in read)

    def table(self) -> Table:
        """Returns the table."""
        return Table((self._heading(), *self._rows()))

    def _heading(self) -> Row:
        texts = ["№", "Наименование разделов и тем", "Всего часов", *self._kinds]
        texts += ["Форма проведения занятий"] * self._has_form + ["Форма контроля"] * self._has_control
        return Row(tuple(Cell((text,)) for text in texts))

    def _rows(self) -> Iterator[Row]:
        for place, line in enumerate(self._summary.rows):
            _index, module = self._modules.get(place, (0, None))
            yield self._row(
                replace(line, form="", control="") if module else line, str(place + 1), self._of_summary(line)
            )
            if module is not None:
                for number, topic in _numbered(module.rows, place + 1):
                    yield self._row(topic, number, topic.hours)
        if self._summary.total is not None:
            yield self._row(self._summary.total, "", self._of_summary(self._summary.total), "Итого")

    def _row(self, line: Line, number: str, hours: dict[str, Decimal], title: str = "") -> Row:
        texts = [number, title or line.title, _hours(line.total if line.total is not None else line.sum())]
        texts += [_hours(hours.get(kind)) for kind in self._kinds]
        texts += [line.form] * self._has_form + [line.control] * self._has_control
        return Row(tuple(Cell((text,)) if text else EMPTY for text in texts), sheet_row=line.sheet_row)

    def _of_summary(self, line: Line) -> dict[str, Decimal]:
        """Returns the hours of a line of the summary by the modules' kinds; none if its kinds are others."""
        own = [kind.name for kind in self._summary.columns.kinds]
        by_stem = {_stem(kind): kind for kind in self._kinds}
        names = {kind: by_stem.get(_stem(kind), "") for kind in own}
        if not all(names.values()) or len(set(names.values())) < len(own):
            names = dict(zip(own, self._kinds, strict=False)) if len(own) == len(self._kinds) else {}
        return {names[kind]: value for kind, value in line.hours.items() if kind in names}


def _numbered(lines: Sequence[Line], module: int) -> Iterator[tuple[str, Line]]:
    """Yields the lines with numbers that begin with the module's."""
    begin_so = [line.number.parts[:1] == (module,) and line.number.depth > 1 for line in lines if line.number.parts]
    for place, line in enumerate(lines, 1):
        own = ".".join(map(str, line.number.parts))
        if begin_so and all(begin_so):
            yield own or f"{module}.{place}", line
        else:
            yield f"{module}.{own or place}", line


def _stem(kind: str) -> str:
    word = re.split(r"[\W\d_]+", kind.lower().strip())[0]
    return SHORT_KINDS.get(word, word[:4])


def _hours(value: Decimal | None) -> str:
    return format_plain(value) if value else ""
