"""Finds the thematic plan among a document's tables, and the tables that continue it on the next page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from courses.importing.document import EMPTY, Block, Cell, Document, Paragraph, Row, Table
from courses.importing.numbers import split_number
from courses.importing.plan.columns import assign_columns
from courses.importing.plan.header import Header, find_header
from courses.importing.plan.module_plans import CaptionedPlan, join_modules
from courses.importing.plan.plan_builder import FoundPlan, find_plan
from courses.importing.plan.reshape import reshape
from courses.importing.plan.table_rows import read_lines
from courses.importing.plan.vocabulary import SUBTOTAL_ROW, TOTAL_ROW
from lms.core.documents.errors import UnreadableDocument

CAPTION = re.compile(r"учебно\W*тематическ|тематическ\w+ план|\bУТП\b|thematic plan", re.I)
CALENDAR = re.compile(r"календарн|график|расписани|schedule", re.I)
CONTINUED = re.compile(r"^(?:продолжение|окончание|табл)", re.I)
CAPTION_BLOCKS = 4
MOST_KINDS = 12
MOST_PLAN_ROWS = 1_000
MOST_PLANS = 200
"""Most tables that are compared as plans."""
COMPARED_ROWS = 60
"""Most rows of a table, and of its continuation, by which the continuation is recognised."""


@dataclass(frozen=True)
class LocatedPlan:
    """A plan with the indexes of its blocks in the document."""

    plan: FoundPlan
    blocks: tuple[int, ...]
    score: float
    caption: str = ""
    is_calendar: bool = False
    """True for a timetable, which repeats the topics of a plan by dates."""


def choose_plan(plans: Sequence[LocatedPlan]) -> LocatedPlan | None:
    """Returns the most detailed plan of one programme; None if there is none."""
    return _joined_modules(plans) or max(plans, key=lambda one: one.score, default=None)


def _joined_modules(plans: Sequence[LocatedPlan]) -> LocatedPlan | None:
    """Returns the plan of a programme whose modules have plans of their own below a summary."""
    shown = [one for one in plans if not one.is_calendar and not one.plan.table.sheet_hidden]
    joined = join_modules([CaptionedPlan(one.plan, one.caption) for one in shown])
    whole = find_plan(joined[0]) if joined else None
    if joined is None or whole is None:
        return None
    used = [shown[index] for index in joined[1]]
    grave = [note for one in used for note in one.plan.notes if note not in whole.notes]
    blocks = tuple(block for one in used for block in one.blocks)
    return LocatedPlan(replace(whole, notes=(*whole.notes, *grave)), blocks, used[0].score)


def locate_plans(document: Document) -> list[LocatedPlan]:
    """Returns all plans of the document. Raises ``UnreadableDocument`` if the only plan has too many rows."""
    found = list(islice(_candidates(document), MOST_PLANS))
    plans = [one for one in found if one is not None]
    if found and not plans:
        raise UnreadableDocument(code="plan_too_long", params={"most": MOST_PLAN_ROWS})
    return plans


def _candidates(document: Document) -> Iterator[LocatedPlan | None]:
    """Yields the plans of the document; None for one with too many rows."""
    taken: set[int] = set()
    for index, block in enumerate(document.blocks):
        if not isinstance(block, Table) or index in taken or find_header(block) is None:
            continue
        table, blocks = _with_continuations(document.blocks, index)
        taken.update(blocks)
        if len(table.rows) > MOST_PLAN_ROWS:
            yield None
            continue
        reshaped = reshape(table)
        plan = find_plan(reshaped.table, reshaped.heading)
        if plan is not None:
            plan = replace(plan, notes=(*plan.notes, *reshaped.notes))
            caption = _caption(document.blocks, index, plan)
            yield LocatedPlan(plan, blocks, _score(caption, plan), caption, _is_calendar(caption))


def _is_calendar(caption: str) -> bool:
    return bool(CALENDAR.search(caption)) and not CAPTION.search(caption)


def _score(caption: str, plan: FoundPlan) -> float:
    """Scores a plan by its rows with hours; the caption and the sums decide between plans of similar size."""
    score = float(plan.rows) - 0.5 * min(plan.faults, 8)
    score += 2 * plan.facts.has_control_forms + 1 * plan.facts.has_class_forms
    if CAPTION.search(caption):
        score += 6
    elif _is_calendar(caption):
        score -= 40
    if len(plan.plan.kinds) > MOST_KINDS:
        score -= 40
    return score - (100 if plan.table.sheet_hidden else 0)


def _caption(blocks: tuple[Block, ...], index: int, plan: FoundPlan) -> str:
    """Returns the text directly above the table or above the heading inside it, and the name of its sheet."""
    texts: list[str] = []
    for block in reversed(blocks[max(index - CAPTION_BLOCKS, 0) : index]):
        if not isinstance(block, Paragraph):
            break
        texts.insert(0, block.line)
        if block.level:
            break
    start = plan.header.start if plan.header else 0
    above = [text for row in plan.table.rows[:start] for text in row.texts]
    return " ".join([*texts, *above, plan.table.sheet])


def _with_continuations(blocks: tuple[Block, ...], index: int) -> tuple[Table, tuple[int, ...]]:
    """Returns the table joined with the tables that continue it, and the indexes of all its blocks."""
    table = blocks[index]
    places: list[int] = [index]
    passed: list[int] = []
    if not isinstance(table, Table) or table.sheet:
        return table if isinstance(table, Table) else Table(()), (index,)
    header = find_header(table)
    rows = list(table.rows)
    between: list[str] = []
    for place in range(index + 1, len(blocks)):
        block = blocks[place]
        if isinstance(block, Paragraph):
            if block.line and not _may_stand_between(block):
                break
            between += [block.line] if block.line and not CONTINUED.match(block.line) else []
            passed.append(place)
            continue
        more = _continuation(table, header, block, _is_closed(rows))
        if more is None:
            break
        headed = [_section_row(text, table.width) for text in between]
        rows += [*headed, *more]
        places += [*passed, place]
        if headed and len(places) == len(passed) + 2:
            rows, places = _with_first_module(blocks, index, header, rows), [*places, index - 1]
        between, passed = [], []
    return replace(table, rows=tuple(rows)), tuple(places)


def _with_first_module(blocks: tuple[Block, ...], index: int, header: Header | None, rows: list[Row]) -> list[Row]:
    """Inserts the first module's name, which stands above the first table, if each module has a table of its own."""
    above = blocks[index - 1] if index else None
    if header is None or not isinstance(above, Paragraph) or split_number(above.line)[0].keyword != "section":
        return rows
    return [*rows[: header.end], _section_row(above.line, len(rows[0].cells)), *rows[header.end :]]


def _may_stand_between(paragraph: Paragraph) -> bool:
    """Returns whether the paragraph is «Продолжение таблицы» or the name of the next module."""
    number, _rest = split_number(paragraph.line)
    return bool(CONTINUED.match(paragraph.line)) or (number.keyword == "section" and len(paragraph.line) < 200)


def _section_row(text: str, width: int) -> Row:
    cells = (Cell((text,)), *[Cell(continuation="row")] * (width - 1))
    return Row((cells + (EMPTY,) * width)[:width])


def _continuation(table: Table, header: Header | None, other: Table, is_closed: bool) -> tuple[Row, ...] | None:
    """Returns the other table's rows if they continue the first, under the same heading or without one. ``is_closed``:
    the plan's total row was read already.
    """
    if header is None:
        return None
    own = find_header(other)
    if own is not None and own.start == 0:
        same = [_fold(path) for path in own.paths] == [_fold(path) for path in header.paths]
        return other.rows[own.end :] if same else None
    rows = _fitted(other, table.width)
    if rows is None or is_closed:
        return None
    return rows if _holds_hours(table, header, rows[:COMPARED_ROWS]) else None


def _holds_hours(table: Table, header: Header, rows: tuple[Row, ...]) -> bool:
    """Returns whether most of the rows are topics with hours in the table's columns."""
    columns = assign_columns(replace(table, rows=table.rows[: header.end + COMPARED_ROWS] + rows), header)
    if columns is None:
        return False
    lines = read_lines(Table(table.rows[: header.end] + rows), header, columns)
    with_hours = sum(line.has_hours for line in lines)
    grave = sum(note.is_grave for line in lines for note in line.notes)
    return with_hours > 0 and with_hours * 2 >= len(lines) and grave <= with_hours


def _fold(path: tuple[str, ...]) -> str:
    return " ".join(path).lower().replace(" ", "")


def _is_closed(rows: list[Row]) -> bool:
    """Returns whether the rows end with the plan's total row."""
    last = next((row for row in reversed(rows) if row.texts), None)
    return last is not None and closes_plan(last)


def closes_plan(row: Row) -> bool:
    """Returns whether the row is a plan's total."""
    return any(TOTAL_ROW.match(text) and not SUBTOTAL_ROW.search(text) for text in row.texts[:2])


def _fitted(table: Table, width: int) -> tuple[Row, ...] | None:
    """Returns the rows fitted to the first table's columns, even if Word drew the second part with another grid;
    None if they do not fit.
    """
    if table.width == width:
        return table.rows
    fitted = []
    for row in table.rows:
        own = [cell for cell in row.cells if cell.continuation != "row"]
        if len(own) == width:
            fitted.append(replace(row, cells=tuple(own)))
        elif row.texts and len(own) <= 2:
            fitted.append(_section_row(row.texts[0], width))
        else:
            return None
    return tuple(fitted)
