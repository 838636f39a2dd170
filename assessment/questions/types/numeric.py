"""Numeric: a number within a tolerance or a range; answers may be worth different parts of the mark."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from assessment.questions import normalise
from assessment.questions.base import QuestionType
from assessment.questions.gift.answer_blocks import (
    Block,
    Entry,
    GiftProblem,
    read_block,
    read_entry,
    split_feedback,
    write_feedback,
)
from assessment.questions.gift.answer_blocks import write_answer as written_entry
from assessment.questions.gift.escapes import read_line, write_question_text
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
    cached,
    make_grade,
    optional_text,
)
from assessment.questions.numbers import format_plain, number
from assessment.questions.payload_checks import Checker
from assessment.questions.weights import share
from lms.core.i18n import current_locale
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail, sentence

MOST: Final = 50
MAX_TYPED: Final = 60
_RANGES: Final = ("..", "...", "…")


class Numeric(QuestionType):
    """Payload ``{"answers": [{"value", "tolerance", …} or {"low", "high", …}], "otherwise"}``.

    Each answer has a weight and feedback; numbers are strings; ``otherwise`` is the feedback to any other number.
    Answer: ``{"text": "3,5"}``, as typed.
    """

    kind = "numeric"
    gift_order = 20

    def normalise_payload(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        data = payload if isinstance(payload, dict) else {}
        found = normalise.rows(data.get("answers"), "value", "low", "high")
        return {
            "answers": [self._normalised_row(row, fmt) for row in found],
            "otherwise": normalise.rich(data.get("otherwise"), fmt),
        }

    @staticmethod
    def _normalised_row(row: Mapping[str, Any], fmt: TextFormat) -> Payload:
        names = ("value", "tolerance") if str(row.get("value") or "").strip() else ("low", "high")
        return {
            **{name: _plain(row.get(name), "0" if name == "tolerance" else "") for name in names},
            "weight": normalise.weight(row.get("weight"), "100"),
            "feedback": normalise.rich(row.get("feedback"), fmt),
        }

    def validate(self, payload: Payload) -> list[ErrorDetail]:
        checker = Checker(payload)
        rows = list(checker.items("answers", 1, MOST))
        for path, row in rows:
            _check_numbers(checker, path, row)
            checker.weight(row, path, lowest=0)
            checker.feedback(row, path)
        checker.feedback(checker.payload, "", "otherwise")
        if not checker.errors and not any(share(row["weight"]) == 1 for _path, row in rows):
            checker.wrong("answers", code="full_answer_missing")
        return checker.errors

    def prepare(self, payload: Payload) -> Grader:
        ranked = sorted(payload["answers"], key=lambda one: -share(one["weight"]))
        ranges = [(*_bounds(one), _grade(one["weight"], one["feedback"])) for one in ranked]
        wrong = _grade("0", payload.get("otherwise"))

        def find(typed: str) -> Grade:
            value = number(typed)
            if value is None:
                return wrong
            return next((found for low, high, found in ranges if low <= value <= high), wrong)

        recall = cached(find)
        return lambda answer: recall(typed) if (typed := answer.get("text")) else UNANSWERED

    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        typed = normalise.line("".join(list(raw.get("text", ()))[:1])[:1000])[:MAX_TYPED]
        return {"text": typed} if typed else {}

    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        return {"field": "text", "limit": MAX_TYPED}

    def describe_right(self, payload: Payload) -> list[RichText]:
        return [RichText(_told(one), "plain") for one in payload["answers"] if share(one["weight"]) == 1]

    def read_gift(self, block: Block) -> Payload | None:
        if not block.source.startswith("#"):
            return None
        entries = _entries(block.source[1:], block.fmt)
        rows = [_from_entry(block, one) for one in entries if one.sign == "="]
        otherwise = [block.rich(one.feedback or one.body.removeprefix("#")) for one in entries if one.sign == "~"]
        return self.normalise_payload({"answers": rows, "otherwise": otherwise[0] if otherwise else None}, block.fmt)

    def write_gift(self, question: Question) -> str:
        fmt, payload = question.text.format, question.payload
        lines = "".join(
            written_entry("=", _spec(one), one["feedback"], fmt, None if one["weight"] == "100" else one["weight"])
            for one in payload["answers"]
        )
        rest = f"\t~{write_feedback(payload['otherwise'], fmt)}\n" if payload["otherwise"] else ""
        return f"{write_question_text(question.text)} {{#\n{lines}{rest}}}"


def _plain(value: Any, otherwise: str) -> str:
    """Returns the number in plain digits; other text stays as typed, so that the form can show it beside the error."""
    text = str(value if value is not None else "").strip()
    found = number(text)
    return format_plain(found) if found is not None else (text or otherwise)


def _check_numbers(checker: Checker, path: str, row: Mapping[str, Any]) -> None:
    names = ("value", "tolerance") if "value" in row else ("low", "high")
    found = [number(row.get(name)) for name in names]
    for name, value in zip(names, found, strict=True):
        if value is None:
            checker.wrong(f"{path}.{name}", code="number_malformed")
    first, second = found
    if names[1] == "tolerance" and second is not None and second < 0:
        checker.wrong(f"{path}.tolerance", code="tolerance_negative")
    if names[1] == "high" and first is not None and second is not None and first > second:
        checker.wrong(f"{path}.high", code="range_reversed")


def _bounds(answer: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    if "value" in answer:
        value, tolerance = Decimal(answer["value"]), Decimal(answer["tolerance"])
        return value - tolerance, value + tolerance
    return Decimal(answer["low"]), Decimal(answer["high"])


def _grade(weight: str, feedback: Any) -> Grade:
    worth = share(weight) if weight != "0" else Fraction(0)
    return make_grade(
        worth, [Part("number", True if worth == 1 else None if worth else False)], [optional_text(feedback)]
    )


def _told(answer: Mapping[str, Any]) -> str:
    if "value" not in answer:
        values = {"low": _separated(answer["low"]), "high": _separated(answer["high"])}
        return sentence("number_range", values)
    if answer["tolerance"] == "0":
        return _separated(answer["value"])
    return f"{_separated(answer['value'])} ± {_separated(answer['tolerance'])}"


def _separated(value: str) -> str:
    """Returns the number with the reader's decimal separator."""
    return value.replace(".", ",") if current_locale() == "ru" else value


def _entries(source: str, fmt: TextFormat) -> list[Entry]:
    """Returns the answers; the first needs no ``=``, and signs in its feedback are text unless numbers follow them."""
    inner = read_block(source, fmt)
    if not inner.lead:
        return list(inner.entries) or [Entry("=", None, "", None)]
    named = [one for one in inner.entries if one.sign == "="]
    if all(_numbers(read_line(one.body)) for one in named):
        return [read_entry("=", inner.lead), *inner.entries]
    body, feedback = split_feedback(source)
    return [Entry("=", None, body.strip(), feedback)]


def _from_entry(block: Block, entry: Entry) -> Payload:
    """Returns an answer such as ``6:0``, ``40..45`` or ``3,14:0,005``. Raises ``GiftProblem`` for anything else."""
    body = read_line(entry.body)
    numbers = _numbers(body)
    if not numbers:
        raise GiftProblem(code="numeric_answer_unreadable", text=body[:60])
    return {**numbers, "weight": entry.weight or "100", "feedback": block.rich(entry.feedback)}


def _numbers(body: str) -> dict[str, str]:
    """Returns the bounds, or the value and its tolerance; empty if the text is neither."""
    readings = [_bounds_in(body, sign) for sign in _RANGES]
    spans = [one for one in readings if one]
    ordered = [one for one in spans if (number(one["low"]) or 0) <= (number(one["high"]) or 0)]
    if spans:
        return (ordered or spans)[0]
    value, _colon, tolerance = body.partition(":")
    found = {"value": value, "tolerance": tolerance or "0"}
    return found if all(number(one) is not None for one in found.values()) else {}


def _bounds_in(body: str, sign: str) -> dict[str, str]:
    low, _sign, high = body.partition(sign)
    return {"low": low, "high": high} if number(low) is not None and number(high) is not None else {}


def _spec(answer: Mapping[str, Any]) -> str:
    if "value" not in answer:
        return f"{answer['low']}..{answer['high']}"
    return answer["value"] if answer["tolerance"] == "0" else f"{answer['value']}:{answer['tolerance']}"


TYPE = Numeric()
