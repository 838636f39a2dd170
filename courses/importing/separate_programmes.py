"""Finds several programmes in one document: each has a title page or line above a thematic plan of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from courses.importing.document import Block, Document, Paragraph, Table
from courses.importing.plan.header import MOST_ABOVE, Header, find_header
from courses.importing.plan.tables import LocatedPlan, closes_plan, locate_plans
from courses.importing.sections import fold_title
from courses.importing.title import MARKED, find_titles
from courses.importing.title_page import FOUNDER, ORGANIZATION, STAMP, find_workload, find_year, front_lines

LONGEST_TITLE_LINE: Final = 200
NEAR: Final = 12
"""Lines around a title among which a title page names organisation, workload or year."""
SEARCHED: Final = 60
"""Most lines above a plan that are searched for its programme's title."""
PART_OF_PROGRAMME: Final = re.compile(r"модул|раздел|дисциплин|предмет|\bтем[аыеу]\b|практик[аи]\b", re.IGNORECASE)
"""Words of lines such as «Рабочая программа модуля 1», which announce no programme of its own."""


@dataclass(frozen=True)
class ProgrammePart:
    """The part of a document that holds one programme, and the plans in it."""

    document: Document
    plans: tuple[LocatedPlan, ...]


@dataclass(frozen=True)
class _Start:
    """The block at which a programme begins, and its title."""

    block: int
    title: str


def separate_programmes(document: Document) -> list[ProgrammePart]:
    """Returns each programme of the document with its plans, which are read once. Raises ``UnreadableDocument`` if the
    only plan has too many rows.
    """
    if document.is_workbook:
        document = replace(document, blocks=tuple(part for block in document.blocks for part in _split_sheet(block)))
    plans = locate_plans(document)
    starts = _starts(document.blocks, plans)
    bounds = [0, *(start.block for start in starts[1:]), len(document.blocks)]
    return [_part(document, plans, first, last) for first, last in pairwise(bounds)]


def _part(document: Document, plans: Sequence[LocatedPlan], first: int, last: int) -> ProgrammePart:
    """Returns the blocks from ``first`` to ``last`` (exclusive) with their plans."""
    own = [plan for plan in plans if first <= plan.blocks[0] < last]
    moved = tuple(replace(plan, blocks=tuple(block - first for block in plan.blocks)) for plan in own)
    return ProgrammePart(replace(document, blocks=document.blocks[first:last]), moved)


def _starts(blocks: Sequence[Block], plans: Sequence[LocatedPlan]) -> list[_Start]:
    """Returns the starts of programmes with different titles; empty if the first plan has none."""
    found: list[_Start] = []
    since = 0
    for plan in sorted(plans, key=lambda plan: plan.blocks[0]):
        start = _start(blocks, since, plan) if not plan.is_calendar else None
        if start and all(fold_title(start.title) != fold_title(other.title) for other in found):
            found.append(start)
        elif start is None and not found:
            return []
        since = plan.blocks[-1] + 1
    return found


def _start(blocks: Sequence[Block], since: int, plan: LocatedPlan) -> _Start | None:
    """Returns the title page between the plan above and this plan."""
    first = plan.blocks[0]
    paragraphs = [
        (block, place) for place, block in enumerate(blocks[since:first], since) if isinstance(block, Paragraph)
    ]
    lines = front_lines(paragraphs[:SEARCHED] if since == 0 else paragraphs[-SEARCHED:])
    header = plan.plan.header
    above = plan.plan.table.rows[: header.start] if header else ()
    lines += front_lines((Paragraph("\n".join(cell.lines)), first) for row in above for cell in row.cells if cell.lines)
    for reading in find_titles(lines):
        place = lines.index(reading.lines[0]) if reading.lines else -1
        around = lines[max(place - NEAR, 0) : place + NEAR]
        texts = [line.text for line in around]
        if place < 0 or reading.rank < MARKED or not _is_title_line(lines[place].text):
            continue
        if first == lines[place].block or any(_is_fact(text) for text in texts):
            return _Start(_with_letterhead(blocks, since, lines[place].block), reading.title)
    return None


def _is_title_line(text: str) -> bool:
    return len(text) <= LONGEST_TITLE_LINE and not PART_OF_PROGRAMME.search(re.split(r"[«“„\"]", text, maxsplit=1)[0])


def _is_fact(text: str) -> bool:
    return bool(ORGANIZATION.search(text) or find_year([text]) or find_workload(text, in_label=True))


def _with_letterhead(blocks: Sequence[Block], since: int, place: int) -> int:
    """Returns the block of the first line of organisation, founder or approval above the title."""
    first = place
    for index in range(place - 1, since - 1, -1):
        block = blocks[index]
        if not isinstance(block, Paragraph) or (block.line and not _is_letterhead(block.line)):
            break
        first = index if block.line else first
    return first


def _is_letterhead(line: str) -> bool:
    return any(words.search(line) for words in (ORGANIZATION, FOUNDER, STAMP))


def _split_sheet(block: Block) -> Iterator[Block]:
    """Yields the tables of a worksheet that stand below each other, each from the title above its heading."""
    if not isinstance(block, Table):
        yield block
        return
    starts = [0, *_tables_below(block), len(block.rows)]
    for first, last in pairwise(starts):
        yield replace(block, rows=block.rows[first:last])


def _tables_below(table: Table) -> Iterator[int]:
    """Yields the first rows of further plans: those behind a total row that a title and a heading follow."""
    for above, header in pairwise(_headers(table)):
        between = table.rows[above.end : header.start]
        total = next((place for place in range(len(between) - 1, -1, -1) if closes_plan(between[place])), None)
        if total is None:
            continue
        lines = front_lines((Paragraph("\n".join(row.texts)), 0) for row in between[total + 1 :])
        if any(reading.rank >= MARKED for reading in find_titles(lines)):
            yield above.end + total + 1


def _headers(table: Table) -> Iterator[Header]:
    """Yields all headings of plans in the table."""
    since = 0
    while since < len(table.rows):
        header = find_header(table, since)
        since = header.end if header else since + MOST_ABOVE
        if header:
            yield header
