"""Assigns running text to the parts of a programme: each line belongs to the part that the last label started."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from courses.importing.document import Block, Paragraph, Table, collapse_spaces
from courses.importing.headings import TASKS_LEAD, Label, Part, find_label, without_number
from courses.importing.numbers import split_number

LISTED: tuple[Part, ...] = ("tasks", "outcomes", "literature", "attestation", "contents")
HEADING_ONLY: tuple[Part, ...] = ("note", "conditions", "plan", "other")
EARLY: tuple[Part, ...] = (
    "name", "organization", "key_ideas", "goal", "tasks", "form", "audience", "workload", "outcomes",
)  # fmt: skip
"""Parts of the explanatory note."""
LATE: tuple[Part, ...] = ("contents", "attestation", "staff", "equipment", "information", "literature")
"""Parts after the note, where a topic or a task may have a goal or a form of its own."""
LONGEST_BOLD_HEADING = 120
BULLET = re.compile(r"^\s*(?:[-–—•●▪◦*·✓➢]|\d{1,2}[.)]|[а-я]\))\s+")
INLINE_ITEM = re.compile(r"(?:^|(?<=[;.,:]))\s*(?:\d{1,2}[.)]|[-–—•●▪✓]|[а-я]\))\s+(?=\S)")


@dataclass(frozen=True)
class Entry:
    """A line of a part."""

    text: str
    block: int
    is_item: bool = False
    """True for a list item."""
    is_heading: bool = False


@dataclass
class Parts:
    """Lines by part; ``front`` holds the title page: everything before the first label."""

    found: dict[Part, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    headings: dict[Part, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    front: list[tuple[Paragraph, int]] = field(default_factory=list)
    loose: list[Entry] = field(default_factory=list)
    """Lines that belong to no label."""

    def texts(self, part: Part) -> tuple[str, ...]:
        """Returns the part's lines."""
        return tuple(entry.text for entry in self.found.get(part, ()) if entry.text)

    def joined(self, part: Part) -> str:
        """Returns the part's lines as paragraphs."""
        return "\n".join(self.texts(part)).strip()

    def has(self, part: Part) -> bool:
        """Returns whether the part was named or filled."""
        return bool(self.found.get(part) or self.headings.get(part))


def sort_into_parts(blocks: Iterable[tuple[int, Block]], plan_titles: set[str]) -> Parts:
    """Assigns all blocks except the tables that were recognised as something else."""
    sorter = _Sorter(plan_titles)
    for index, block in blocks:
        if isinstance(block, Table):
            sorter.table(index, block)
        elif block.line and not block.is_contents:
            sorter.paragraph(index, block)
    return sorter.parts


class _Sorter:
    """Assigns lines while it tracks the part that is open."""

    def __init__(self, plan_titles: set[str]) -> None:
        self.parts = Parts()
        self._part: Part | None = None
        self._goal_and_tasks = False
        self._plan_titles = plan_titles

    def paragraph(self, index: int, paragraph: Paragraph) -> None:
        """Assigns a paragraph line by line."""
        if self._part is None and not self._ends_title_page(paragraph):
            self.parts.front.append((paragraph, index))
            return
        bold_heading = paragraph.bold and len(paragraph.line) <= LONGEST_BOLD_HEADING
        heading = bool(paragraph.level) or bold_heading
        for line in paragraph.lines:
            self._line(index, line, heading, paragraph.marker)

    def _ends_title_page(self, paragraph: Paragraph) -> bool:
        """Returns whether the title page ends at this paragraph."""
        label = find_label(paragraph.lines[0], bool(paragraph.level)) if paragraph.lines else None
        told: tuple[Part, ...] = (
            ("name", "organization") if paragraph.level else ("name", "organization", "workload", "other")
        )
        is_front = label is None or label.part in told
        return not is_front and not _names_programme(paragraph.line)

    def _line(self, index: int, line: str, heading: bool, marker: str) -> None:
        if self._repeats_plan_title(line):
            self._put(index, line, True)
            return
        is_item = bool(marker) or bool(BULLET.match(line))
        label = find_label(line, heading)
        if (
            label is not None
            and not self._is_of_part(label)
            and not self._is_item_of_list(label, line, marker, heading)
        ):
            self._open(index, label, line)
        elif heading and not is_item and not self._is_lead(line):
            self._heading(index, line)
        elif TASKS_LEAD.search(line) and self._part in ("goal", "note", "key_ideas", "loose", None):
            self._open(index, Label("tasks", line), line)
        else:
            self._put(index, BULLET.sub("", line) if self._part in LISTED else line, is_item)

    def _repeats_plan_title(self, line: str) -> bool:
        """Returns whether the line only repeats a title of the plan inside the description of its contents."""
        if self._part != "contents":
            return False
        number, title = split_number(line)
        return fold_title(title) in self._plan_titles or (bool(number.keyword) and find_label(line, True) is None)

    def _is_of_part(self, label: Label) -> bool:
        """Returns whether a label belongs to the open part: «Цель:» of a topic, «Форма проведения:» of the
        attestation.
        """
        if self._part not in LATE or label.part not in EARLY:
            return False
        return bool(self.parts.found.get(label.part)) or (self._part, label.part) == ("attestation", "form")

    def _is_item_of_list(self, label: Label, line: str, marker: str, heading: bool) -> bool:
        """Returns whether the line is a list item that only starts like a label."""
        if heading or self._part not in LISTED:
            return False
        in_list = marker == "•" or bool(re.match(r"^\s*[-–—•●▪◦*·✓➢]\s", line))
        if self._part == "outcomes" and re.match(r"(?:компетенци|результат)", label.heading, re.I):
            return True
        if self._part in ("literature", "attestation", "outcomes") and (marker or BULLET.match(line)):
            return True
        return in_list and (not label.rest or self._part == "tasks")

    def _is_lead(self, line: str) -> bool:
        """Returns whether a bold line belongs to the open part of competencies, contents or criteria."""
        return self._part in ("outcomes", "contents", "attestation") and not re.match(
            r"^\s*(?:раздел|\d)\W", line, re.I
        )

    def _open(self, index: int, label: Label, line: str) -> None:
        self._part = label.part
        self._goal_and_tasks = label.part == "goal" and bool(re.search(r"задач", label.heading, re.I))
        self.parts.headings[label.part].append(Entry(line, index, is_heading=True))
        if label.rest:
            for text, is_item in _pieces(label.part, label.rest):
                self._put(index, text, is_item)

    def _heading(self, index: int, line: str) -> None:
        """Closes the open part at a heading that names no known part."""
        self._part = "other"
        self.parts.loose.append(Entry(line, index, is_heading=True))

    def _put(self, index: int, text: str, is_item: bool) -> None:
        part = self._part
        if part == "goal" and self._goal_and_tasks and self.parts.found["goal"] and is_item:
            part = self._part = "tasks"
            text = BULLET.sub("", text)
        entry = Entry(collapse_spaces(text), index, is_item)
        if part is None or part in HEADING_ONLY:
            self.parts.loose.append(entry)
        else:
            self.parts.found[part].append(entry)

    def table(self, index: int, table: Table) -> None:
        """Sorts a passport of labels and values by its labels; adds other tables to the part in which they stand."""
        rows = [_label_and_value(row.texts) for row in table.rows if row.texts]
        labels = [find_label(label, True) if value else None for label, value in rows]
        known = sum(label is not None for label in labels)
        if known >= 2 or (known and len(rows) <= 2):
            self._passport(index, table, labels)
        elif self._part is None:
            self.parts.front += [(Paragraph(line, bold=False), index) for line in _cell_texts(table)]
        elif self._part in HEADING_ONLY:
            self.parts.loose.append(Entry("", index))
        else:
            for row in table.rows:
                self._put(index, " — ".join(row.texts), True) if row.texts else None

    def _passport(self, index: int, table: Table, labels: list[Label | None]) -> None:
        before = self._part
        rows = [row for row in table.rows if row.texts]
        for row, label in zip(rows, labels, strict=True):
            cells = [cell for cell in row.cells if cell.text]
            lines = cells[-1].lines if len(cells) > 1 else ()
            if label is None or label.part in HEADING_ONLY:
                self.parts.loose.append(Entry(" — ".join(row.texts), index))
                continue
            self.parts.headings[label.part].append(Entry(f"{label.heading}: ", index, is_heading=True))
            self._part = label.part
            for line in lines:
                inner = find_label(line) if label.part == "goal" else None
                if inner is not None and inner.part == "tasks":
                    self._open(index, inner, line)
                    continue
                for text, is_item in _pieces(self._part, line):
                    self._put(index, text, is_item or len(lines) > 1)
        self._part = before


def _names_programme(line: str) -> bool:
    """Returns whether the line is «Программа стажировки …», even if its words look like a label."""
    return bool(
        re.match(
            r"^(?:рабочая |дополнительная |образовательная |профессиональная )*программа\b", without_number(line), re.I
        )
    )


def _label_and_value(texts: tuple[str, ...]) -> tuple[str, str]:
    """Returns the last two texts of a row; numbers before them are ignored."""
    return (texts[-2].rstrip(":") + ":", texts[-1]) if len(texts) > 1 else (texts[0], "")


def _cell_texts(table: Table) -> Iterator[str]:
    """Yields the cells of the title page's table, each as one paragraph with its lines."""
    for row in table.rows:
        for cell in row.cells:
            if cell.lines:
                yield "\n".join(cell.lines)


def _pieces(part: Part | None, text: str) -> Iterator[tuple[str, bool]]:
    """Splits a text on one line into the items of its list: «1) …; 2) …»."""
    if part not in LISTED or part in ("outcomes", "attestation", "contents"):
        yield text, False
        return
    pieces = [piece.strip(" ;") for piece in INLINE_ITEM.split(text) if piece.strip(" ;")]
    if len(pieces) < 2 and text.count(";") > 0:
        pieces = [piece.strip() for piece in text.split(";") if piece.strip()]
    for piece in pieces:
        yield piece, len(pieces) > 1


def fold_title(text: str) -> str:
    """Normalises a title for comparison: lower case, without punctuation."""
    return re.sub(r"[^\w]+", " ", text.lower().replace("ё", "е")).strip()
