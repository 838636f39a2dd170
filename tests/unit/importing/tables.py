"""Tables for tests, drawn as text: ``|`` separates cells, ``<`` merges with the left cell, ``^`` with the one above."""

from decimal import Decimal

from courses.importing.document import Cell, Row, Table
from courses.importing.plan.plan_builder import FoundPlan, find_plan
from courses.thematic_plan.arithmetic import Balance, check
from courses.thematic_plan.model import ThematicPlan, TopicRow


def draw(text: str) -> Table:
    """Returns the drawn table: ``*bold*``, ``¶`` separates paragraphs of a cell, ``#1.1#`` is a list number of Word."""
    rows = [[_cell(one.strip()) for one in line.split("|")] for line in text.strip("\n").splitlines()]
    width = max(map(len, rows))
    return Table(tuple(Row(tuple((row + [Cell()] * width)[:width]), sheet_row=i) for i, row in enumerate(rows, 1)))


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


def balance(found: FoundPlan) -> Balance:
    """Adds the plan up with everything that its table states."""
    return check(found.plan, found.facts)


def sum_problems(found: FoundPlan) -> list[tuple[str, str | None, Decimal | None, Decimal | None]]:
    """Returns place, name of the column, sum and stated hours of each problem."""
    names = {kind.lineage: kind.name for kind in found.plan.kinds}
    problems = balance(found).problems
    return [(p.where.message, names[p.kind] if p.kind else None, p.expected, p.found) for p in problems]


def kinds(plan: ThematicPlan) -> tuple[str, ...]:
    """Returns the names of the columns of hours."""
    return tuple(kind.name for kind in plan.kinds)


def hours(plan: ThematicPlan, row: TopicRow) -> dict[str, Decimal]:
    """Returns a topic's hours by the names of the columns, zero included."""
    return {kind.name: row.hours.get(kind.lineage, Decimal(0)) for kind in plan.kinds}


def outline(found: FoundPlan) -> list[str]:
    """Returns the plan as lines: «1 Title: 2 0 1 (control)», topics indented by two spaces."""
    lines = []
    for section in found.plan.sections:
        if section.lineage in found.facts.alone:
            lines.append(_told(found, section.topics[0]))
        else:
            lines.append(found.facts.label(section.lineage, section.title))
            lines += ["  " + _told(found, topic) for topic in section.topics]
    return lines


def _told(found: FoundPlan, topic: TopicRow) -> str:
    numbers = " ".join(f"{value.normalize():f}" for value in hours(found.plan, topic).values())
    label = found.facts.label(topic.lineage, topic.title)
    return f"{label}: {numbers}" + (f" ({topic.control_form})" if topic.control_form else "")
