"""A GIFT file → the stretches of text that are one question each, with the line on which each begins.

Questions are parted by blank lines; one whose line begins with ``::`` begins in any case. Blank lines within braces
belong to the question, as authors mean it; when a closing brace is missing, the question ends where the next plainly
begins, so that one slip costs one question.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

Slip = Literal["unclosed", "unopened"]

_BRACE: Final = re.compile(r"\\.|[{}]")
_NAMED: Final = re.compile(r"::|[ \t]+::(?:\\.|[^\\:]|:(?!:))+::")
_CATEGORY: Final = re.compile(r"\s*\$CATEGORY:(.*)", re.IGNORECASE)


@dataclass(slots=True)
class Stretch:
    """The raw text of one question. ``slip``: what is wrong with its braces."""

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


def split(text: str) -> list[Stretch]:
    """All questions of the file, in order; comments and categories are taken out."""
    splitter = _Splitter(text.split("\n"))
    return _joined(splitter.run())


class _Splitter:
    """Walks the lines once; goes back only to the blank line after which a question without closing brace ended."""

    def __init__(self, rows: list[str]) -> None:
        self.rows = rows
        self.found: list[Stretch] = []
        self.current: Stretch | None = None
        self.category = ""
        self.depth = 0
        self.last_blank = -1

    def run(self) -> list[Stretch]:
        at = 0
        while at < len(self.rows):
            at = self.take(at)
        self.finish("unclosed" if self.depth else None)
        return self.found

    def take(self, at: int) -> int:
        """Takes the line; returns the next line to take."""
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
            self.current = Stretch(at + 1, self.category)
        for hit in _BRACE.finditer(row):
            if hit[0] == "{" and self.depth and self.ended_before():
                return self.give_up()
            self.brace(hit[0])
        self.current.rows.append(row)
        return at + 1

    def brace(self, sign: str) -> None:
        """Counts braces; those within a block, in pairs, are text."""
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
        """Whether, since the brace opened, a blank line came after which no answers follow."""
        if self.last_blank < 0:
            return False
        return not self.rows[self.last_blank + 1].lstrip().startswith(("=", "~", "}", "#"))

    def give_up(self) -> int:
        """A brace opens while one is open and a blank line lies between: the question had ended there."""
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


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    """Where all questions of a file are named, a blank line within a question's text does not part it in two."""
    found: list[Stretch] = []
    earlier: Stretch | None = None
    for one in stretches:
        if one.named:
            found.append(one)
        elif _goes_on(earlier):
            found[-1] = _whole(found[-1], one)
        else:
            return stretches
        earlier = one
    return found


def _whole(first: Stretch, rest: Stretch) -> Stretch:
    rows = [*first.rows, "", *rest.rows]
    return Stretch(first.line, first.category, rows, first.slip or rest.slip, first.blocks + rest.blocks)


def _goes_on(stretch: Stretch | None) -> bool:
    """Whether the text may go on after a blank line: nothing has been asked yet."""
    return stretch is not None and stretch.blocks == 0 and stretch.slip is None
