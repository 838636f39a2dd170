"""Single choice: one option of several; an option may be worth a part of the mark."""

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
    make_grade,
    optional_text,
)
from assessment.questions.weights import share
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail


class SingleChoice(QuestionType):
    """Payload ``{"options": [{"id", "text", "weight", "feedback"}], "shuffle"}``; answer ``{"choice": id}``."""

    kind = "single_choice"
    gift_order = 60

    def normalise_payload(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        return options.normalise_options(payload, fmt)

    def validate(self, payload: Payload) -> list[ErrorDetail]:
        checker = options.check(payload, lowest=-100)
        if not checker.errors:
            full = [share(one["weight"]) == 1 for one in payload["options"]]
            if not any(full):
                checker.wrong("options", code="right_option_missing")
            elif all(full):
                checker.wrong("options", code="wrong_option_missing")
        return checker.errors

    def warnings(self, payload: Payload) -> list[ErrorDetail]:
        found = options.twins(payload)
        right = sum(1 for one in payload["options"] if share(one["weight"]) == 1)
        return [*found, ErrorDetail("several_right_options", "options", {"count": right})] if right > 1 else found

    def prepare(self, payload: Payload) -> Grader:
        grades = {one["id"]: self._grade(one) for one in payload["options"]}
        return lambda answer: grades.get(answer.get("choice", ""), UNANSWERED)

    @staticmethod
    def _grade(option: dict[str, Any]) -> Grade:
        worth = share(option["weight"])
        right = True if worth == 1 else None if worth > 0 else False
        return make_grade(worth, [Part(option["id"], right, optional_text(option["feedback"]))])

    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        return options.single(payload, raw)

    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        return {"field": "choice", "options": options.view(payload, seed)}

    def describe_right(self, payload: Payload) -> list[RichText]:
        return options.texts(payload, at_least=100)

    def read_gift(self, block: Block) -> Payload | None:
        if block.signs != {"=", "~"}:
            return None
        return self.normalise_payload(options.from_entries(block), block.fmt)

    def write_gift(self, question: Question) -> str:
        fmt = question.text.format
        lines = "".join(options.to_gift(one, fmt, signs=True) for one in question.payload["options"])
        return f"{write_question_text(question.text)} {{\n{lines}}}"


TYPE = SingleChoice()
