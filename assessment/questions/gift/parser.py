"""Parser of GIFT, Moodle's text format for questions: each question of a file is imported or its error explained.

The language: https://docs.moodle.org/en/GIFT_format. No text makes it raise.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from assessment.questions.base import QuestionType
from assessment.questions.gift.answer_blocks import Block, GiftProblem, read_block, read_entry, split_general
from assessment.questions.gift.escapes import read_text, unescape
from assessment.questions.gift.files import take_embedded
from assessment.questions.gift.other_formats import is_cloze, other_format
from assessment.questions.gift.tokenizer import RawQuestion, split_questions
from assessment.questions.model import MAX_NAME, Question, RichText
from assessment.questions.registry import question_types
from assessment.questions.sanitise import with_blanks
from assessment.questions.validation import check_question
from lms.core.files.text_encoding import DAMAGED, decode
from lms.core.richtext import TextFormat, to_plain
from lms.core.sentences import ErrorDetail, sentence

MAX_FILE: Final = 20 * 1024 * 1024
"""Bytes of a file with the pictures and sounds in it."""
MAX_BYTES: Final = 2 * 1024 * 1024
"""Bytes of its texts."""
MAX_TAGS: Final = 20
MAX_QUESTIONS: Final = 2_000
MAX_CATEGORY: Final = 500
MAX_QUESTION: Final = 100_000

_NAME: Final = re.compile(r"\s*::((?:\\.|[^\\:]|:(?!:))*)::", re.DOTALL)
_TRAILING: Final = f" \t\n{DAMAGED}"
_OF_FORMULA: Final = re.compile(r"(?:\\[a-zA-Z]+|[_^])\s?$")
r"""End of a text after which a brace belongs to a formula, as in ``\sqrt{2}``."""
_LABEL: Final = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
"""A tag or the number in the comment before a question."""
_PIECE: Final = re.compile(r"\\.|[{}]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Note:
    """Errors or warnings about a question of the file, with its line (from 1) and its name."""

    line: int
    name: str
    details: tuple[ErrorDetail, ...]

    @property
    def message(self) -> str:
        """Sentences of the details in the current language, each once."""
        return " ".join(dict.fromkeys(detail.message for detail in self.details))

    @property
    def where(self) -> str:
        """Line and name, for display."""
        if not self.line:
            return self.name
        if not self.name:
            return ErrorDetail("question_at_line", params={"line": self.line}).message
        return ErrorDetail("named_question_at_line", params={"line": self.line, "name": self.name}).message


@dataclass(frozen=True, slots=True)
class ParsedGift:
    """Result of reading a file.

    ``skipped``: questions with errors; ``warnings``: questions that were read but look odd; ``unreadable``: the reason
    why the file as a whole was refused.
    """

    questions: tuple[Question, ...] = ()
    skipped: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()
    unreadable: ErrorDetail | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Pictures and sounds that the file holds, by the names under which the questions show them."""


class _Skip(Exception):
    """The question has errors."""

    def __init__(self, *details: ErrorDetail) -> None:
        super().__init__()
        self.details = details


def read_gift(source: bytes | str) -> ParsedGift:
    """Returns the questions of a file, in its order."""
    if len(source) > MAX_FILE:
        return _too_large(MAX_FILE)
    text = decode(source) if isinstance(source, bytes) else source.replace("\r\n", "\n").replace("\r", "\n")
    if text is None:
        return ParsedGift(unreadable=ErrorDetail("questions_file_not_text"))
    text, files = take_embedded(text.lstrip("\ufeff").replace("\x00", ""))
    return _too_large(MAX_BYTES) if len(text) > MAX_BYTES else replace(_read_text(text), files=files)


def _read_text(text: str) -> ParsedGift:
    if other := other_format(text):
        return ParsedGift(unreadable=other)
    stretches = split_questions(text)
    if not any(one.blocks or one.slip or one.named for one in stretches):
        return ParsedGift(unreadable=ErrorDetail("questions_file_without_questions"))
    if len(stretches) > MAX_QUESTIONS:
        return ParsedGift(unreadable=ErrorDetail("questions_file_too_long", params={"most": MAX_QUESTIONS}))
    return _read_all(stretches)


def _too_large(most: int) -> ParsedGift:
    return ParsedGift(unreadable=ErrorDetail("questions_file_too_large", params={"size": most // 1024**2}))


def _read_all(stretches: list[RawQuestion]) -> ParsedGift:
    questions: list[Question] = []
    skipped: list[Note] = []
    warnings: list[Note] = []
    for stretch, after in zip(stretches, [*stretches[1:], None], strict=True):
        name, body = _named(stretch.text)
        body = body.rstrip(_TRAILING)
        try:
            question, odd = _read(stretch, name, body)
        except _Skip as problem:
            skipped.append(Note(stretch.line, name or _beginning(body), problem.details))
            continue
        questions.append(_labelled(question, stretch.labels))
        odd += question_types()[question.kind].warnings(question.payload)
        odd += _damage(stretch) + _doubt_of_description(question, stretch, after)
        warnings += [Note(stretch.line, question.name, (one,)) for one in odd]
    return ParsedGift(tuple(questions), tuple(skipped), tuple(warnings))


def _labelled(question: Question, comment: str) -> Question:
    """Returns the question with the tags and the number that the comment before it names."""
    found = [(hit[1], re.sub(r"\\(.)", r"\1", hit[2]).strip()[:MAX_NAME]) for hit in _LABEL.finditer(comment)]
    tags = [text for kind, text in found if kind == "tag" and text]
    number = next((text for kind, text in found if kind == "id"), "")
    return replace(question, tags=tuple(dict.fromkeys(tags))[:MAX_TAGS], idnumber=number)


def _named(raw: str) -> tuple[str, str]:
    """Returns the name in one line, and the text after it."""
    found = _NAME.match(raw)
    if not found:
        return "", raw
    return " ".join(unescape(found[1]).split())[:MAX_NAME], raw[found.end() :]


def _beginning(raw: str) -> str:
    """Returns the first words of a question without a name."""
    words = " ".join(unescape(raw.split("{", maxsplit=1)[0][:300]).split())
    return words if len(words) <= 60 else words[:59].rstrip() + "…"


def _damage(stretch: RawQuestion) -> list[ErrorDetail]:
    return [ErrorDetail("characters_damaged")] if DAMAGED in stretch.text else []


def _doubt_of_description(question: Question, stretch: RawQuestion, after: RawQuestion | None) -> list[ErrorDetail]:
    """Returns a warning if a named text without answers may be the beginning of the unnamed question after it."""
    if question.kind != "description" or not stretch.named or after is None or after.named:
        return []
    return [ErrorDetail("text_without_answers")]


def _read(stretch: RawQuestion, name: str, body: str) -> tuple[Question, list[ErrorDetail]]:
    """Returns the question and what is odd about its writing. Raises ``_Skip``."""
    if stretch.slip == "unclosed":
        raise _Skip(ErrorDetail("brace_not_closed"))
    if stretch.slip == "unopened":
        raise _Skip(ErrorDetail("brace_not_opened"))
    if len(body) > MAX_QUESTION:
        raise _Skip(ErrorDetail("question_too_long", params={"limit": MAX_QUESTION}))
    texts, sources = _pieces(body)
    if not sources:
        bare = Question("description", name, read_text(body, "moodle"), {}, category=stretch.category)
        return _completed(bare), []
    fmt = read_text(texts[0], "moodle").format
    parted = [split_general(source) for source in sources]
    block = _block(texts, [source for source, _general in parted], fmt)
    block, odd = _with_bare_answer(block, texts[0])
    kind, payload = _recognised(block)
    odd += kind.gift_warnings(block)
    told = [read_text(general, fmt) for _source, general in parted if general and general.strip()]
    text = read_text(_with_gaps(texts, kind), "moodle")
    question = Question(kind.kind, name, text, payload, told[0] if told else None, category=stretch.category)
    return _completed(question), odd


def _block(texts: list[str], sources: list[str], fmt: TextFormat) -> Block:
    """Returns the first block; it holds the other blocks and whether text follows it."""
    others = tuple(read_block(source, fmt, inline=True) for source in sources[1:])
    return read_block(sources[0], fmt, bool("".join(texts[1:]).strip()), others)


def _with_bare_answer(block: Block, before: str) -> tuple[Block, list[ErrorDetail]]:
    """Returns the block; an answer that stands in braces without a sign gets one, with a warning.

    Raises ``_Skip`` if a pair of braces belongs to the text, or if the question is one of another format.
    """
    blocks = (block, *block.others)
    if any(is_cloze(one.source) for one in blocks):
        raise _Skip(ErrorDetail("question_is_cloze"))
    bare = [one.source for one in blocks if _is_bare(one) or (block.others and not one.source)]
    if bare and (block.others or _OF_FORMULA.search(before[-60:])):
        raise _Skip(ErrorDetail("brace_in_text", params={"text": " ".join(bare[0].split())[:40]}))
    if not bare or "\n" in block.source:
        return block, []
    entry = read_entry("=", block.source)
    return replace(block, lead="", entries=(entry,)), [ErrorDetail("answer_without_sign", params={"text": entry.body})]


def _is_bare(block: Block) -> bool:
    """Returns whether the block holds a text that is neither answers nor a number nor a truth value."""
    known = block.lead != block.source or not block.source or block.source.startswith("#")
    return not (known or question_types()["true_false"].read_gift(block))


def _pieces(body: str) -> tuple[list[str], list[str]]:
    """Returns the texts around the blocks and the content of the blocks: one text more than blocks."""
    texts, sources, start, depth = [], [], 0, 0
    for hit in _PIECE.finditer(body):
        if hit[0] == "{" and not depth:
            texts.append(body[start : hit.start()])
            start, depth = hit.end(), 1
        elif hit[0] == "{":
            depth += 1
        elif hit[0] == "}":
            depth -= 1
            if not depth:
                sources.append(body[start : hit.start()])
                start = hit.end()
    return [*texts, body[start:]], sources


def _recognised(block: Block) -> tuple[QuestionType, dict[str, object]]:
    """Returns the first type that recognises the block. Raises ``_Skip`` if none does."""
    for kind in question_types().values():
        try:
            payload = None if block.others and not kind.gift_several else kind.read_gift(block)
        except GiftProblem as problem:
            raise _Skip(problem.detail) from problem
        if payload is not None:
            return kind, payload
    if block.others:
        raise _Skip(ErrorDetail("blocks_are_no_gaps"))
    raise _Skip(ErrorDetail("question_not_recognised"))


def _with_gaps(texts: list[str], kind: QuestionType) -> str:
    """Returns the question's text, with a placeholder for each block that is followed by text."""
    if not "".join(texts[1:]).strip():
        return texts[0]
    # Splits text that looks like a gap mark, so that all gap marks come from blocks.
    own = [re.sub(r"\[\[(?=[0-9]{1,2}\]\])", "[ [", text) for text in texts] if kind.gift_several else texts
    found = [own[0]]
    for number, text in enumerate(own[1:], 1):
        found += [kind.gift_gap(number), text]
    return "".join(found)


def _completed(question: Question) -> Question:
    """Returns the question with defaults for what its author left out. Raises ``_Skip`` with the errors of an
    invalid one.
    """
    text = question.text if question.text.source else RichText(question.name, "plain")
    name = (
        question.name or to_plain(with_blanks(text).source[:2_000], text.format, 80) or sentence("question_unnamed", {})
    )
    mark = Decimal(1) if question_types()[question.kind].marked else Decimal(0)
    category = question.category[:MAX_CATEGORY]
    complete = replace(question, name=name, text=text, mark=mark, category=category)
    errors = check_question(complete)
    if errors:
        raise _Skip(*errors)
    return complete
