"""Cells of a plan: their addresses, allowed values, and the merge of two people's changes of one cell.

Addresses are text, the same in the page, in JSON and in a form without script:

    topic:<lineage>:title · topic:<lineage>:class_form · topic:<lineage>:control_form · topic:<lineage>:hours:<kind>
    section:<lineage>:title · section:<lineage>:stated:<kind or total> · kind:<lineage>:name
    part:workload · part:<name of a text on the same page>
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NoReturn

from courses.programmes.errors import Gone, Refused
from courses.thematic_plan.arithmetic import is_valid_hours
from courses.thematic_plan.model import KIND_AT_MOST, TEXT_AT_MOST, TITLE_AT_MOST, TOTAL, ThematicPlan, TopicRow
from courses.thematic_plan.plan_json import hours_text

NOTHING = frozenset({"", "-", "–", "—", "0"})
SPACES = re.compile(r"\s+")
ADDRESS = re.compile(
    r"(?:topic:(?P<topic>[0-9a-f-]{36}):(?:(?P<field>title|class_form|control_form)|hours:(?P<hours>[0-9a-f-]{36}))"
    r"|section:(?P<section>[0-9a-f-]{36}):(?:(?P<title>title)|stated:(?P<stated>[0-9a-f-]{36}|total))"
    r"|kind:(?P<kind>[0-9a-f-]{36}):name|part:(?P<part>[a-z_]+))"
)
WORKLOAD_AT_MOST = Decimal(10_000)


class Merged(StrEnum):
    """Result of merging a change of one cell."""

    DONE = "done"
    SAME = "same"
    CONFLICT = "conflict"


def merge(base: str, mine: str, current: str) -> Merged:
    """Merges three ways, by value.

    ``DONE``: nobody else changed the cell, apply the change. ``SAME``: the value is there already or was not changed
    here. ``CONFLICT``: both changed it.
    """
    if mine in (base, current):
        return Merged.SAME
    return Merged.DONE if current == base else Merged.CONFLICT


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: ``row`` is its topic, section, column or part; ``field`` the field in it, ``kind`` the column of
    hours.
    """

    of: str
    row: str
    field: str
    kind: str = ""

    def __str__(self) -> str:
        if self.of == "part":
            return f"part:{self.row}"
        return ":".join(filter(None, (self.of, self.row, self.field, self.kind)))

    @property
    def is_hours(self) -> bool:
        """True if it holds academic hours."""
        return self.field in ("hours", "stated") or self.row == "workload"


def parse(address: str) -> Cell:
    """Returns the cell of this address. Raises ``Refused`` for a malformed address."""
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise Refused(code="plan_cell_unknown")
    given = {name: value for name, value in found.groupdict().items() if value}
    if topic := given.get("topic"):
        return Cell("topic", topic, given.get("field") or "hours", given.get("hours", ""))
    if section := given.get("section"):
        return Cell("section", section, given.get("title") or "stated", given.get("stated", ""))
    if kind := given.get("kind"):
        return Cell("kind", kind, "name")
    return Cell("part", given["part"], "text")


def canonical(cell: Cell, text: str) -> str:
    """Returns the text as the cell stores it: hours as ``1.5``, titles on one line. Raises ``Refused``."""
    if cell.is_hours:
        return hours_text(parse_hours(text, WORKLOAD_AT_MOST if cell.row == "workload" else None))
    if cell.of == "part" and cell.row != "title":
        return _limited(re.sub(r"\r\n?", "\n", text).strip(), TEXT_AT_MOST)
    return _limited(SPACES.sub(" ", text).strip(), KIND_AT_MOST if cell.of == "kind" else TITLE_AT_MOST)


def _limited(text: str, most: int) -> str:
    if len(text) > most:
        raise Refused(code="characters_exceeded", params={"most": most, "count": len(text)})
    if "\x00" in text:
        raise Refused(code="text_character_refused")
    return text


def parse_hours(text: str, most: Decimal | None = None) -> Decimal:
    """Parses typed academic hours: comma or point; a dash or nothing for zero. Raises ``Refused``."""
    typed = SPACES.sub("", text).replace(",", ".")
    if typed in NOTHING:
        return Decimal(0)
    try:
        value = Decimal(typed) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?|\.\d{1,6}", typed) else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    fits = (
        is_valid_hours(value) if most is None else value.is_finite() and value <= most and value % Decimal("0.25") == 0
    )
    if not fits:
        raise Refused(code="hours_out_of_range", params={"most": 1000 if most is None else most})
    return value


def read(plan: ThematicPlan, cell: Cell) -> str:
    """Returns the cell's value in canonical form. Raises ``Gone`` if its row or column is missing."""
    if cell.of == "topic":
        return _read_topic(plan, _topic(plan, cell), cell)
    if cell.of == "section":
        section = plan.section(cell.row) or _gone()
        return section.title if cell.field == "title" else hours_text(section.stated.get(cell.kind))
    if cell.of == "kind":
        return (plan.kind(cell.row) or _gone()).name
    if cell.row == "workload":
        return hours_text(plan.workload)
    return plan.texts[cell.row] if cell.row in plan.texts else _gone()


def _read_topic(plan: ThematicPlan, topic: TopicRow, cell: Cell) -> str:
    if cell.field != "hours":
        return str(getattr(topic, cell.field))
    if plan.kind(cell.kind) is None:
        raise Gone
    return hours_text(topic.hours.get(cell.kind))


def write(plan: ThematicPlan, cell: Cell, value: str) -> None:
    """Writes a canonical value. Raises ``Gone`` if the row is missing."""
    read(plan, cell)
    if cell.of == "topic" and cell.field == "hours":
        _put(_topic(plan, cell).hours, cell.kind, value)
    elif cell.of == "topic":
        setattr(_topic(plan, cell), cell.field, value)
    elif cell.of == "section":
        _write_section(plan, cell, value)
    elif cell.of == "kind":
        (plan.kind(cell.row) or _gone()).name = value
    elif cell.row == "workload":
        plan.workload = Decimal(value or 0)
    else:
        plan.texts[cell.row] = value


def _write_section(plan: ThematicPlan, cell: Cell, value: str) -> None:
    section = plan.section(cell.row) or _gone()
    if cell.field == "title":
        section.title = value
    elif cell.kind == TOTAL or plan.kind(cell.kind):
        # A stated zero differs from nothing stated: an empty value removes the stated sum.
        _put(section.stated, cell.kind, value)


def _put(mapping: dict[str, Decimal], key: str, value: str) -> None:
    if value:
        mapping[key] = Decimal(value)
    else:
        mapping.pop(key, None)


def _topic(plan: ThematicPlan, cell: Cell) -> TopicRow:
    return plan.topic(cell.row) or _gone()


def _gone() -> NoReturn:
    raise Gone
