"""Planned outcomes: competencies with descriptors of knowledge, skill and practice, read from a table or from text."""

# ruff: noqa: E501 - words of headings are easier to read on long lines than broken

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from courses.importing.document import Table, collapse_spaces
from courses.importing.model import ImportedCompetency
from courses.importing.sections import Entry

Descriptor = Literal["knows", "can", "practised"]
ANY_CASE = re.IGNORECASE

DESCRIPTORS: tuple[tuple[Descriptor, str], ...] = (
    ("knows", r"знать|знает|знают|знани[яей]|должен\s+знать|knows?|knowledge"),
    ("can", r"уметь|умеет|умеют|умени[яей]|должен\s+уметь|can\b|skills?"),
    ("practised", r"владеть|владеет|владеют|владени[яе]|навык\w*|практическ\w+\s+опыт\w*|иметь\s+(?:практическ\w+\s+)?опыт\w*|имеет\s+(?:практическ\w+\s+)?опыт\w*|"
                  r"трудов\w+\s+действи\w*|опыт\s+деятельност\w*|practice|has\s+practi[sc]ed"),
)  # fmt: skip
ANY = "|".join(pattern for _name, pattern in DESCRIPTORS)
LABEL = re.compile(
    rf"^\W*(?:(?:слушател|стаж[её]р|обучающ|педагог)\w*\s+(?:должен\s+|будет\s+|будут\s+)?)?(?:должен\s+)?(?P<word>{ANY})"
    rf"(?P<tail>(?:\s*\([^)]*\)|\s*/\s*\w+|\s+\w+){{0,3}}?)\s*(?:[:.–—-]|$)\s*",
    ANY_CASE,
)
HEADING = re.compile(rf"^\W*(?:(?:должен|слушатель|стаж[её]р|дескриптор\w*)\W+)*(?:{ANY})\b", ANY_CASE)
CODE = re.compile(
    r"^(?P<code>(?:[А-ЯЁA-Z]{1,5}\s?[-–.]?\s?\d{1,2}(?:\.\d{1,2})*|[А-ЯЁ]{1,2}/\d{2}\.\d))\s*[.:)–—-]*\s*(?=\S|$)"
)
COMPETENCY_WORD = re.compile(r"^(?:профессиональн\w+\s+)?компетенци[яи](?:\s+(?P<number>\d+))?\s*[.:–—-]+\s*", ANY_CASE)
COMPETENCY_HEADING = re.compile(r"компетенц|competenc", ANY_CASE)
LEAD = re.compile(
    r"^(?:в результате|по (?:итогам|окончани[ию]|завершении)|(?:слушател|стаж[её]р|обучающ|выпускник|педагог)\w*\s+(?:должен|долж|будет|будут)|программа)|:\s*$",
    ANY_CASE,
)
"""A sentence such as «В результате стажёр будет…» introduces the descriptors and is no competency."""
BULLET = re.compile(r"^\s*(?:[-–—•●▪◦*·✓➢]|\d{1,2}[.)]|[а-я]\))\s+")


def find_competency_table(table: Table) -> tuple[ImportedCompetency, ...]:
    """Returns the competencies of a table whose heading says «Знать», «Уметь»…; empty for any other table."""
    for start, row in enumerate(table.rows[:4]):
        heads = {c: cell.text for c, cell in enumerate(row.cells) if cell.text}
        columns: dict[Descriptor, int] = {}
        for column, text in heads.items():
            kind = _kind(text) if HEADING.match(text) and len(text) < 90 else None
            if kind is not None:
                columns.setdefault(kind, column)
        titled = [c for c, text in heads.items() if COMPETENCY_HEADING.search(text) and c not in columns.values()]
        if len(columns) >= 2:
            return _from_columns(table, start + 1, columns, titled)
        if titled and len(heads) > 1 and not columns:
            found = _from_cells(table, start + 1, titled)
            if found:
                return found
    return _from_rows(table)


def _kind(text: str) -> Descriptor | None:
    """Returns the kind of descriptor that a heading or a label names; None if it names none."""
    match = LABEL.match(text) or re.match(rf"^\W*(?:\w+\W+)?(?P<word>{ANY})", text, ANY_CASE)
    word = match["word"] if match else ""
    return next((kind for kind, pattern in DESCRIPTORS if word and re.fullmatch(pattern, word, ANY_CASE)), None)


@dataclass
class _Draft:
    """A competency while it is read."""

    title: str
    items: dict[Descriptor, list[str]] = field(default_factory=lambda: {"knows": [], "can": [], "practised": []})

    def done(self) -> ImportedCompetency:
        """Returns the competency, with its code taken off the title."""
        title = collapse_spaces(COMPETENCY_WORD.sub("", self.title)).rstrip(" ;:")
        match = CODE.match(title)
        code = collapse_spaces(match["code"]) if match else ""
        rest = title[match.end() :].strip() if match else title
        knows, can, practised = (tuple(self.items[kind]) for kind in ("knows", "can", "practised"))
        return ImportedCompetency(rest, code, knows, can, practised)


def _from_columns(
    table: Table, start: int, columns: dict[Descriptor, int], titled: list[int]
) -> tuple[ImportedCompetency, ...]:
    """Reads a table with one column per kind of descriptor; a competency may take several rows."""
    first = min(columns.values())
    title_columns = titled or list(range(first))
    drafts: list[_Draft] = []
    for index in range(start, len(table.rows)):
        row = table.rows[index]
        if not row.texts:
            continue
        title = " ".join(filter(None, (row.cells[c].text for c in title_columns)))
        title = re.sub(r"^\d{1,2}[.)]?\s+(?=[А-ЯЁA-Z])", "", title)
        merged_up = all(row.cells[c].continuation == "column" for c in title_columns) and bool(title_columns)
        if not drafts or (title and not merged_up and not title.isdigit()):
            drafts.append(_Draft(title))
        for kind, column in columns.items():
            drafts[-1].items[kind] += _items(row.cells[column].lines)
    return tuple(draft.done() for draft in drafts if draft.title or any(draft.items.values()))


def _from_cells(table: Table, start: int, titled: list[int]) -> tuple[ImportedCompetency, ...]:
    """Reads a table with a competency beside a cell «Знать: … Уметь: … Владеть: …»."""
    entries: list[Entry] = []
    for row in table.rows[start:]:
        title = next((row.cells[c].text for c in titled if row.cells[c].text), "")
        if title:
            entries.append(Entry(title, 0, is_heading=True))
        for column, cell in enumerate(row.cells):
            if column not in titled:
                entries += [Entry(line, 0, True) for line in cell.lines if not line.isdigit()]
    found = read_competencies(entries)
    return found if any(one.knows or one.can or one.practised for one in found) else ()


def _from_rows(table: Table) -> tuple[ImportedCompetency, ...]:
    """Reads rows «Знать | …», «Уметь | …» that follow a row with the competency itself."""
    entries: list[Entry] = []
    labelled = 0
    for row in table.rows:
        texts = row.texts
        kind = _kind(texts[-2]) if len(texts) >= 2 and HEADING.match(texts[-2]) and len(texts[-2]) < 60 else None
        if kind is not None:
            labelled += 1
            if len(texts) > 2 and not texts[0].isdigit():
                entries.append(Entry(texts[0], 0, is_heading=True))
            last = [cell for cell in row.cells if cell.text][-1]
            entries.append(Entry(texts[-2].rstrip(":") + ":", 0))
            entries += [Entry(line, 0, True) for line in last.lines]
        elif texts and not re.fullmatch(r"(?:\w+\s+){0,2}компетенци[яи]", texts[0], ANY_CASE):
            entries.append(Entry(" ".join(texts), 0, is_heading=True))
    return read_competencies(entries) if labelled >= 2 else ()


def read_competencies(entries: Iterable[Entry]) -> tuple[ImportedCompetency, ...]:
    """Returns the competencies of running text. A line with a code, or one that «Знать:» follows, starts a
    competency.
    """
    lines = [line for entry in entries for line in _lines(entry)]
    drafts: list[_Draft] = []
    open_kind: Descriptor | None = None
    for i, entry in enumerate(lines):
        label = LABEL.match(entry.text)
        if label is not None and (label.end() < len(entry.text) or _is_bare(entry.text)):
            open_kind = _kind(label["word"])
            if not drafts:
                drafts.append(_Draft(""))
            if open_kind is not None:
                drafts[-1].items[open_kind] += _items([entry.text[label.end() :]])
        elif _opens(entry, lines[i + 1 : i + 2], open_kind):
            drafts.append(_Draft(BULLET.sub("", entry.text)))
            open_kind = None
        elif open_kind is not None and drafts:
            drafts[-1].items[open_kind] += _items([entry.text])
    return tuple(draft.done() for draft in drafts if draft.title or any(draft.items.values()))


def _is_bare(text: str) -> bool:
    return len(text.split()) <= 5


def _lines(entry: Entry) -> list[Entry]:
    """Splits a line «Знать: … Уметь: …» before each label."""
    marks = rf"(?<=[.;])\s+(?=(?:{ANY})(?:\s*\([^)]*\))?\s*[:–—])"
    pieces = [piece for piece in re.split(marks, entry.text, flags=ANY_CASE) if piece.strip()]
    return [Entry(piece.strip(), entry.block, entry.is_item, entry.is_heading) for piece in pieces]


def _opens(entry: Entry, following: list[Entry], open_kind: Descriptor | None) -> bool:
    """Returns whether the line names a competency."""
    text = BULLET.sub("", entry.text)
    if entry.is_heading and not re.match(r"^\W*\d{1,2}\.\d", text):
        return True
    if CODE.match(text) and not re.match(r"^(?:ФГОС|ИКТ|СанПиН)\b", text):
        return True
    if COMPETENCY_WORD.match(text) and not re.match(r"^компетенции\s*:", text, ANY_CASE):
        return True
    label_follows = bool(following) and bool(LABEL.match(following[0].text))
    if not label_follows or LEAD.match(text):
        return False
    return open_kind is None or not entry.is_item


def _items(lines: Iterable[str]) -> list[str]:
    """Returns the descriptors of lines: one a line, or several separated by semicolons."""
    items = []
    for line in lines:
        for piece in re.split(r";\s*|\n", line):
            text = collapse_spaces(BULLET.sub("", piece)).strip(" ;")
            if text and not re.fullmatch(r"[-–—.]+", text):
                items.append(text.rstrip(".") if len(text) < 400 else text)
    return items
