"""Answer block of a GIFT question (the text between braces), split into answers with sign, weight, text, feedback."""

import re
from dataclasses import dataclass
from typing import Any, Final

from assessment.questions.gift.escapes import read_line, read_text, write_text
from assessment.questions.model import RichText
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail

_TAG = r"""</?[a-zA-Z][a-zA-Z0-9]*(?:\s+[a-zA-Z-]+=(?:"[^"<>]*"|'[^'<>]*'))*\s*/?>"""
_MARKS: Final = re.compile(rf"\\.|{_TAG}|[=~]", re.DOTALL)
"""An escape, a whole HTML tag (its attributes are written with «=») or the sign that opens an answer."""
_HASHES: Final = re.compile(rf"\\.|{_TAG}|&#[0-9xXa-fA-F]{{1,7}};|#", re.DOTALL)
_WEIGHT: Final = re.compile(r"\s*+%\s*+([-+\u2212]?\s*+[0-9]{1,9}(?:[.,][0-9]{0,9})?)\s*+%")


ARROW: Final = re.compile("->|[→⟶➔➜⇒]|[–—−]>|-&gt;|&rarr;")
"""Sign between the sides of a pair: ``->``, or what editors of texts make of it."""


class GiftProblem(Exception):
    """The answer block belongs to a question type but is malformed; ``detail`` says how."""

    def __init__(self, *, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.detail = ErrorDetail(code, params=params)


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer: ``=`` or ``~``, per cent as written, raw text, raw feedback."""

    sign: str
    weight: str | None
    body: str
    feedback: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """Content of a pair of braces. ``inline``: text follows it; ``others``: further blocks of the question."""

    source: str
    lead: str
    entries: tuple[Entry, ...]
    fmt: TextFormat = "moodle"
    inline: bool = False
    others: tuple["Block", ...] = ()

    def rich(self, raw: str | None) -> dict[str, str] | None:
        """Returns a raw text as JSON; None for an empty one."""
        text = read_text(raw or "", self.fmt)
        return text.as_json() if text.source else None

    def answers(self) -> tuple[Entry, ...]:
        """Returns the answers. Raises ``GiftProblem`` if other text precedes the first."""
        if self.lead:
            raise GiftProblem(code="text_before_answers", text=read_line(self.lead)[:60])
        return self.entries

    @property
    def signs(self) -> set[str]:
        return {entry.sign for entry in self.entries}


def read_block(source: str, fmt: TextFormat, inline: bool = False, others: tuple[Block, ...] = ()) -> Block:
    """Returns the parsed block. An answer without a text that begins with ``#``, such as ``#ff0000``, is a text."""
    marks = [hit for hit in _MARKS.finditer(source) if hit[0] in "=~"]
    lead = source[: marks[0].start()] if marks else source
    bounds = [*(hit.start() for hit in marks), len(source)]
    entries = tuple(read_entry(hit[0], source[hit.end() : end]) for hit, end in zip(marks, bounds[1:], strict=True))
    return Block(source.strip(), lead.strip(), _merged(entries), fmt, inline, others)


def _merged(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Returns the entries without empty ones (two adjacent signs, as in «==»)."""
    return tuple(one for one in entries if one.body.strip() or one.feedback or one.weight)


def read_entry(sign: str, raw: str) -> Entry:
    """Returns the answer whose sign was ``sign``."""
    weight = _WEIGHT.match(raw)
    rest = raw[weight.end() :] if weight else raw
    hash_sign = "#" if rest.startswith("#") else ""
    body, feedback = split_feedback(rest.removeprefix(hash_sign))
    return Entry(sign, re.sub(r"\s", "", weight[1]) if weight else None, hash_sign + body.strip(), feedback)


def split_feedback(raw: str) -> tuple[str, str | None]:
    """Returns the text and what follows its first ``#``."""
    for hit in _HASHES.finditer(raw):
        if hit[0] == "#":
            return raw[: hit.start()], raw[hit.end() :]
    return raw, None


def split_general(raw: str) -> tuple[str, str | None]:
    """Returns the block and the general feedback after ``####``."""
    hit = re.search(r"(?<!\\)(?:\\\\)*(####)", raw)
    return (raw[: hit.start(1)], raw[hit.end(1) :]) if hit else (raw, None)


def write_answer(sign: str, body: str, feedback: Any, fmt: TextFormat, weight: str | None = None) -> str:
    """Returns an answer as a line of GIFT. ``body`` is already escaped; one that begins like a weight gets a weight."""
    percent = f"%{weight}%" if weight is not None else ""
    if not percent and body.startswith("%"):
        percent = "%100%" if sign == "=" else "%0%"
    return f"\t{sign}{percent}{body}{write_feedback(feedback, fmt)}\n"


def write_feedback(feedback: Any, fmt: TextFormat) -> str:
    return "#" + write_text(RichText.from_json(feedback), fmt) if feedback else ""
