"""Tables for tests, drawn as text: ``|`` separates cells, ``<`` merges with the left cell, ``^`` with the one above."""

from decimal import Decimal

from courses.hours import PlanGroup, leaves
from courses.importing.document import Cell, Row, Table
from courses.importing.plan.plan_builder import FoundPlan, find_plan


def draw(text: str) -> Table:
    """Returns the drawn table: ``*bold*``, ``¶`` separates paragraphs of a cell, ``#1.1#`` is a list number of Word."""
    rows = [[_cell(one.strip()) for one in line.split("|")] for line in text.strip("\n").splitlines()]
    width = max(map(len, rows))
    return Table(tuple(Row(tuple((row + [Cell()] * width)[:width]), place=f"row {i}") for i, row in enumerate(rows, 1)))


def _cell(text: str) -> Cell:
    if text in ("<", "^"):
        return Cell(continuation="row" if text == "<" else "column")
    marker = ""
    if text.startswith("#"):
        _nothing, marker, text = text.split("#", 2)
    bold = text.startswith("*") and text.endswith("*") and len(text) > 2
    lines = text.strip("*" if bold else " ").split("¶")
    return Cell(tuple(line for line in lines if line.strip()), marker.strip(), bold)


def plan(text: str) -> FoundPlan:
    """Returns the plan in the drawn table."""
    found = find_plan(draw(text))
    assert found is not None, "no plan was found"
    return found


def outline(found: FoundPlan) -> list[str]:
    """Returns the plan as lines: «1 Title: 2 0 1 (control)», topics indented by two spaces."""
    lines = []
    for row in found.plan.rows:
        if isinstance(row, PlanGroup):
            lines.append(row.label)
            lines += ["  " + _told(t.label, t.hours, found, t.control) for t in leaves(row.topics)]
        else:
            lines.append(_told(row.label, row.hours, found, row.control))
    return lines


def _told(label: str, hours: dict[str, Decimal], found: FoundPlan, control: str) -> str:
    numbers = " ".join(f"{hours[kind].normalize():f}" for kind in found.plan.kinds)
    return f"{label}: {numbers}" + (f" ({control})" if control else "")
