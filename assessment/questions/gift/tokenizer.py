"""Splitting of a GIFT file into the raw texts of its questions, each with the line on which it begins.

Blank lines separate questions; a line that begins with ``::`` always begins a new one. Blank lines within braces belong
to the question; if a closing brace is missing, the question ends where the next one clearly begins, so that one mistake
costs one question.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

Slip = Literal["unclosed", "unopened"]

_BRACE: Final = re.compile(r"\\.|[{}]")
_NAMED: Final = re.compile(r"::|[ \t]+::(?:\\.|[^\\:]|:(?!:))+::")
_CATEGORY: Final = re.compile(r"\s*\$CATEGORY:(.*)", re.IGNORECASE)


@dataclass(slots=True)
class RawQuestion:
    """Raw text of one question. ``slip``: the error in its braces."""

    line: int
    category: str
    rows: list[str] = field(default_factory=list)
    slip: Slip | None = None
    blocks: int = 0

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    @property
    def named(self) -> bool:
        return bool(_NAMED.match(self.rows[0]))


def split_questions(text: str) -> list[RawQuestion]:
    """Returns all questions of the file, in order, without comments and categories."""
    splitter = _Tokenizer(text.split("\n"))
    return _joined(splitter.run())


class _Tokenizer:
    """Reads the lines once; goes back only to the blank line that ended a question without a closing brace."""

    def __init__(self, rows: list[str]) -> None:
        self.rows = rows
        self.found: list[RawQuestion] = []
        self.current: RawQuestion | None = None
        self.category = ""
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
            self.current.rows.append("")
            self.last_blank = at
        else:
            self.finish(None)
        return at + 1

    def add(self, at: int, row: str) -> int:
        if self.current is None:
            self.current = RawQuestion(at + 1, self.category)
        for hit in _BRACE.finditer(row):
            if hit[0] == "{" and self.depth and self.ended_before():
                return self.give_up()
            self.brace(hit[0])
        self.current.rows.append(row)
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
                self.current.rows.pop()
        self.finish("unclosed")
        return resume

    def finish(self, slip: Slip | None) -> None:
        if self.current:
            self.current.slip = slip or self.current.slip
            self.found.append(self.current)
        self.current, self.depth, self.last_blank = None, 0, -1


def _joined(stretches: list[RawQuestion]) -> list[RawQuestion]:
    """Joins a question's parts separated by a blank line in its text, if all questions of the file are named."""
    found: list[RawQuestion] = []
    earlier: RawQuestion | None = None
    for one in stretches:
        if one.named:
            found.append(one)
        elif _goes_on(earlier):
            found[-1] = _whole(found[-1], one)
        else:
            return stretches
        earlier = one
    return found


def _whole(first: RawQuestion, rest: RawQuestion) -> RawQuestion:
    rows = [*first.rows, "", *rest.rows]
    return RawQuestion(first.line, first.category, rows, first.slip or rest.slip, first.blocks + rest.blocks)


def _goes_on(stretch: RawQuestion | None) -> bool:
    """Returns whether the text may continue after a blank line: it has no answers yet."""
    return stretch is not None and stretch.blocks == 0 and stretch.slip is None
