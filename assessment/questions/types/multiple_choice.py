"""Multiple choice: right options add their weights, wrong ones subtract theirs; the sum is at least zero."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from assessment.questions import options
from assessment.questions.base import QuestionType
from assessment.questions.gift.answer_blocks import Block
from assessment.questions.gift.escapes import write_question_text
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
from assessment.questions.weights import shares, total_above_full, total_positive
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail


class MultipleChoice(QuestionType):
    """Payload ``{"options": [{"id", "text", "weight", "feedback"}], "shuffle"}``; answer ``{"choices": [id, …]}``."""

    kind = "multiple_choice"
    gift_order = 50

    def normalise_payload(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        return options.normalise_options(payload, fmt)

    def validate(self, payload: Payload) -> list[ErrorDetail]:
        checker = options.check(payload, lowest=-100)
        if not checker.errors and not total_positive(self._weights(payload)):
            checker.wrong("options", code="right_options_missing")
        return checker.errors

    def warnings(self, payload: Payload) -> list[ErrorDetail]:
        found = options.twins(payload)
        if total_positive(self._weights(payload)) < 1:
            found.append(ErrorDetail("full_mark_unreachable", "options"))
        elif total_above_full(self._weights(payload)):
            found.append(ErrorDetail("weights_above_full_mark", "options"))
        elif all(share > 0 for share in shares(self._weights(payload))):
            found.append(ErrorDetail("every_option_adds", "options"))
        return found

    @staticmethod
    def _weights(payload: Payload) -> list[str]:
        return [one["weight"] for one in payload["options"]]

    def prepare(self, payload: Payload) -> Grader:
        worth = dict(zip((one["id"] for one in payload["options"]), shares(self._weights(payload)), strict=True))
        parts = {one["id"]: self._part(one, worth[one["id"]]) for one in payload["options"]}

        def find(picked: tuple[str, ...]) -> Grade:
            return self._grade(picked, worth, parts)

        recall = cached(find)
        return lambda answer: recall(tuple(answer.get("choices", ())))

    @staticmethod
    def _part(option: dict[str, Any], worth: Fraction) -> Part:
        return Part(option["id"], worth > 0, optional_text(option["feedback"]))

    @staticmethod
    def _grade(picked: Iterable[str], worth: dict[str, Fraction], parts: dict[str, Part]) -> Grade:
        known = [one for one in dict.fromkeys(picked) if one in worth]
        if not known:
            return UNANSWERED
        return make_grade(sum((worth[one] for one in known), Fraction(0)), [parts[one] for one in known])

    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        found = options.chosen(payload, raw)
        return {"choices": found} if found else {}

    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        return {"field": "choice", "options": options.view(payload, seed)}

    def describe_right(self, payload: Payload) -> list[RichText]:
        worth = shares(self._weights(payload))
        found = zip(payload["options"], worth, strict=True)
        return [RichText.from_json(option["text"]) for option, one in found if one > 0]

    def read_gift(self, block: Block) -> Payload | None:
        if block.signs != {"~"} and not _shared_mark(block):
            return None
        return self.normalise_payload(options.from_entries(block), block.fmt)

    def write_gift(self, question: Question) -> str:
        fmt = question.text.format
        lines = "".join(options.to_gift(one, fmt, signs=False) for one in question.payload["options"])
        return f"{write_question_text(question.text)} {{\n{lines}}}"


def _shared_mark(block: Block) -> bool:
    """Returns whether right options are written as ``=%50%``: none is worth the whole mark, together they are."""
    right = [one.weight for one in block.entries if one.sign == "="]
    weights = [one.weight for one in block.entries if one.weight is not None]
    return None not in right and "100" not in right and len(right) > 1 and total_positive(weights) >= 1


TYPE = MultipleChoice()
