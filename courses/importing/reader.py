"""Reads a programme or a thematic plan from a .docx or .xlsx into plain data.

Stages: :mod:`lms.core.documents.ooxml_package` checks the zip; :mod:`.word` or :mod:`.excel` turns its XML into blocks;
:mod:`.plan.tables` finds the plan's table, :mod:`.plan.table_rows` reads its rows as lines, :mod:`.plan.plan_builder`
builds from them the plan that the editor and the store use too (:mod:`courses.thematic_plan.model`), and collects the
facts that a programme does not store; :mod:`.sections` assigns the remaining text to parts by its headings;
:func:`courses.thematic_plan.arithmetic.check` adds the plan up.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from courses.importing.competencies import find_competency_table, read_competencies
from courses.importing.criteria import PassRule, find_criteria_table, find_pass_rule, list_criteria
from courses.importing.document import Block, Document, Paragraph, Table
from courses.importing.excel import read_workbook
from courses.importing.headings import Part, find_label
from courses.importing.model import (
    ImportedCompetency,
    ImportedConditions,
    ImportedCriterion,
    ImportedNote,
    ImportedProgramme,
    UnrecognisedBlock,
)
from courses.importing.plan.tables import CONTINUED, LocatedPlan, choose_plan
from courses.importing.sections import Entry, fold_title, sort_into_parts
from courses.importing.separate_programmes import ProgrammePart, separate_programmes
from courses.importing.title import QUOTED, STYLED, TitleReading, find_titles
from courses.importing.title_page import (
    ORGANIZATION,
    FrontLine,
    find_organization,
    find_workload,
    find_year,
    front_lines,
    quoted,
)
from courses.importing.topic_contents import fill_missing_forms
from courses.importing.word import read_word
from courses.thematic_plan.arithmetic import check
from courses.thematic_plan.model import ThematicPlan
from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.ooxml_package import Kind, Package, damaged_file, kind_of_name, read_bytes
from lms.core.sentences import ErrorDetail

Found = TypeVar("Found", ImportedCompetency, ImportedCriterion)

LONGEST_SHOWN = 300
"""Most characters of an unrecognised table or paragraph in the preview."""
MOST_PROGRAMMES = 10
"""Most programmes of one document that are read."""
MOST_FRONT = 200
"""Number of paragraphs before the first label that are searched for the title page's facts."""
MOST_CONTINUATIONS = 20
"""Most blocks after a table that are searched for its continuations."""
PROSE_PARTS: tuple[Part, ...] = (
    "key_ideas",
    "goal",
    "tasks",
    "form",
    "audience",
    "staff",
    "equipment",
    "information",
    "literature",
)
WORKLOAD_WORDS = ("объём", "объем", "трудо", "рассчитан", "срок освоения", "срок обучения", "продолжительн")
READERS: dict[Kind, Callable[[Package], Document]] = {"docx": read_word, "xlsx": read_workbook}


def read_programmes(source: Path | str | BinaryIO, filename: str) -> list[ImportedProgramme]:
    """Returns the programmes found in the document, usually one. The extension of ``filename``, as uploaded, selects
    the format.

    Raises ``UnreadableDocument`` if the file is refused, holds no thematic plan or is a book of many programmes.
    """
    kind = kind_of_name(filename)
    content = read_bytes(source)
    parts = separate_programmes(_document(content, kind))
    if len(parts) > MOST_PROGRAMMES:
        params = {"count": len(parts), "most": MOST_PROGRAMMES}
        raise UnreadableDocument(code="document_of_many_programmes", params=params)
    return [_programme(part) for part in parts]


def _programme(part: ProgrammePart) -> ImportedProgramme:
    located = choose_plan(part.plans)
    if located is None:
        raise UnreadableDocument(code="thematic_plan_not_found")
    return _ProgrammeReader(part.document, located).programme()


def _document(content: bytes, kind: Kind) -> Document:
    """Returns the blocks; any failure of a reader on a damaged file is reported as a damaged file."""
    try:
        return READERS[kind](Package(content, kind))
    except (ArithmeticError, LookupError, ValueError, RecursionError) as error:
        raise damaged_file() from error


class _ProgrammeReader:
    """Collects the parts of the programme and records which blocks were recognised."""

    def __init__(self, document: Document, located: LocatedPlan) -> None:
        self._document = document
        self._found = located.plan
        self._used: set[int] = set(located.blocks)
        plan = self._found.plan
        titles = {fold_title(title) for title in plan.titles()}
        self._competencies = self._from_tables(find_competency_table)
        self._criteria = self._from_tables(find_criteria_table)
        rest = [(i, block) for i, block in enumerate(document.blocks) if i not in self._used]
        if document.is_workbook:
            rest = [(i, block) for i, block in rest if not isinstance(block, Table) or not block.sheet_hidden]
        self._parts = sort_into_parts(rest, titles)
        self._other_titles: list[str] = []
        self._lines = front_lines([*self._parts.front[:MOST_FRONT], *self._above_plan()])

    def _above_plan(self) -> list[tuple[Paragraph, int]]:
        """Returns the lines above the heading in the plan's own table, where a worksheet has its title."""
        header = self._found.header
        rows = self._found.table.rows[: header.start] if header else ()
        return [(Paragraph("\n".join(cell.lines)), -1) for row in rows for cell in row.cells if cell.lines]

    def _from_tables(self, find: Callable[[Table], tuple[Found, ...]]) -> tuple[Found, ...]:
        """Applies a finder to the tables that nothing else was recognised in."""
        found: tuple[Found, ...] = ()
        for index, block in enumerate(self._document.blocks):
            if isinstance(block, Table) and index not in self._used and (more := find(block)):
                self._used.add(index)
                found += self._with_continuations(index, block, more, find)
        return found

    def _with_continuations(
        self, index: int, table: Table, found: tuple[Found, ...], find: Callable[[Table], tuple[Found, ...]]
    ) -> tuple[Found, ...]:
        """Returns the finds of a table and of its continuations without a heading, split by a page break."""
        blocks = self._document.blocks
        for place in range(index + 1, min(index + 1 + MOST_CONTINUATIONS, len(blocks))):
            block = blocks[place]
            if isinstance(block, Paragraph):
                if block.line and not CONTINUED.match(block.line):
                    break
                continue
            whole = replace(table, rows=table.rows + block.rows)
            more = find(whole) if block.width == table.width and not find(block) and place not in self._used else ()
            if len(more) <= len(found):
                break
            self._used |= set(range(index + 1, place + 1))
            table, found = whole, more
        return found

    def programme(self) -> ImportedProgramme:
        """Returns all parts with problems and warnings."""
        title = self._title()
        organization, blocks = self._organization(list(title.lines))
        self._used |= blocks | {line.block for line in title.lines}
        contents = self._text_lines("contents")
        criteria, rule = self._attestation()
        fill_missing_forms(self._found.plan, self._found.facts, contents)
        programme = ImportedProgramme(
            plan=self._found.plan,
            facts=self._found.facts,
            title=title.title,
            other_titles=tuple(self._other_titles),
            organization=organization,
            workload=self._workload(),
            year=self._year(),
            competencies=self._competencies or self._competencies_in_text(),
            criteria=criteria,
            pass_mark=rule.pass_mark,
            min_per_criterion=rule.min_per_criterion,
            contents=contents,
            **self._prose(),
        )
        return self._with_notes(programme)

    def _title(self) -> TitleReading:
        """Finds the title on the title page, beside «Наименование программы», or in quotation marks above the plan."""
        readings = find_titles(self._lines)
        named = self._parts.joined("name").replace("\n", " ")
        self._mark_used("name")
        if not readings and named:
            inside = find_titles([FrontLine(named, -1)])
            readings = inside or [TitleReading(quoted(named) or named, (), STYLED)]
        if not readings:
            headings = [entry.text for entry in self._parts.headings.get("plan", ())]
            headings += [line.text for line in self._lines if not ORGANIZATION.search(line.text)]
            readings = [TitleReading(next(filter(None, map(quoted, headings)), ""), (), STYLED)]
        self._other_titles = _rivals(readings)
        return readings[0]

    def _organization(self, title: list[FrontLine]) -> tuple[str, set[int]]:
        named = self._parts.joined("organization").replace("\n", " ")
        self._mark_used("organization")
        found, blocks = find_organization(self._lines, title)
        return (found or named), blocks

    def _workload(self) -> Decimal | None:
        """Finds the workload in its own part, on the title page, or in a sentence about it."""
        headings = [entry.text for entry in self._parts.headings.get("workload", ())]
        texts = self._parts.texts("workload")
        self._mark_used("workload")
        for text in [f"{h} {t}" for h in headings[:1] for t in texts] + headings + list(texts):
            found = find_workload(text, in_label=True)
            if found:
                return found
        for line in self._lines:
            label = find_label(line.text)
            in_label = label is not None and label.part == "workload"
            found = None if line.is_stamp else find_workload(line.text, in_label)
            if found:
                self._used.add(line.block)
                return found
        return self._workload_in_sentence()

    def _workload_in_sentence(self) -> Decimal | None:
        for entry in self._all_entries():
            if any(word in entry.text.lower() for word in WORKLOAD_WORDS):
                found = find_workload(entry.text)
                if found:
                    return found
        return None

    def _all_entries(self) -> Iterable[Entry]:
        yield from self._parts.loose
        for entries in self._parts.found.values():
            yield from entries

    def _year(self) -> int | None:
        """Returns a year from the title page; one in an approval stamp only if there is no other."""
        lines = sorted(self._lines, key=lambda line: line.is_stamp)
        self._used |= {line.block for line in lines if line.is_stamp}
        for line in lines:
            year = find_year([line.text])
            if year:
                self._used.add(line.block)
                return year
        return None

    def _competencies_in_text(self) -> tuple[ImportedCompetency, ...]:
        entries = self._parts.found.get("outcomes", [])
        found = read_competencies(entries)
        if found:
            self._mark_used("outcomes")
        return found

    def _attestation(self) -> tuple[tuple[ImportedCriterion, ...], PassRule]:
        """Returns the criteria and the pass rule; the rule is also searched for outside its own part."""
        entries = self._parts.found.get("attestation", [])
        criteria = self._criteria or list_criteria([entry.text for entry in entries])
        if criteria and not self._criteria:
            self._mark_used("attestation")
        most = sum((one.max_points or Decimal(0) for one in criteria), Decimal(0))
        lines = [(entry.text, entry.block) for entry in entries]
        own = {id(entry) for entry in entries}
        lines += [(e.text, e.block) for e in self._all_entries() if id(e) not in own and "балл" in e.text.lower()]
        rule = find_pass_rule(lines, most)
        self._used |= set(rule.blocks)
        if rule.min_per_criterion is not None:
            least = rule.min_per_criterion
            criteria = tuple(replace(one, min_points=_minimum(one, least)) for one in criteria)
        return criteria, rule

    def _prose(self) -> dict[str, Any]:
        """Returns the parts that consist of text only."""
        parts = self._parts
        for part in PROSE_PARTS:
            self._mark_used(part)
        return {
            "key_ideas": parts.joined("key_ideas"),
            "goal": parts.joined("goal"),
            "tasks": tuple(text.rstrip(" ;.,") for text in parts.texts("tasks")),
            "form": parts.joined("form").rstrip("."),
            "audience": parts.joined("audience").rstrip("."),
            "literature": parts.texts("literature"),
            "conditions": ImportedConditions(
                parts.joined("staff"), parts.joined("equipment"), parts.joined("information")
            ),
        }

    def _text_lines(self, part: Part) -> tuple[str, ...]:
        self._mark_used(part)
        return self._parts.texts(part)

    def _mark_used(self, part: Part) -> None:
        """Marks the blocks of the part as recognised."""
        entries = [*self._parts.found.get(part, ()), *self._parts.headings.get(part, ())]
        self._used |= {entry.block for entry in entries}

    def _with_notes(self, programme: ImportedProgramme) -> ImportedProgramme:
        balance = check(replace(programme.plan, workload=programme.hours), programme.facts)
        names = {kind.lineage: kind.name for kind in programme.plan.kinds}
        sections = _sections_of_rows(programme.plan)
        problems = [
            ImportedNote(p.where, p.detail, names.get(p.kind or ""), p.expected, p.found, sections.get(p.key, ""))
            for p in balance.problems
        ]
        problems += [ImportedNote(n.where, n.detail) for n in self._found.notes if n.is_grave]
        warnings = [ImportedNote(n.where, n.detail) for n in self._found.notes if not n.is_grave]
        warnings += [ImportedNote(remark.where, remark.detail) for remark in balance.remarks]
        details = [ErrorDetail("title_uncertain", params={"other": other}) for other in self._other_titles]
        place = ErrorDetail("place_part", params={"part": "title"})
        warnings += [ImportedNote(place, detail) for detail in details]
        warnings += [] if self._is_plan_alone(programme) else _missing(programme)
        return replace(
            programme,
            problems=tuple(problems),
            warnings=tuple(warnings),
            not_understood=tuple(self._not_understood()),
        )

    def _is_plan_alone(self, programme: ImportedProgramme) -> bool:
        """Returns whether the document is a thematic plan without a programme; missing parts are then no fault."""
        parts = (programme.goal, programme.tasks, programme.competencies, programme.criteria, programme.key_ideas)
        return self._document.is_workbook or not any(parts)

    def _not_understood(self) -> Iterable[UnrecognisedBlock]:
        headings = {entry.block for entries in self._parts.headings.values() for entry in entries}
        for index, block in enumerate(self._document.blocks):
            if index in self._used or index in headings or not _says_something(block):
                continue
            if isinstance(block, Table):
                text = " | ".join(text for row in block.rows for text in row.texts)
                yield UnrecognisedBlock("table", _shortened(f"{block.sheet}: {text}" if block.sheet else text))
            else:
                yield UnrecognisedBlock("paragraph", block.line)
        for text in self._found.unused:
            yield UnrecognisedBlock("table", _shortened(text))


def _rivals(readings: list[TitleReading]) -> list[str]:
    """Returns other titles that are about as likely as the first one; one in quotation marks beats those without."""
    best = readings[0]
    near = [one.title for one in readings if best.rank < QUOTED or one.rank == QUOTED]
    folded = {fold_title(title): title for title in reversed(near)}
    return [title for title in folded.values() if fold_title(title) not in fold_title(best.title)]


def _sections_of_rows(plan: ThematicPlan) -> dict[str, str]:
    """Returns lineage of a row → lineage of its section."""
    found = {section.lineage: section.lineage for section in plan.sections}
    return found | {topic.lineage: section.lineage for section in plan.sections for topic in section.topics}


def _says_something(block: Block) -> bool:
    if isinstance(block, Table):
        return any(row.texts for row in block.rows)
    return any(sign.isalnum() for sign in block.line) and not block.is_contents


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _minimum(criterion: ImportedCriterion, least: Decimal) -> Decimal:
    """Returns a criterion's minimum: its own, else the rule's, limited to its maximum."""
    own = criterion.min_points if criterion.min_points is not None else least
    return own if criterion.max_points is None else min(own, criterion.max_points)


def _missing(programme: ImportedProgramme) -> list[ImportedNote]:
    """Returns a warning for each part of the programme that was not found."""
    conditions = programme.conditions
    parts = {
        "title": programme.title,
        "organization": programme.organization,
        "workload": programme.workload,
        "key_ideas": programme.key_ideas,
        "goal": programme.goal,
        "tasks": programme.tasks,
        "form": programme.form,
        "audience": programme.audience,
        "outcomes": programme.competencies,
        "staff": conditions.staff,
        "equipment": conditions.equipment,
        "information": conditions.information,
        "criteria": programme.criteria,
        "pass_mark": programme.pass_mark,
        "literature": programme.literature,
    }
    missing = [ErrorDetail("place_part", params={"part": name}) for name, found in parts.items() if not found]
    return [ImportedNote(part, ErrorDetail("programme_part_not_found")) for part in missing]
