"""Typed answers and the keys they are compared with; shared by short answers and by the gaps of a text."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final

from assessment.questions import normalise
from assessment.questions.gift import answer_blocks
from assessment.questions.gift.escapes import read_line, write_line
from assessment.questions.model import (
    UNANSWERED,
    Answer,
    Grade,
    Grader,
    Part,
    Payload,
    RichText,
    cached,
    make_grade,
    optional_text,
)
from assessment.questions.payload_checks import MAX_KEY, Checker
from assessment.questions.text_match import Pattern, fold_text
from assessment.questions.weights import share
from lms.core.richtext import TextFormat

MAX_TYPED: Final = 500
MOST: Final = 50


def normalise_keys(payload: Any, fmt: TextFormat) -> Payload:
    """Returns the stored shape: ``answers``, each one line with weight and feedback, and the flag ``case``."""
    data = payload if isinstance(payload, dict) else {}
    answers = [
        {
            "text": normalise.line(row.get("text")),
            "weight": normalise.weight(row.get("weight"), "100"),
            "feedback": normalise.rich(row.get("feedback"), fmt),
        }
        for row in normalise.rows(data.get("answers"), "text", "feedback")
    ]
    return {"answers": answers, "case": normalise.flag(data.get("case", False))}


def check(checker: Checker, holder: Payload, path: str) -> None:
    """Reports keys without a text or with a weight below 0, and a list in which no key is worth the full mark."""
    where = f"{path}.answers" if path else "answers"
    if not isinstance(holder.get("case", False), bool):
        checker.wrong(f"{path}.case".lstrip("."), code="flag_malformed")
    before = len(checker.errors)
    rows = list(checker.items_of(holder.get("answers"), where, 1, MOST))
    for row_path, row in rows:
        checker.line(row.get("text"), f"{row_path}.text", MAX_KEY)
        checker.weight(row, row_path, lowest=0)
        checker.feedback(row, row_path)
    if len(checker.errors) == before and not any(share(row["weight"]) == 1 for _path, row in rows):
        checker.wrong(where, code="full_answer_missing")


def clean(values: Sequence[str]) -> str:
    """Returns the typed text as one line of at most ``MAX_TYPED`` characters."""
    return normalise.line("".join(values[:1])[: MAX_TYPED * 4])[:MAX_TYPED]


def finder(payload: Payload, id_: str = "") -> Callable[[str], Grade]:
    """Returns a function from a typed text to its grade.

    The matching key with the greatest weight decides; among equal weights, the first one.
    """
    case = payload.get("case", False)
    ranked = sorted(payload["answers"], key=lambda one: -share(one["weight"]))
    exact: dict[str, Grade] = {}
    patterns: list[tuple[Pattern, Grade]] = []
    for one in ranked:
        pattern, grade = Pattern(one["text"], case), _grade(one, id_)
        patterns.append((pattern, grade))
        if pattern.literal is not None and not any(earlier.matches(pattern.literal) for earlier, _g in patterns[:-1]):
            exact[pattern.literal] = grade
    wild = [(pattern, grade) for pattern, grade in patterns if pattern.literal is None]
    wrong = make_grade(Fraction(0), [Part(id_, False)] if id_ else [])

    def find(typed: str) -> Grade:
        folded = fold_text(typed, case)
        found = exact.get(folded)
        if found is not None:
            return found
        return next((grade for pattern, grade in wild if pattern.matches(folded)), wrong)

    return cached(find)


def _grade(answer: Payload, id_: str) -> Grade:
    worth, feedback = share(answer["weight"]), optional_text(answer["feedback"])
    if not id_:
        return make_grade(worth, feedback=[feedback])
    return make_grade(worth, [Part(id_, True if worth == 1 else None if worth else False, feedback)])


def grader(payload: Payload, field: str) -> Grader:
    """Returns a grader of the text in this field of the answer."""
    find = finder(payload)

    def grade(answer: Answer) -> Grade:
        typed = answer.get(field)
        return find(typed) if typed else UNANSWERED

    return grade


def describe(payload: Payload) -> list[RichText]:
    """Returns the keys worth the full mark; of the keys with wildcards, all but the bare ``*``."""
    full = [one["text"] for one in payload["answers"] if share(one["weight"]) == 1]
    told: dict[str, str] = {}
    for text in full:
        if text != "*":
            told.setdefault(fold_text(text), text.replace("\\*", "*"))
    return [RichText(text, "plain") for text in told.values()]


def from_entries(block: answer_blocks.Block) -> Payload:
    """Returns keys as JSON, read from the answers of a GIFT block."""
    return {
        "answers": [
            {"text": read_line(one.body), "weight": one.weight or "100", "feedback": block.rich(one.feedback)}
            for one in block.answers()
        ]
    }


def to_gift(payload: Payload, fmt: TextFormat) -> str:
    """Returns keys as lines of GIFT."""
    return "".join(
        answer_blocks.write_answer("=", write_line(one["text"]), one["feedback"], fmt, _written_weight(one))
        for one in payload["answers"]
    )


def _written_weight(answer: Payload) -> str | None:
    """Returns the weight to write, or None for a full one.

    A key that contains an arrow always gets its weight: without one it would be read as a pair.
    """
    weight: str = answer["weight"]
    return None if weight == "100" and not answer_blocks.ARROW.search(answer["text"]) else weight
