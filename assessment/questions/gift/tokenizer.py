"""Splitting of a GIFT file into the raw texts of its questions, each with the line on which it begins.

Blank lines separate questions; a line that begins with ``::`` always begins a new one, and so does a line after a
finished question if its own answers follow. Blank lines within braces belong to the question; if a closing brace is
missing, the question ends where the next one clearly begins, so that one mistake costs one question.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

Slip = Literal["unclosed", "unopened"]

_BRACE: Final = re.compile(r"\\.|[{}]")
_NAMED: Final = re.compile(r"::|[ \t]+::(?:\\.|[^\\:]|:(?!:))+::")
_CATEGORY: Final = re.compile(r"\s*\$CATEGORY:(.*)", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"\s*[0-9]{1,4}[.)]\s")
_BEGINS: Final = re.compile(r"\s*(?:[0-9]{1,4}[.)]|[A-ZА-ЯЁ0-9<\[«\"$])")
"""Beginning of a question that has no name."""
_ENDS: Final = ("?", "!", ":", ".", "…", ">", "_")
"""Last signs of a question's text; a gap within a sentence stands after a word."""


@dataclass(slots=True)
class RawQuestion:
    """Raw text of one question. ``slip``: the error in its braces."""

    line: int
    category: str
    labels: str = ""
    """The comment before the question, which may name its tags and number."""
    rows: list[str] = field(default_factory=list)
    slip: Slip | None = None
    blocks: int = 0
    numbers: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    def add(self, at: int, row: str) -> None:
        """Adds the line at this position of the file."""
        self.rows.append(row)
        self.numbers.append(at + 1)

    def remove_last(self) -> None:
        self.rows.pop()
        self.numbers.pop()

    @property
    def named(self) -> bool:
        return bool(_NAMED.match(self.rows[0]))


def split_questions(text: str) -> list[RawQuestion]:
    """Returns all questions of the file, in order, without comments and categories."""
    splitter = _Tokenizer(text.split("\n"))
    return [part for one in splitter.run() for part in _separated(one)]


class _Tokenizer:
    """Reads the lines once; goes back only to the blank line that ended a question without a closing brace."""

    def __init__(self, rows: list[str]) -> None:
        self.rows = rows
        self.found: list[RawQuestion] = []
        self.current: RawQuestion | None = None
        self.category = ""
        self.labels = ""
        self.depth = 0
        self.last_blank = -1

    def run(self) -> list[RawQuestion]:
        at = 0
        while at < len(self.rows):
            at = self.take(at)
        self.finish("unclosed" if self.depth else None)
        return self.found

    def take(self, at: int) -> int:
        """Reads the line; returns the number of the next line to read."""
        row = self.rows[at]
        if row.lstrip().startswith("//"):
            self.labels = row
            return at + 1
        category = _CATEGORY.fullmatch(row)
        if category and (not self.depth or self.last_blank == at - 1):
            self.finish("unclosed" if self.depth else None)
            self.category = category[1].strip()
            return at + 1
        if not row.strip():
            return self.blank(at)
        if self.current and _NAMED.match(row):
            self.finish("unclosed" if self.depth else None)
        return self.add(at, row)

    def blank(self, at: int) -> int:
        if self.depth and self.current:
            self.current.add(at, "")
            self.last_blank = at
        else:
            self.finish(None)
        return at + 1

    def add(self, at: int, row: str) -> int:
        if self.current is None:
            self.current, self.labels = RawQuestion(at + 1, self.category, self.labels), ""
        ended = bool(self.depth) and self.ended_before()
        for hit in _BRACE.finditer(row):
            if hit[0] == "{" and self.depth and ended:
                return self.give_up()
            self.brace(hit[0])
            ended = ended and bool(self.depth)
        self.current.add(at, row)
        return at + 1

    def brace(self, sign: str) -> None:
        """Counts braces; paired ones within a block are text."""
        if self.current is None or sign not in {"{", "}"}:
            return
        if sign == "{":
            if not self.depth:
                self.current.blocks += 1
                self.last_blank = -1
            self.depth += 1
        elif self.depth:
            self.depth -= 1
        else:
            self.current.slip = "unopened"

    def ended_before(self) -> bool:
        """Returns whether, since the brace opened, there was a blank line after which no answers follow."""
        if self.last_blank < 0:
            return False
        return not self.rows[self.last_blank + 1].lstrip().startswith(("=", "~", "}", "#"))

    def give_up(self) -> int:
        """Ends the question at a blank line, when a brace opens while another is open and a blank line lies between."""
        resume = self.last_blank + 1
        if self.current:
            while self.current.rows and self.current.rows[-1] != "":
                self.current.remove_last()
        self.finish("unclosed")
        return resume

    def finish(self, slip: Slip | None) -> None:
        if self.current:
            self.current.slip = slip or self.current.slip
            self.found.append(self.current)
        self.current, self.depth, self.last_blank = None, 0, -1


def _separated(one: RawQuestion) -> list[RawQuestion]:
    """Returns the questions of a stretch without blank lines between them."""
    if one.blocks < 2 or one.slip:
        return [one]
    starts = [0, *_starts(one), len(one.rows)]
    if len(starts) == 2:
        return [one]
    return [_part(one, start, end) for start, end in pairwise(starts)]


def _part(one: RawQuestion, start: int, end: int) -> RawQuestion:
    rows, numbers = one.rows[start:end], one.numbers[start:end]
    blocks = sum(1 for hit in _BRACE.finditer("\n".join(rows)) if hit[0] == "{")
    return RawQuestion(numbers[0], one.category, "" if start else one.labels, rows, None, blocks, numbers)


def _starts(one: RawQuestion) -> list[int]:
    """Returns the positions of rows that begin a question: the row before ends the answers of another one."""
    found, depth, left, finished = [], 0, one.blocks, False
    opened, before = 0, ""
    for at, row in enumerate(one.rows):
        if left and not depth and at and (finished or _NUMBERED.match(row)) and _closes(one.rows[at - 1]):
            found += [at] if _BEGINS.match(row) else []
        for hit in _BRACE.finditer(row):
            depth += {"{": 1, "}": -1}.get(hit[0], 0)
            if hit[0] == "{" and depth == 1:
                left, opened = left - 1, at
                before = row[: hit.start()].strip() or (one.rows[at - 1].strip() if at else "")
        finished = not depth and (opened < at or before.endswith(_ENDS))
    return found


def _closes(row: str) -> bool:
    return row.rstrip().endswith("}")
