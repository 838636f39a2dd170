"""Missing word: gaps in a text, marked ``[[1]]``, ``[[2]]``…, each a list to choose from or a text field."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

from assessment.questions import answer_keys, normalise
from assessment.questions.base import QuestionType
from assessment.questions.gift.answer_blocks import Block, GiftProblem, write_answer
from assessment.questions.gift.escapes import escape, read_line, write_line
from assessment.questions.model import (
    UNANSWERED,
    Answer,
    Grade,
    Grader,
    Part,
    Payload,
    Question,
    RawAnswer,
    RichText,
    make_grade,
    optional_text,
)
from assessment.questions.payload_checks import Checker
from assessment.questions.weights import share
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail

MOST: Final = 20
MARKER: Final = re.compile(r"\[\[([0-9]{1,2})\]\]")


class MissingWord(QuestionType):
    """Payload ``{"gaps": [{"id": "1", "typed": bool, "case", "answers": [{"id", "text", "weight", "feedback"}]}]}``.

    Gaps are numbered from 1 in the order of the list; each is worth the same. A typed one is compared as short answers
    are; the others offer their answers in a list. Answer: ``{"gaps": {"1": id or text}}``.
    """

    kind = "missing_word"
    gift_order = 40
    gift_several = True

    def normalise_payload(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        data = payload if isinstance(payload, dict) else {}
        found = data.get("gaps") if isinstance(data.get("gaps"), list) else []
        rows = [row for row in found or [] if isinstance(row, dict)][: MOST * 2]
        return {"gaps": [_normalised_gap(number, row, fmt) for number, row in enumerate(rows, 1)]}

    def validate(self, payload: Payload) -> list[ErrorDetail]:
        checker = Checker(payload)
        gaps = list(checker.items("gaps", 1, MOST))
        for number, (path, gap) in enumerate(gaps, 1):
            if gap.get("id") != str(number):
                checker.wrong(path, code="gap_numbers_incomplete")
            answer_keys.check(checker, gap, path)
            if not gap.get("typed"):
                _check_choice(checker, path, gap)
        return checker.errors

    def validate_question(self, question: Question) -> list[ErrorDetail]:
        errors = self.validate(question.payload)
        if errors:
            return errors
        marked = MARKER.findall(question.text.source)
        wanted = [gap["id"] for gap in question.payload["gaps"]]
        lost = sorted(set(wanted) - set(marked), key=int)
        if lost:
            return [ErrorDetail("gap_mark_missing", "gaps", {"number": lost[0]})]
        if sorted(marked, key=int) != wanted:
            return [ErrorDetail("gap_marks_not_matching", "gaps")]
        return []

    def prepare(self, payload: Payload) -> Grader:
        finders = {gap["id"]: _finder(gap) for gap in payload["gaps"]}
        count = len(finders)
        if count == 1:
            (only, find) = next(iter(finders.items()))
            return lambda answer: find(said) if (said := (answer.get("gaps") or {}).get(only)) else UNANSWERED
        return lambda answer: _together(finders, answer, count)

    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        found = {}
        for gap in payload["gaps"]:
            said = answer_keys.clean(raw.get(f"gap-{gap['id']}", ()))
            if said and (gap["typed"] or any(one["id"] == said for one in gap["answers"])):
                found[gap["id"]] = said
        return {"gaps": found} if found else {}

    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        return {"gaps": [_gap_view(gap, f"{seed}|{gap['id']}") for gap in payload["gaps"]]}

    def describe_right(self, payload: Payload) -> list[RichText]:
        return [
            RichText(" / ".join(text.source for text in answer_keys.describe(gap)), "plain") for gap in payload["gaps"]
        ]

    def gift_gap(self, number: int) -> str:
        return f"[[{number}]]"

    def read_gift(self, block: Block) -> Payload | None:
        blocks = (block, *block.others)
        if not (block.others or (block.inline and "=" in block.signs)):
            return None
        return self.normalise_payload({"gaps": [_from_block(one) for one in blocks]}, block.fmt)

    def write_gift(self, question: Question) -> str:
        fmt = question.text.format
        source, gaps = question.text.source, {gap["id"]: gap for gap in question.payload["gaps"]}
        found = [f"[{fmt}]"]
        at = 0
        for hit in MARKER.finditer(source):
            found += [escape(source[at : hit.start()]), _written_gap(gaps[hit[1]], fmt)]
            at = hit.end()
        # An escaped line break after the last gap makes it part of the text, not an answer block at the end.
        return "".join([*found, escape(source[at:]) or "\\n"])


def _normalised_gap(number: int, row: Payload, fmt: TextFormat) -> Payload:
    gap = answer_keys.normalise_keys(row, fmt)
    for normalised, typed in zip(gap["answers"], normalise.rows(row.get("answers"), "text", "feedback"), strict=True):
        normalised["id"] = typed.get("id") or ""
    normalise.opaque_ids(gap["answers"])
    return {"id": str(number), "typed": normalise.flag(row.get("typed", False)), **gap}


def _check_choice(checker: Checker, path: str, gap: Payload) -> None:
    rows = [row for row in gap.get("answers") or [] if isinstance(row, dict)]
    checker.ids(rows, f"{path}.answers")
    if rows and all(share(row.get("weight")) == 1 for row in rows):
        checker.wrong(f"{path}.answers", code="wrong_option_missing")


def _finder(gap: Payload) -> Callable[[str], Grade]:
    if gap["typed"]:
        return answer_keys.finder(gap, gap["id"])
    found = {one["id"]: _gap_grade(gap["id"], one) for one in gap["answers"]}
    return lambda said: found.get(said, UNANSWERED)


def _gap_grade(id_: str, option: Payload) -> Grade:
    worth = share(option["weight"])
    return make_grade(
        worth, [Part(id_, True if worth == 1 else None if worth > 0 else False, optional_text(option["feedback"]))]
    )


def _together(finders: dict[str, Callable[[str], Grade]], answer: Answer, count: int) -> Grade:
    said = answer.get("gaps") or {}
    found = [finders[id_](text) for id_, text in said.items() if text and id_ in finders]
    if not found:
        return UNANSWERED
    total = sum((one.fraction or Fraction(0) for one in found), Fraction(0))
    return make_grade(total / count, [part for one in found for part in one.parts])


def _gap_view(gap: Payload, seed: str) -> Payload:
    field = {"id": gap["id"], "field": f"gap-{gap['id']}", "typed": gap["typed"]}
    if gap["typed"]:
        return {**field, "limit": answer_keys.MAX_TYPED}
    offered = [{"id": one["id"], "text": one["text"]} for one in gap["answers"]]
    return {**field, "options": normalise.shuffled(offered, seed)}


def _from_block(block: Block) -> Payload:
    if "=" not in block.signs:
        raise GiftProblem(code="gap_answers_without_sign")
    answers = [
        {
            "text": read_line(one.body),
            "weight": one.weight or ("100" if one.sign == "=" else "0"),
            "feedback": block.rich(one.feedback),
        }
        for one in block.answers()
    ]
    return {"typed": block.signs == {"="}, "answers": answers}


def _written_gap(gap: Payload, fmt: TextFormat) -> str:
    lines = (_written_answer(one, gap["typed"], fmt) for one in gap["answers"])
    return "{" + "".join(lines).replace("\t", "").replace("\n", " ").rstrip() + "}"


def _written_answer(answer: Payload, typed: bool, fmt: TextFormat) -> str:
    weight, body = answer["weight"], write_line(answer["text"])
    if typed or weight == "100":
        return write_answer("=", body, answer["feedback"], fmt, None if weight == "100" else weight)
    return write_answer("~", body, answer["feedback"], fmt, None if weight == "0" else weight)


TYPE = MissingWord()
