"""Builds a thematic plan from a table: sections, topics, stated sums, and notes for the reader."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from courses.importing.document import Table
from courses.importing.numbers import parse_decimal, split_number
from courses.importing.plan.columns import Columns, PlanHeading, find_heading
from courses.importing.plan.header import Header
from courses.importing.plan.hierarchy import Node, build_tree, correct_numbers
from courses.importing.plan.table_rows import Line, Note, read_lines
from courses.importing.plan.vocabulary import FINAL_ROW, INTERIM_ROW
from courses.importing.title_page import find_workload
from courses.thematic_plan.arithmetic import check
from courses.thematic_plan.document_facts import DocumentFacts, TopicGroup
from courses.thematic_plan.model import TOTAL, Kind, SectionRow, ThematicPlan, TopicRow, new_lineage
from courses.thematic_plan.place import WHOLE_PLAN, numbered_section
from lms.core.sentences import ErrorDetail


@dataclass(frozen=True)
class FoundPlan:
    """A plan found in a table."""

    plan: ThematicPlan
    """The plan of the table; its workload is the sum of its topics."""
    facts: DocumentFacts
    columns: Columns
    lines: tuple[Line, ...]
    """The rows below the heading as they were read, before numbers were corrected."""
    notes: tuple[Note, ...] = ()
    unused: tuple[str, ...] = ()
    """Column headings, and texts of rows below the plan, that were not used."""
    header: Header | None = None
    rows: int = 0
    """Number of rows with hours, a measure of the plan's detail."""
    table: Table = field(default_factory=lambda: Table(()))

    @property
    def states_sums(self) -> bool:
        """True if sections or a total row state sums of topics."""
        sections = [section for section in self.plan.sections if section.lineage not in self.facts.alone]
        return any((self.facts.stated, *(section.stated for section in sections)))

    @cached_property
    def faults(self) -> int:
        """Number of problems in the plan."""
        return len(check(self.plan, self.facts).problems) + sum(note.is_grave for note in self.notes)


def find_plan(table: Table, heading: PlanHeading | None = None) -> FoundPlan | None:
    """Returns the plan in the table; None if there is none. ``heading``: the table's first heading, if it is known.

    If a sheet hides rows or columns, only visible ones are read, unless the sums hold only with the hidden ones.
    """
    hides_rows, hides_columns = any(row.hidden for row in table.rows), bool(table.hidden_columns)
    if not (hides_rows or hides_columns):
        return _find(table, heading)
    variants = [one for one in VARIANTS if one[0] <= hides_rows and one[1] <= hides_columns]
    found = [(rows, columns, plan) for rows, columns in variants if (plan := _find(table.visible(rows, columns)))]
    if not found:
        return None
    fewest = min(_fault_count(plan) for _rows, _columns, plan in found)
    fitting = [one for one in found if _fault_count(one[2]) == fewest]
    # Hidden rows that the sums include were folded away, not deleted.
    folded = next((one for one in fitting if one[0] and one[2].states_sums), None)
    rows, columns, best = folded or fitting[0]
    detail = ErrorDetail("hidden_rows_included") if rows or columns else ErrorDetail("hidden_rows_left_out")
    return replace(best, notes=(*best.notes, Note(WHOLE_PLAN, detail)))


VARIANTS = ((False, False), (True, False), (False, True), (True, True))
"""Pairs (hidden rows are included, hidden columns are included), in order of preference."""


def _fault_count(plan: FoundPlan) -> int:
    """Returns the number of problems, including a difference from the workload stated above the plan."""
    above = plan.table.rows[: plan.header.start] if plan.header else ()
    workload = find_workload(" ".join(text for row in above for text in row.texts))
    return plan.faults + (workload is not None and workload != plan.plan.total)


MOST_HEADINGS = 8
"""Most rows of a table that are tried as the plan's heading."""


def _find(table: Table, heading: PlanHeading | None = None) -> FoundPlan | None:
    heading = heading or find_heading(table)
    for _attempt in range(MOST_HEADINGS):
        if heading is None:
            return None
        plan = build_plan(table, heading.header, heading.columns) if heading.columns is not None else None
        if plan is not None:
            return plan
        heading = find_heading(table, heading.header.start + 1)
    return None


def build_plan(table: Table, header: Header, columns: Columns) -> FoundPlan | None:
    """Returns the plan below a heading; None if no row has hours."""
    read = tuple(read_lines(table, header, columns))
    lines, below = _without_tail(correct_numbers(read))
    rows = [line for line in lines if line.role == "row"]
    if not any(line.has_hours for line in rows):
        return None
    kinds = tuple(kind.name for kind in columns.kinds)
    total, others = _totals(lines)
    lines, kinds, notes = _attestation_without_kind(lines, kinds, total)
    tree = build_tree(lines, total.sum() if total is not None and total.has_hours else None)
    tree, subtotal_notes = _with_subtotals(tree, lines, others)
    tree, above_sections = _without_part_headings(tree)
    notes = [*notes, *subtotal_notes, *_empty_rows(tree), *(note for line in lines for note in line.notes)]
    builder = _Builder(kinds, columns)
    return FoundPlan(
        builder.build(tree, total),
        builder.facts,
        notes=tuple(notes),
        unused=(*columns.unused, *above_sections, *below),
        header=header,
        rows=sum(1 for line in rows if line.has_hours),
        table=table,
        columns=columns,
        lines=read,
    )


def _without_tail(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Splits off footnotes and signatures after the last hours."""
    last = max((i for i, line in enumerate(lines) if line.has_hours or line.number.parts), default=-1)
    last = max(
        [last, *(i for i, line in enumerate(lines) if line.role == "total" and _total_in_text(line) is not None)]
    )
    return lines[: last + 1], [line.title for line in lines[last + 1 :] if line.title]


def _total_in_text(line: Line) -> Decimal | None:
    """Returns the hours in the text of a total row such as «Итого: 36 часов»."""
    match = re.search(r"(\d{1,4}(?:[.,]\d{1,2})?)\s*(?:ак\w*\.?\s*|уч\w*\.?\s*)?(?:ч|h)", line.title)
    return parse_decimal(match[1]) if match else None


def _totals(lines: list[Line]) -> tuple[Line | None, list[int]]:
    """Returns the plan's total row, and indexes of the other total rows."""
    places = [i for i, line in enumerate(lines) if line.role != "row"]
    if not places:
        return None, []
    last = lines[places[-1]]
    is_final = last.role == "total" and not any(line.role == "row" for line in lines[places[-1] :])
    if not is_final or _sums_its_own_part(lines, places):
        return None, places
    if not last.has_hours:
        last = replace(last, total=_total_in_text(last))
    return last, places[:-1]


def _sums_its_own_part(lines: list[Line], places: list[int]) -> bool:
    """Returns whether the last of several totals counts only the topics since the one before: a total per module."""
    if len(places) < 2:
        return False
    since = [line for line in lines[places[-2] + 1 : places[-1]] if line.role == "row"]
    leaves = [line for line in since if line.number.keyword != "section"]
    before = [line for line in lines[: places[-2]] if line.role == "row" and line.has_hours]
    own = lines[places[-1]].sum()
    return (
        bool(leaves)
        and bool(before)
        and own == sum((line.sum() for line in leaves), Decimal(0)) != lines[places[-2]].sum()
    )


def _attestation_without_kind(
    lines: list[Line], kinds: tuple[str, ...], total: Line | None
) -> tuple[list[Line], tuple[str, ...], list[Note]]:
    """Gives hours of attestation rows that have a total but no kind a kind of their own, if the other sums hold."""
    rows = [line for line in lines if line.role == "row"]
    bare = [line for line in rows if _lacks_kind(line)]
    if not bare or total is None or not total.hours or len(bare) == len(rows):
        return lines, kinds, []
    gap = sum((total.hours.values()), Decimal(0)) + sum((line.total or Decimal(0) for line in bare), Decimal(0))
    if total.total is None or gap != total.total:
        return lines, kinds, []
    name = _attestation_kind(kinds)
    detail = ErrorDetail("hours_without_kind", params={"kind": name})
    given = [
        replace(line, hours={name: line.total or Decimal(0)}) if line.role == "row" and _lacks_kind(line) else line
        for line in lines
    ]
    return given, (*kinds, name), [Note(line.where, detail) for line in bare]


def _attestation_kind(kinds: tuple[str, ...]) -> str:
    """Returns a name that no column has."""
    name = ErrorDetail("hour_kind_attestation").message
    return name if name not in kinds else ErrorDetail("hour_kind_attestation_separate").message


def _lacks_kind(line: Line) -> bool:
    """Returns whether the line is an attestation with a total and no hours of a kind."""
    if not line.total or line.hours:
        return False
    return bool(
        FINAL_ROW.search(line.title) or INTERIM_ROW.search(line.title) or re.search(r"зач[её]т", line.title, re.I)
    )


def _with_subtotals(tree: list[Node], lines: list[Line], places: list[int]) -> tuple[list[Node], list[Note]]:
    """Records rows such as «Итого по разделу 1» as stated sums of their section; skips running totals."""
    notes: list[Note] = []
    for place in places:
        subtotal = lines[place]
        before = [line for line in lines[:place] if line.role == "row"]
        index = _section_of(tree, before[-1]) if before else None
        if index is None or not subtotal.has_hours:
            continue
        running = sum((node.sum() for node in tree[: index + 1]), Decimal(0))
        node = tree[index]
        if subtotal.role == "total" and subtotal.sum() == running != node.sum():
            continue
        if node.children and not node.line.has_hours:
            tree[index] = Node(replace(node.line, hours=subtotal.hours, total=subtotal.total), node.children)
        elif subtotal.sum() != node.sum():
            params = {"stated": subtotal.sum(), "sum": node.sum()}
            notes.append(Note(subtotal.where, ErrorDetail("subtotal_differs", params=params), True))
    return tree, notes


def _without_part_headings(tree: list[Node]) -> tuple[list[Node], list[str]]:
    """Splits off headings over several sections, such as «Инвариантная часть»."""

    def is_heading(node: Node) -> bool:
        return not node.children and not node.line.has_hours and (node.line.is_merged or not node.line.number.parts)

    return [node for node in tree if not is_heading(node)], [node.line.label for node in tree if is_heading(node)]


def _section_of(tree: list[Node], line: Line) -> int | None:
    """Returns the index of the section that contains the line."""

    def holds(node: Node) -> bool:
        return node.line is line or any(holds(child) for child in node.children)

    return next((i for i, node in enumerate(tree) if holds(node)), None)


def _empty_rows(tree: list[Node]) -> Iterator[Note]:
    for node in tree:
        for leaf in node.leaves():
            if not leaf.line.has_hours:
                yield Note(leaf.line.where, ErrorDetail("row_without_hours"))


class _Builder:
    """Builds the plan from the tree, and collects the facts that a plan does not store."""

    def __init__(self, kinds: tuple[str, ...], columns: Columns) -> None:
        self._kinds = {name: Kind(new_lineage(), name) for name in kinds}
        self._columns = columns
        self.facts = DocumentFacts(has_class_forms=columns.form is not None, has_control_forms=bool(columns.controls))

    def build(self, tree: list[Node], total: Line | None) -> ThematicPlan:
        """Returns the plan; ``total`` is the total row."""
        plan = ThematicPlan(kinds=list(self._kinds.values()), sections=list(self._sections(tree)))
        plan.workload = plan.total
        self.facts.stated = self._stated(total) if total is not None else {}
        return plan

    def _sections(self, tree: list[Node]) -> Iterable[SectionRow]:
        """Returns the sections; topics without any section get one per first number, or one for all."""
        if any(node.children for node in tree):
            return map(self._section, tree)
        depths = {node.line.number.depth for node in tree if node.line.number.parts}
        if depths and min(depths) > 1:
            return self._by_first_number(tree)
        keywords = {node.line.number.keyword for node in tree}
        if "section" not in keywords and (self._columns.says_topics_only or "topic" in keywords):
            topics = [self._topic(node.line) for node in tree]
            return [SectionRow(new_lineage(), ErrorDetail("section_of_all_topics").message, topics=topics)]
        return map(self._section, tree)

    def _by_first_number(self, tree: list[Node]) -> Iterable[SectionRow]:
        """Returns sections for topics 1.1, 1.2, 2.1 that have no rows for 1 and 2."""
        sections: list[SectionRow] = []
        last = ""
        for node in tree:
            parts = node.line.number.parts
            number = str(parts[0]) if parts else last
            if not sections or number != last:
                title = numbered_section(number).message
                section = SectionRow(new_lineage(), title)
                self.facts.numbers[section.lineage] = last = number
                sections.append(section)
            sections[-1].topics.append(self._topic(node.line))
        return sections

    def _section(self, node: Node) -> SectionRow:
        line = node.line
        number, title = line.number.text, line.title
        if not line.number.parts:
            split, rest = split_number(title)
            number, title = (split.text, rest or title) if split.is_marked else ("", title)
        section = SectionRow(new_lineage(), title)
        self.facts.numbers[section.lineage] = number
        self.facts.controls[section.lineage] = line.control
        if node.children:
            self._fill(section, node)
        else:
            self._fill_alone(section, line)
        return section

    def _fill(self, section: SectionRow, node: Node) -> None:
        """Adds the topics below the section's row and the sums that the row states."""
        groups = self.facts.groups[section.lineage] = []
        section.stated = self._stated(node.line)
        section.topics = self._topics(node, groups)

    def _fill_alone(self, section: SectionRow, line: Line) -> None:
        """Adds a topic with the section's name, which carries the hours of the row."""
        topic = self._topic(line)
        topic.title = section.title
        self.facts.numbers[topic.lineage] = self.facts.numbers[section.lineage]
        section.topics.append(topic)
        if line.total is not None:
            section.stated[TOTAL] = line.total
        self.facts.alone.add(section.lineage)

    def _topics(self, node: Node, groups: list[TopicGroup]) -> list[TopicRow]:
        """Returns all topics below the node; adds the groups that contain them to ``groups``."""
        topics: list[TopicRow] = []
        for child in node.children:
            if child.children:
                group = TopicGroup(child.line.label, self._stated(child.line))
                groups.append(group)
                group.topics = self._topics(child, groups)
                topics += group.topics
            else:
                topics.append(self._topic(child.line))
        return topics

    def _topic(self, line: Line) -> TopicRow:
        hours = {kind.lineage: value for name, kind in self._kinds.items() if (value := line.hours.get(name))}
        topic = TopicRow(new_lineage(), line.title, line.form, line.control, hours)
        self.facts.numbers[topic.lineage] = line.number.text
        if line.total is not None:
            self.facts.totals[topic.lineage] = line.total
        return topic

    def _stated(self, line: Line) -> dict[str, Decimal]:
        """Returns the sums that a row states. A blank among stated kinds counts as zero; a row with a total only
        states no kinds.
        """
        stated: dict[str, Decimal] = {}
        if line.hours:
            kinds = [kind.name for kind in self._columns.kinds]
            stated = {self._kinds[name].lineage: line.hours.get(name, Decimal(0)) for name in kinds}
        if line.total is not None:
            stated[TOTAL] = line.total
        return stated
